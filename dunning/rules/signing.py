"""Signing what leaves for the service: time and body under a shared secret, in the form that Stripe made common."""

import hashlib
import hmac
from datetime import datetime


def signature(body: bytes, secret: str, *, at: datetime) -> str:
    """The header's value: `t=<Unix seconds>,v1=<HMAC-SHA256 of "t.body", hexadecimal>`."""
    moment = int(at.timestamp())
    digest = hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
