"""Tags: a customer's marks, as a person or a file writes them."""

import re

from customers.rules.import_cell import Cell, Unreadable
from customers.rules.import_text import FORMULA_STARTS, SHORTEST_CARD, as_text, holds_card_number

LONGEST = 64  # characters of a tag
MOST = 20  # tags of a customer


def read_tags(cell: Cell) -> str:
    """The tags in their one spelling: each once, in order, parted by commas. Raises Unreadable."""
    found: dict[str, str] = {}
    for tag in filter(None, (part.strip() for part in re.split(r"[,;|]", as_text(cell)))):
        found.setdefault(tag.casefold(), _checked(tag))
    if len(found) > MOST:
        raise Unreadable(f"holds more than {MOST} tags", "Keep those that matter.")
    return ",".join(found[key] for key in sorted(found))


def _checked(tag: str) -> str:
    if len(tag) > LONGEST:
        raise Unreadable(f"holds a tag of more than {LONGEST} characters", "Part tags by commas, and shorten them.")
    if tag[0] in FORMULA_STARTS:
        raise Unreadable(f"begins with “{tag[0]}” like a formula", "Write plain text; paste values, not formulas.")
    if len(tag) >= SHORTEST_CARD and holds_card_number(tag):
        raise Unreadable("holds what looks like a card number", "Take it out: it must not be stored here.")
    return tag
