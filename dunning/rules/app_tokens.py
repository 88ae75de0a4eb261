"""Tokens that a customer's own app makes on its server: for whom, until when, and for which of our doors. Pure.

`<door>.<number>.<Unix seconds>.<HMAC-SHA256>`; the door is signed with the rest: a token for one opens no other.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from enum import StrEnum

TOKEN = re.compile(r"([a-z0-9]{2,8})\.([A-Za-z0-9_-]{1,400})\.([0-9]{1,12})\.([0-9a-f]{64})", re.ASCII)


class AppDoor(StrEnum):
    """What a token opens."""

    NOTICES = "v1"  # what to show in the app: the browser holds it
    PAGE = "page1"  # the customer's page, behind the app's own button
    FACTS = "facts1"  # what is owed, for the app's own screens: servers hold it


LIVES = {AppDoor.NOTICES: timedelta(days=1), AppDoor.PAGE: timedelta(minutes=10), AppDoor.FACTS: timedelta(minutes=10)}


def token_for(number: str, *, secret: str, ends_at: datetime, door: AppDoor) -> str:
    """What the app's server makes for a signed-in customer."""
    told = f"{door}.{urlsafe_b64encode(number.encode()).rstrip(b'=').decode()}.{int(ends_at.timestamp())}"
    return f"{told}.{_signed(told, secret)}"


def number_in(token: str, *, secret: str, now: datetime, door: AppDoor) -> str | None:
    """For whom the token opens this door; None when it is wrong, for another door, has ended, or lives too long."""
    found = TOKEN.fullmatch(token)
    if not (secret and found) or not hmac.compare_digest(_signed(token.rpartition(".")[0], secret), found[4]):
        return None
    if found[1] != door or not now.timestamp() < int(found[3]) <= (now + LIVES[door]).timestamp():
        return None
    try:
        return urlsafe_b64decode(found[2] + "=" * (-len(found[2]) % 4)).decode()
    except ValueError:
        return None


def _signed(told: str, secret: str) -> str:
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()
