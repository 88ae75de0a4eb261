"""What is said about one cell that cannot be taken as it is."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Cell = str | Decimal | date  # a text file has only text; a spreadsheet also has numbers and dates

SHOWN = 60  # characters of a value that a message repeats
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Unreadable(ValueError):
    """The cell refuses its row. Says what is wrong and what to write instead."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


class Unknown(Unreadable):
    """The cell says nothing we know; the row goes in without it, with a warning."""


class Undecided(Exception):
    """The cell can be read in two ways and the file has not been asked yet which one it means."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint about one cell, as people read it."""

    column: str
    value: str
    problem: str
    remedy: str


def complaint(column: str, cell: Hashable, refusal: Unreadable) -> Problem:
    """The complaint about `cell`, its value shortened and its control characters made visible."""
    return Problem(column, visible(str(cell))[:SHOWN], refusal.problem, refusal.remedy)


def visible(text: str) -> str:
    """Control characters as their pictures (NUL is ␀), so that they can be shown and stored."""
    return CONTROL.sub(lambda found: "␡" if found[0] == "\x7f" else chr(0x2400 + ord(found[0])), text)
