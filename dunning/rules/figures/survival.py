"""How long it takes until money comes, with those who are still waited for (Kaplan and Meier 1958).

Whoever came late to the books is looked at from then on only (left truncation), as nobody knows who had paid before.
"""

from collections import Counter
from collections.abc import Mapping
from math import exp, log, sqrt
from typing import NamedTuple

from dunning.rules.figures.shares import Z_95, Interval, wilson


class Seen(NamedTuple):
    """Looked at from after the end of day `entered` to the end of `day`; then paid (`is_paid`), or last seen unpaid."""

    entered: int
    day: int
    is_paid: bool


class Point(NamedTuple):
    """By the end of `day` the share `paid` (of one) has paid, within `interval` at 95 %."""

    day: int
    paid: float
    interval: Interval


class Median(NamedTuple):
    """The first day by which half has paid, and days within which it lies at 95 %; None: not reached."""

    day: int
    low: int
    high: int | None


def curve(seen: Mapping[Seen, int]) -> list[Point]:
    """The estimated share paid by the end of day 1, 2, 3 …; `seen`: how many were seen so.

    It ends where nobody is looked at any more, and where all who were have paid while others came later: these few
    do not stand for the rest.
    """
    came, left, paid = _by_day(seen)
    at_risk, unpaid, spread, points = 0, 1.0, 0.0, []
    for day in range(1, max(left, default=0) + 1):
        at_risk += came[day - 1]
        if not at_risk or (paid[day] == at_risk and any(entered >= day for entered in came)):
            break
        if paid[day]:
            unpaid *= 1 - paid[day] / at_risk
            spread += paid[day] / (at_risk * (at_risk - paid[day])) if at_risk > paid[day] else 0
        points.append(Point(day, 1 - unpaid, _interval(unpaid, spread, at_risk)))
        at_risk -= left[day]
    return points


def _by_day(seen: Mapping[Seen, int]) -> tuple[Counter[int], Counter[int], Counter[int]]:
    """Day → how many came to be looked at after it, how many left on it, and how many of these had paid."""
    came, left, paid = Counter[int](), Counter[int](), Counter[int]()
    for one, number in seen.items():
        if one.day > one.entered:
            came[one.entered] += number
            left[one.day] += number
            paid[one.day] += number * one.is_paid
    return came, left, paid


def _interval(unpaid: float, spread: float, at_risk: int) -> Interval:
    """Greenwood's variance on the scale of log(−log), which keeps it within 0 and 1 (Kalbfleisch and Prentice 1980).

    While nobody or once everybody has paid, that has no width: then Wilson's of those looked at that day.
    """
    if unpaid in (0, 1):
        return wilson(round(at_risk * (1 - unpaid)), at_risk) or Interval(0, 1)
    half = Z_95 * sqrt(spread) / abs(log(unpaid))
    return Interval(1 - unpaid ** exp(-half), 1 - unpaid ** exp(half))


def paid_by(points: list[Point], day: int) -> Point | None:
    """The estimate for the end of `day`; None where nobody was followed so long. Where all have paid, that stays."""
    if points and points[-1].paid == 1:
        return points[min(day, len(points)) - 1]
    return points[day - 1] if day <= len(points) else None


def median(points: list[Point]) -> Median | None:
    """None while half has not paid. It lies between the days on which the ends of the intervals cross a half.

    So Brookmeyer and Crowley (1982).
    """
    day = _half([point.paid for point in points])
    low = _half([point.interval.high for point in points])
    if day is None or low is None:
        return None
    return Median(day, low, _half([point.interval.low for point in points]))


def _half(shares: list[float]) -> int | None:
    return next((day for day, share in enumerate(shares, 1) if share >= 0.5 - 1e-12), None)
