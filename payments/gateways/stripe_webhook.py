"""Reading what is delivered in Stripe's name: the signature first, over the raw bytes; nothing is believed before."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from stripe import SignatureVerificationError, WebhookSignature

from payments.gateways.base import WebhookRefusal

TOLERANCE = 300  # seconds, in either direction; Stripe signs each try of a delivery anew
LONGEST_BODY = 1_000_000  # bytes
OUR_KEY = "desk_key"  # where our key stands in the metadata of Stripe's objects


def read(
    body: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, livemode: bool, account: str, now: datetime
) -> dict[str, Any]:
    """The event as Stripe wrote it, when one of `secrets` has signed these very bytes within five minutes of `now`.

    Raises WebhookRefusal otherwise, and for an event of the other mode (test, live) or of another account.
    """
    if len(body) > LONGEST_BODY:
        raise WebhookRefusal("The delivery is longer than 1 MB.")
    header = headers.get("stripe-signature", "")
    if not any(_is_signed(body, header, secret) for secret in secrets):
        raise WebhookRefusal("None of our secrets has signed this delivery.")
    if abs(now.timestamp() - _signed_at(header)) > TOLERANCE:
        raise WebhookRefusal("The signature is more than five minutes away from now.")
    event = _tree(body)
    if event.get("livemode") is not livemode or (event.get("account") or "") != account:
        raise WebhookRefusal("The event is of another account, or of the other mode (test or live).")
    return event


def _is_signed(body: bytes, header: str, secret: str) -> bool:
    try:
        return bool(WebhookSignature.verify_header(body, header, secret))
    except (SignatureVerificationError, ValueError):
        return False


def _signed_at(header: str) -> int:
    """Raises WebhookRefusal unless the header names exactly one moment: with two, the signed one may be the other."""
    moments = [item for item in header.split(",") if item.strip().startswith("t")]
    if len(moments) != 1 or not re.fullmatch(r"t=\d{1,12}", moments[0]):
        raise WebhookRefusal("The signature names no moment, or several.")
    return int(moments[0][2:])


def _tree(body: bytes) -> dict[str, Any]:
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        raise WebhookRefusal("The delivery is no JSON object.")
    return tree
