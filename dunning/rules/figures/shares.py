"""A part of a whole, with the interval within which the true rate lies."""

from decimal import Decimal
from math import sqrt
from typing import NamedTuple

Z_95 = 1.959964  # two-sided 95 % of the normal distribution
Number = int | Decimal


class Interval(NamedTuple):
    """From `low` to `high`, both fractions of one."""

    low: float
    high: float


def rate(part: Number, whole: Number) -> Decimal | None:
    """`part` ÷ `whole`; None when the whole is 0."""
    return Decimal(part) / Decimal(whole) if whole else None


def wilson(part: int, whole: int) -> Interval | None:
    """95 % interval of a rate of counts (Wilson 1927, score interval without continuity correction)."""
    if not whole:
        return None
    p, square = part / whole, Z_95**2
    middle = (p + square / (2 * whole)) / (1 + square / whole)
    half = Z_95 / (1 + square / whole) * sqrt(p * (1 - p) / whole + square / (4 * whole**2))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))
