"""The body of a stored letter, and its plain text part.

Tabs mark what is not a paragraph: a table row starts with one, the button has one behind its arrow, a choice behind
its dot, a picture behind its frame, the footer behind its dashes. Values and texts never contain a tab, so nothing a
customer is called can look like one of these.
"""

from collections.abc import Iterator
from enum import Enum
from itertools import groupby

BUTTON_MARK = "→\t"
CHOICE_MARK = "•\t"
PICTURE_MARK = "▣\t"
FOOTER_MARK = "\n\n--\t\n"


class Part(Enum):
    PARAGRAPH = "paragraph"
    TABLE = "table"
    BUTTON = "button"
    CHOICES = "choices"
    PICTURE = "picture"
    GAP = "gap"


def row_line(*cells: str) -> str:
    """A table row: three cells for the headings, four for an invoice (number, purpose, due, open), two for a sum."""
    return "\t" + "\t".join(cells)


def button_line(label: str) -> str:
    """The button, its address left out."""
    return BUTTON_MARK + label


def choice_line(label: str, path: str) -> str:
    """Something else to choose; `path` is the place on the customer's page, their own address left out."""
    return f"{CHOICE_MARK}{label}\t{path}"


def choice_of(line: str) -> tuple[str, str]:
    """Label and path of a choice."""
    label, _, path = line.removeprefix(CHOICE_MARK).partition("\t")
    return label, path


def picture_line(source: str, alt: str, leads_to: str) -> str:
    """A picture, in words and by its address; `leads_to`: where its video is, "" for none."""
    return f"{PICTURE_MARK}{source}\t{alt}\t{leads_to}"


def picture_of(line: str) -> tuple[str, str, str]:
    """What went into `picture_line`."""
    source, alt, leads_to = line.removeprefix(PICTURE_MARK).split("\t")
    return source, alt, leads_to


def take_apart(body: str) -> tuple[Iterator[tuple[Part, list[str]]], list[str]]:
    """The parts of the letter in order, each with its lines, and the lines of its footer."""
    letter, _, footer = body.partition(FOOTER_MARK)
    groups = ((part, list(lines)) for part, lines in groupby(letter.split("\n"), key=_part_of))
    return ((part, lines) for part, lines in groups if part is not Part.GAP), footer.splitlines()


def _part_of(line: str) -> Part:
    if line.startswith("\t"):
        return Part.TABLE
    if line.startswith(BUTTON_MARK):
        return Part.BUTTON
    if line.startswith(PICTURE_MARK):
        return Part.PICTURE
    if line.startswith(CHOICE_MARK):
        return Part.CHOICES
    return Part.PARAGRAPH if line else Part.GAP


def cells_of(row: str) -> list[str]:
    """The cells that went into `row_line`."""
    return row[1:].split("\t")


def as_text(body: str, url: str) -> str:
    """The plain text part of a letter; `url` is the customer's personal link."""
    parts, footer = take_apart(body)
    return "\n\n".join([*(_plain(part, lines, url) for part, lines in parts), "\n".join(["-- ", *footer])]) + "\n"


def _plain(part: Part, lines: list[str], url: str) -> str:
    match part:
        case Part.TABLE:
            return "\n".join(_plain_table(lines))
        case Part.BUTTON:
            return f"{lines[0].removeprefix(BUTTON_MARK)}\n{url}"
        case Part.CHOICES:
            return "\n".join(f"* {label}: {url}{path}" for label, path in map(choice_of, lines))
        case Part.PICTURE:
            return "\n".join(map(_plain_picture, lines))
        case _:
            return "\n".join(lines)


def _plain_picture(line: str) -> str:
    _source, alt, leads_to = picture_of(line)
    return f"▶ {alt}: {leads_to}" if leads_to else f"[{alt}]"


def _plain_table(rows: list[str]) -> Iterator[str]:
    invoice, due, still_open = cells_of(rows[0])
    for row in rows[1:]:
        match cells_of(row):
            case [number, purpose, due_on, amount]:
                yield f"* {invoice} {number}" + (f" – {purpose}" if purpose else "")
                yield f"  {due} {due_on} · {still_open} {amount}"
            case [label, amount]:
                yield f"* {label} – {amount}"
