"""How a law puts an amount: fixed sums by size, a scale of percentages, a ceiling, points above a base rate.

Written as in the tables, for example `40 below 1000; 70 below 10000; 100`, `15% of 2500; 10%; at least 40; at most
6775`, `up to 2.50`, `base + 9`.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from customers.rules.money import smallest_unit

NUMBER = r"(\d+(?:\.\d+)?)"
FIXED = re.compile(rf"{NUMBER}(?: below {NUMBER})?")
SLICE = re.compile(rf"{NUMBER}%(?: of {NUMBER})?")
BOUND = re.compile(rf"at (least|most) {NUMBER}")
CEILING = re.compile(rf"up to {NUMBER}")
POINTS = re.compile(rf"base \+ {NUMBER}")


class UnreadableTerms(ValueError):
    """Nobody can tell what these terms mean; the message shows how to write them."""


@dataclass(frozen=True, slots=True)
class FixedSums:
    """(amount, below which debt it holds; None: for every larger one), smallest first."""

    sums: tuple[tuple[Decimal, Decimal | None], ...]

    def amount(self, debt: Decimal, currency: str) -> Decimal:
        """What may be claimed for a debt of this size."""
        sums = (amount for amount, below in self.sums if below is None or debt < below)
        return next(sums, Decimal(0)).quantize(smallest_unit(currency))


@dataclass(frozen=True, slots=True)
class Scale:
    """Percentages of slices of the debt (the last slice without an end), between a least and a most."""

    slices: tuple[tuple[Decimal, Decimal | None], ...]
    least: Decimal = Decimal(0)
    most: Decimal | None = None

    def amount(self, debt: Decimal, currency: str) -> Decimal:
        """What may be claimed for a debt of this size, rounded to the minor unit."""
        total, left = Decimal(0), debt
        for percent, width in self.slices:
            part = left if width is None else min(left, width)
            total, left = total + part * percent / 100, left - part
        bounded = max(total, self.least) if self.most is None else min(max(total, self.least), self.most)
        return bounded.quantize(smallest_unit(currency), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The actual cost, named by a person, up to this amount."""

    most: Decimal


@dataclass(frozen=True, slots=True)
class PointsAboveBase:
    """Percent a year: so many points above the base rate."""

    points: Decimal


Terms = FixedSums | Scale | Ceiling | PointsAboveBase


def read_terms(written: str) -> Terms:
    """The terms as written in the tables. Raises UnreadableTerms."""
    pieces = [" ".join(piece.split()) for piece in written.split(";")]
    if len(pieces) == 1 and (found := CEILING.fullmatch(pieces[0])):
        return Ceiling(Decimal(found[1]))
    if len(pieces) == 1 and (found := POINTS.fullmatch(pieces[0])):
        return PointsAboveBase(Decimal(found[1]))
    return _fixed(pieces) or _scale(pieces) or _refuse(written)


def _fixed(pieces: list[str]) -> FixedSums | None:
    found = [FIXED.fullmatch(piece) for piece in pieces]
    sums = [(Decimal(one[1]), Decimal(one[2]) if one[2] else None) for one in found if one]
    limits = [below for _, below in sums[:-1] if below is not None]
    is_whole = len(sums) == len(pieces) == len(limits) + 1 and sums[-1][1] is None
    return FixedSums(tuple(sums)) if is_whole and limits == sorted(set(limits)) else None


def _scale(pieces: list[str]) -> Scale | None:
    bounds = {found[1]: Decimal(found[2]) for piece in pieces if (found := BOUND.fullmatch(piece))}
    slices = [
        (Decimal(found[1]), Decimal(found[2]) if found[2] else None)
        for piece in pieces
        if (found := SLICE.fullmatch(piece))
    ]
    if len(slices) + len(bounds) != len(pieces) or not slices or slices[-1][1] is not None:
        return None
    if any(width is None for _, width in slices[:-1]):
        return None
    return Scale(tuple(slices), bounds.get("least", Decimal(0)), bounds.get("most"))


def _refuse(written: str) -> Terms:
    raise UnreadableTerms(
        f"“{written}” cannot be read. Write for example 40, or 40 below 1000; 70 below 10000; 100, or 15% of 2500; "
        "10%; at least 40; at most 6775, or up to 2.50, or base + 9."
    )
