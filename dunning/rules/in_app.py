"""Notices in an app: how loud each tone is shown, in which words the buttons speak, and who may ask for them. Pure."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dunning.rules.letter.words import DEFAULT_LANGUAGE, language_of
from dunning.rules.words import Tone

LONGEST_TOKEN_LIFE = timedelta(days=1)
TOKEN = re.compile(r"v1\.([A-Za-z0-9_-]{1,400})\.([0-9]{1,12})\.([0-9a-f]{64})", re.ASCII)


class Mode(StrEnum):
    BANNER = "banner"
    MODAL = "modal"
    WALL = "wall"


class Dismissal(StrEnum):
    FOR_GOOD = "for_good"
    FOR_NOW = "for_now"  # it comes back with the browser's next session
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Loudness:
    mode: Mode
    dismissal: Dismissal


LOUDNESS = {
    Tone.FRIENDLY: Loudness(Mode.BANNER, Dismissal.FOR_GOOD),
    Tone.CLEAR: Loudness(Mode.MODAL, Dismissal.FOR_GOOD),
    Tone.FIRM: Loudness(Mode.MODAL, Dismissal.FOR_NOW),
    Tone.FORMAL: Loudness(Mode.WALL, Dismissal.NEVER),
}
# What the button beside "pay" says.
LATER = {"en": "Not now", "de": "Jetzt nicht", "fr": "Pas maintenant", "es": "Ahora no"}


def later_in(language: str) -> str:
    """The words of the button that dismisses, English where nobody has written them yet."""
    return LATER.get(language_of(language), LATER[DEFAULT_LANGUAGE])


def token_for(number: str, *, secret: str, ends_at: datetime) -> str:
    """What the app's server makes for a signed-in customer: `v1.<number>.<Unix seconds>.<HMAC-SHA256>`."""
    told = f"v1.{urlsafe_b64encode(number.encode()).rstrip(b'=').decode()}.{int(ends_at.timestamp())}"
    return f"{told}.{_signed(told, secret)}"


def number_in(token: str, *, secret: str, now: datetime) -> str | None:
    """Whose notices may be asked for with this token; None when it is wrong, has ended, or lives longer than a day."""
    found = TOKEN.fullmatch(token)
    if not found or not hmac.compare_digest(_signed(token.rpartition(".")[0], secret), found[3]):
        return None
    if not now.timestamp() < int(found[2]) <= (now + LONGEST_TOKEN_LIFE).timestamp():
        return None
    try:
        return urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode()
    except ValueError:
        return None


def _signed(told: str, secret: str) -> str:
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()
