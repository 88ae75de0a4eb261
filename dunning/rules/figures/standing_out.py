"""The one thing to look at: which figure is furthest beyond what is usual. Plain limits, in one table."""

from collections.abc import Sequence
from typing import NamedTuple


class Limit(NamedTuple):
    """`usual`: the worst value that needs no look. `is_high_bad`: above it is worse. `least`: things to be counted."""

    usual: float
    is_high_bad: bool
    least: int
    words: str


LIMITS = {
    "chases/wrongful": Limit(0.01, True, 1, "of reminders went out after the money had arrived"),
    "delivery/bounced": Limit(0.05, True, 20, "of messages came back"),
    "delivery/complained": Limit(0.001, True, 1, "of messages were reported as spam"),
    "retries/waste": Limit(0.10, True, 10, "of card retries were wasted"),
    "promises/kept": Limit(0.60, False, 5, "of promises were kept"),
    "recovery/written_off": Limit(0.05, True, 20, "of late invoices were written off"),
    "disputes/raised": Limit(0.05, True, 5, "of what was billed is disputed"),
}


class Seen(NamedTuple):
    """A share that was seen: `part` of `whole` things, in the report and column `key` names; `where`: which group."""

    key: str
    part: float
    whole: float
    where: str = ""


def furthest(seen: Sequence[Seen]) -> Seen | None:
    """The share that is furthest beyond its limit, in limits; None when all is usual."""
    beyond = [(_beyond(one), one) for one in seen]
    worst = max(beyond, key=lambda pair: pair[0], default=None)
    return worst[1] if worst and worst[0] > 1 else None


def _beyond(one: Seen) -> float:
    """How many times the limit; 0 where too little was counted."""
    limit = LIMITS[one.key]
    if one.whole < limit.least or not one.whole:
        return 0
    rate = one.part / one.whole
    return rate / limit.usual if limit.is_high_bad else (1 - rate) / (1 - limit.usual)
