"""Rule 21: whoever reads the plain part, or sees no pictures, gets the same message."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from dunning.rules.checking.finding import Remark
from dunning.rules.checking.message import Message
from dunning.rules.checking.readability import words_of
from dunning.rules.checking.standing import Standing

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
FEWEST_WORDS = 20
UNSEEN = ("style", "script", "title", "head")
COLOUR = re.compile(r"(?<![\w-])(background-color|background|color)\s*:\s*#([0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)


class Seen(HTMLParser):
    """The words of a page, its pictures without words, and the pairs of colours that stand on one element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.pictures = 0
        self.speechless = 0
        self.pairs: list[tuple[str, str]] = []
        self._unseen = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._unseen += tag in UNSEEN
        if tag == "img":
            self.pictures += 1
            self.speechless += not (given.get("alt") or "").strip()
            self.words += words_of(given.get("alt") or "")
        colours = {name.lower(): value for name, value in COLOUR.findall(given.get("style") or "")}
        ground = colours.get("background-color") or colours.get("background")
        if ground and "color" in colours:
            self.pairs.append((colours["color"], ground))

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words += words_of(data)


def parts_say_the_same(message: Message, standing: Standing) -> Iterator[Remark]:
    """Only what is sent as HTML has two parts."""
    if not message.html:
        return
    seen = Seen(message.html)
    told = set(words_of(message.text))
    prose = {word for line in message.prose for word in words_of(line.says)}
    if missing := sorted((set(seen.words) & prose) - told) + sorted(prose & told - set(seen.words)):
        yield Remark("The plain part and the HTML part do not say the same.", "Write both from one text.", missing[0])
    if seen.speechless:
        yield Remark(
            f"{seen.speechless} pictures without words for those who cannot see them.", "Give each an alt text."
        )
    if seen.pictures and len(seen.words) < FEWEST_WORDS:
        yield Remark("It is all picture: many programs show none.", "Say it in words too.")
    for colour, ground in seen.pairs:
        if contrast(colour, ground) < LEAST_CONTRAST:
            better = f"Take a contrast of {LEAST_CONTRAST} or more."
            yield Remark("Words in this colour are hard to see.", better, f"#{colour} on #{ground}")


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (hexadecimal, 3 or 6 digits), from 1 to 21. Source: WCAG 2.2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    whole = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    shares = [int(whole[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
