"""How far predictions were off: chances beside what came, and money beside what came."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True, slots=True)
class Foretold:
    """One open invoice on a past day: its chance to be paid within the horizon, and whether it was."""

    currency: str
    amount: Decimal
    chance: float
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Band:
    """Invoices whose chance lay between `low` and `high`: the mean of what was said, and the share that came."""

    low: float
    high: float
    invoices: int
    said: float
    came: float


def calibration(foretold: Iterable[Foretold]) -> list[Band]:
    """The chances in five bands; a good model says in each what came."""
    bands: dict[int, list[Foretold]] = defaultdict(list)
    for one in foretold:
        bands[sum(edge <= one.chance for edge in EDGES) - 1].append(one)
    ends = (*EDGES[1:], 1.0)
    return [
        Band(EDGES[n], ends[n], len(those), _mean([o.chance for o in those]), _mean([float(o.is_paid) for o in those]))
        for n, those in sorted(bands.items())
    ]


def brier(foretold: Sequence[Foretold]) -> float:
    """The mean squared distance between chance and outcome (G. W. Brier 1950): 0 is perfect, a coin gets 0.25."""
    return _mean([(one.chance - one.is_paid) ** 2 for one in foretold])


def money(foretold: Iterable[Foretold]) -> dict[str, tuple[Decimal, Decimal]]:
    """Currency → what was expected and what came, each invoice in full."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for one in foretold:
        expected, came = sums.get(one.currency, (Decimal(0), Decimal(0)))
        added = one.amount * Decimal(str(round(one.chance, 6)))
        sums[one.currency] = (expected + added, came + one.amount * one.is_paid)
    return sums


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
