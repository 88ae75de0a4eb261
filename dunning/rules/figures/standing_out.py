"""The one thing to look at: which figure is furthest beyond what is usual. Plain limits, in one table."""

from collections.abc import Sequence
from typing import NamedTuple

from dunning.rules.figures.shares import Interval


class Limit(NamedTuple):
    """`usual`: the worst share that needs no look. `is_high_bad`: above it is worse. `least`: things to be counted.

    `days` are judged, which ended `ago` days before the mail, so that most of what is counted in them is over. Bills go
    out once a month: what is compared with them is judged over four weeks.
    """

    usual: float
    is_high_bad: bool
    least: int
    words: str
    days: int = 7
    ago: int = 0


LIMITS = {
    "chases/wrongful": Limit(0.01, True, 1, "of reminders went out after the money had arrived"),
    "delivery/bounced": Limit(0.05, True, 20, "of messages came back"),
    "delivery/complained": Limit(0.001, True, 1, "of messages were reported as spam"),
    "retries/waste": Limit(0.10, True, 10, "of card retries were wasted"),
    "promises/kept": Limit(0.60, False, 5, "of promises were kept", ago=3),
    "recovery/written_off": Limit(0.05, True, 20, "of invoices late since three months ago were written off", ago=90),
    "disputes/rate": Limit(0.05, True, 5, "of what was billed is disputed", days=28),
}


class Seen(NamedTuple):
    """A share of `things` that was seen, in the report and column `key` names; `where`: which group.

    `interval`: where the true share lies; None where it is of money.
    """

    key: str
    rate: float
    interval: Interval | None
    things: int
    where: str = ""


def furthest(seen: Sequence[Seen]) -> Seen | None:
    """The share that is surely furthest beyond its limit, in limits; None when all is usual."""
    beyond = [(_beyond(one), one) for one in seen]
    worst = max(beyond, key=lambda pair: pair[0], default=None)
    return worst[1] if worst and worst[0] > 1 else None


def _beyond(one: Seen) -> float:
    """How many times the limit, by the kinder end of the interval; 0 where too little was counted."""
    limit = LIMITS[one.key]
    if one.things < limit.least:
        return 0
    low, high = one.interval or (one.rate, one.rate)
    return low / limit.usual if limit.is_high_bad else (1 - high) / (1 - limit.usual)
