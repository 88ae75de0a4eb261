"""Notices in an app: how loud each tone is shown, and in which words the buttons speak. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from dunning.rules.letter.words import DEFAULT_LANGUAGE, language_of
from dunning.rules.words import Tone


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
