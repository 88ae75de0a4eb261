"""Pictures, and pictures that lead to a video, in letters: declared on a line of their own, never as markup.

`{picture: https://…/desk.jpg | what it shows}` and `{video: https://… | https://…/first-frame.jpg | what it shows}`.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from dunning.rules.letter.facts import clean
from dunning.rules.letter.parts import picture_line

MEDIA = re.compile(r"\{\s*(picture|video)\s*:([^{}]*)\}")
FORMS = {
    "picture": "{picture: https://… | what it shows}",
    "video": "{video: https://… | https://… (its picture) | what it shows}",
}
EXPLANATIONS = {
    "picture": "a picture from your own server; the words are for those who do not see it. Not in letters by post",
    "video": "a picture that leads to a video elsewhere; the words stand below it, as a link",
}
PLAIN_ADDRESS = re.compile(r"https://[A-Za-z0-9._~:/?#@!$&()*+,;=%-]{4,400}")  # no quotes, brackets, blanks
SHORTEST_ALT = 3


class MediaRefusal(ValueError):
    """The line cannot be used; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`leads_to`: where a video is, empty for a picture that leads nowhere. `alt`: what it shows, in words."""

    source: str
    alt: str
    leads_to: str = ""

    @property
    def line(self) -> str:
        """As it stands in the body of a stored letter."""
        return picture_line(self.source, self.alt, self.leads_to)


def picture_in(line: str) -> Picture | None:
    """The picture that this line of a text declares, None for any other line. Raises MediaRefusal for a broken one."""
    found = MEDIA.fullmatch(line.strip())
    if found is None:
        if MEDIA.search(line):
            raise MediaRefusal("put a picture or video on a line of its own.")
        return None
    kind, told = found[1], [part.strip() for part in found[2].split("|")]
    if len(told) != (2 if kind == "picture" else 3):
        raise MediaRefusal(f"a {kind} is written as {FORMS[kind]}.")
    *addresses, alt = told
    for address in addresses:
        _refuse_bad_address(address)
    if len(clean(alt)) < SHORTEST_ALT:
        raise MediaRefusal(f"say in words what the {kind} shows, for those who do not see it: {FORMS[kind]}.")
    return Picture(addresses[-1], clean(alt), addresses[0] if kind == "video" else "")


def _refuse_bad_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_fine = bool(PLAIN_ADDRESS.fullmatch(address) and parts.hostname and "." in parts.hostname)
        is_fine = is_fine and "@" not in parts.netloc and (parts.port or 443) == 443
    except ValueError:
        is_fine = False
    if not is_fine:
        raise MediaRefusal(
            f"“{address[:60]}” is no address that mail programs load: write one that begins with https://."
        )
