"""How long it takes until money comes, with those who are still waited for (Kaplan and Meier 1958)."""

from collections.abc import Mapping
from itertools import takewhile
from typing import NamedTuple


class Point(NamedTuple):
    """By the end of `day` the share `paid` (of one) has paid."""

    day: int
    paid: float


def curve(seen: Mapping[int, tuple[int, int]]) -> list[Point]:
    """The estimated share paid by each day on which somebody paid. `seen`: day → (paid then, last seen unpaid then)."""
    at_risk = sum(events + censored for events, censored in seen.values())
    unpaid, points = 1.0, []
    for day, (events, censored) in sorted(seen.items()):
        if events:
            unpaid *= 1 - events / at_risk
            points.append(Point(day, 1 - unpaid))
        at_risk -= events + censored
    return points


def paid_by(points: list[Point], day: int, *, followed: int) -> float | None:
    """The estimated share paid by the end of `day`; None where nobody was followed so long (`followed` days)."""
    if day > followed:
        return None
    before = list(takewhile(lambda point: point.day <= day, points))
    return before[-1].paid if before else 0.0


def median(points: list[Point]) -> int | None:
    """The first day by which half has paid; None while it has not."""
    return next((point.day for point in points if point.paid >= 0.5 - 1e-12), None)
