"""Codes that open the details of a customer's page: how they look, how long they hold, and how they are kept. Pure."""

import hashlib
import hmac
import secrets
from datetime import timedelta

DIGITS = 6
LASTS = timedelta(minutes=10)
MOST_TRIES = 5
NEXT_AFTER = timedelta(minutes=1)  # a second press asks for nothing new
OPENS_FOR = timedelta(hours=1)


def new_code() -> str:
    """Six digits from the system's source of secrets."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def kept(code: str, salt: bytes, *, key: str) -> bytes:
    """What the table keeps: without the key, a million tries tell nothing."""
    return hmac.digest(key.encode(), b"page code:" + salt + code.encode(), hashlib.sha256)


def typed(text: str) -> str:
    """The digits of what somebody typed, in whatever groups; "" for what is no code."""
    digits = "".join(text.split()).replace("-", "")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else ""


def masked_email(address: str) -> str:
    """Enough for the reader to know which one it is: a•••@example.com."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def masked_phone(number: str) -> str:
    """The last two digits: ••• 89."""
    return f"••• {number[-2:]}"
