"""Colours that can be read: the contrast of WCAG 2.2 (1.4.3), and the nearest colour that has enough. Pure."""

import colorsys
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

ACCENT, PAGE = "#17605a", "#f5f4f0"
ENOUGH = 4.5
PANEL, INK, QUIET, WHITE = "#ffffff", "#22282b", "#586165", "#ffffff"
DARK_PAGE, DARK_PANEL, DARK_INK = "#14191b", "#1d2427", "#0c1416"
SOFT = 0.1  # how much of the colour a tinted surface has
STEPS = 200
COLOUR = re.compile(r"#[0-9a-f]{6}")


class NoColour(ValueError):
    """It is not written as a colour; the message says how to."""


@dataclass(frozen=True, slots=True)
class Look:
    """What customers see besides words. `logo` is an address, "" for none, `logo_size` in CSS pixels."""

    accent: str = ACCENT
    page: str = PAGE
    logo: str = ""
    logo_size: tuple[int, int] = (0, 0)

    @property
    def dark_accent(self) -> str:
        """The same colour, light enough for a dark room."""
        return _light_enough(self.accent)


STANDARD = Look()


@dataclass(frozen=True, slots=True)
class Remark:
    """A colour that cannot be read well where it is used, and one next to it that can."""

    field: str
    contrast: float
    against: str
    instead: str

    def __str__(self) -> str:
        return (
            f"Its contrast with {self.against} is {self.contrast:.1f} : 1; people need {ENOUGH} : 1 to read it. "
            f"The nearest that has it is {self.instead}."
        )


def colour(text: str) -> str:
    """The colour as #rrggbb. Takes #abc too. Raises NoColour."""
    plain = text.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", plain):
        plain = "#" + "".join(2 * digit for digit in plain[1:])
    if not COLOUR.fullmatch(plain):
        raise NoColour("Write a colour as # and six digits, such as #17605a.")
    return plain


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white): WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def remarks(accent: str, page: str) -> list[Remark]:
    """What keeps these colours from being used; empty when both can be read wherever they stand."""
    found = []
    if worst := _worst(page, {"the text": INK, "the small text": QUIET}):
        instead = nearest(page, lambda other: not _worst(other, {"": INK, " ": QUIET}), towards=1)
        found.append(Remark("page", worst[0], worst[1], instead))
        page = instead
    if worst := _worst(accent, _beneath(accent, page)):
        instead = nearest(accent, lambda other: not _worst(other, _beneath(other, page)), towards=0)
        found.append(Remark("accent", worst[0], worst[1], instead))
    return found


def in_the_dark(accent: str) -> bool:
    """Whether it can be read on the dark page, and dark words on it."""
    beneath = (DARK_PAGE, DARK_PANEL, mixed(accent, DARK_PANEL), DARK_INK)
    return all(contrast(accent, other) >= ENOUGH for other in beneath)


def nearest(start: str, passes: Callable[[str], bool], *, towards: int) -> str:
    """The first colour of the same hue that passes, on the way to black (0) or white (1)."""
    hue, light, rich = colorsys.rgb_to_hls(*_parts(start))
    for step in range(STEPS + 1):
        found = _hex(*colorsys.hls_to_rgb(hue, light + (towards - light) * step / STEPS, rich))
        if passes(found):
            return found
    return "#ffffff" if towards else "#000000"


@lru_cache(maxsize=8)
def _light_enough(accent: str) -> str:
    return nearest(accent, in_the_dark, towards=1)


def mixed(accent: str, panel: str) -> str:
    """The tinted surface behind hints and chosen things."""
    pairs = zip(_parts(accent), _parts(panel), strict=True)
    return _hex(*(SOFT * one + (1 - SOFT) * other for one, other in pairs))


def _beneath(accent: str, page: str) -> dict[str, str]:
    return {
        "the words on a button": WHITE,
        "the background": page,
        "a panel": PANEL,
        "a hint of the same colour": mixed(accent, PANEL),
    }


def _worst(one: str, others: dict[str, str]) -> tuple[float, str] | None:
    """The lowest contrast below ENOUGH, and with what."""
    low = [(contrast(one, other), name) for name, other in others.items()]
    return min((pair for pair in low if pair[0] < ENOUGH), default=None)


def _luminance(text: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(text)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(text: str) -> tuple[float, float, float]:
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(*parts: float) -> str:
    return "#" + "".join(f"{round(255 * min(1, max(0, part))):02x}" for part in parts)
