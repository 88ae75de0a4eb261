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


def uplift(treated: tuple[int, int], held_out: tuple[int, int]) -> tuple[float, Interval] | None:
    """Rate of the treated less rate of the hold-out, each given as (part, whole), with its 95 % interval.

    The interval is Newcombe's (1998, method 10): built of the Wilson intervals of the two rates.
    """
    ours, theirs = wilson(*treated), wilson(*held_out)
    if ours is None or theirs is None:
        return None
    p, q = treated[0] / treated[1], held_out[0] / held_out[1]
    below = sqrt((p - ours.low) ** 2 + (theirs.high - q) ** 2)
    above = sqrt((ours.high - p) ** 2 + (q - theirs.low) ** 2)
    return p - q, Interval(p - q - below, p - q + above)
