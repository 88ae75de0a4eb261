"""Scoring: how likely an invoice is paid within days, when, and why. Plain Python; the same answer every time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp

from dunning.rules.prediction.books import ENDS, LENGTHS, STARTS, Cell, period_at

FURTHEST_DAYS = 180
LIKELY = 0.5
SAID = {
    "habit now": "about now they usually pay",
    "habit earlier": "they usually have paid by now",
    "habit new": "nothing is known of how they pay",
    "promise": "they promised to",
    "long open": "something older is open for more than 30 days",
    "amount large": "it is more than usual",
    "amount small": "it is less than usual",
}
LEAST_SAID = 0.15  # a coefficient closer to nothing explains nothing


@dataclass(frozen=True)
class Model:
    """`coefficients`: log odds by feature, 0 where a feature is not named. `letters`: how many have usually left by the
    beginning of each period."""

    name: str
    coefficients: Mapping[str, float]
    letters: tuple[int, ...]

    def __hash__(self) -> int:
        return id(self)

    def hazard(self, cell: Cell) -> float:
        """The probability that what is open when the period begins is paid in it."""
        return 1 / (1 + exp(-sum(self.coefficients.get(name, 0.0) for name in cell.features)))


# What dunning desks see everywhere: most pay about the due date, and less and less follows. Used on little data.
RULES = Model(
    "rules",
    {
        **{f"period {place}": odds for place, odds in enumerate((0.0, -0.8, -0.9, -0.8, -0.8, -1.2, -1.8, -2.0, -3.0))},
        "habit now": 0.7,
        "habit later": -0.9,
        "habit earlier": -0.2,
        "promise": 0.6,
        "long open": -0.6,
    },
    (0, 0, 1, 1, 2, 3, 3, 3, 3),
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """`likely_in`: days until it is more likely paid than not; None: not within half a year."""

    within: tuple[float, ...]  # paid by the end of day 1, 2 …, of FURTHEST_DAYS
    likely_in: int | None

    def chance(self, days: int) -> float:
        """The probability that it is paid within so many days."""
        return self.within[min(days, FURTHEST_DAYS) - 1] if days > 0 else 0.0


@lru_cache(maxsize=4_096)
def outlook(model: Model, cell: Cell, days_past_due: int, usual_days: int | None) -> Outlook:
    """From the day `days_past_due` on; `cell` as of that day, `usual_days` of the customer.

    A promise counts in the present period only, and later periods have the letters that had usually left by then.
    """
    still_open, within, likely_in = 1.0, [], None
    daily = _daily(model, cell, usual_days)
    for ahead in range(FURTHEST_DAYS):
        still_open *= 1 - daily.get(period_at(days_past_due + ahead), 0.0) * (days_past_due + ahead >= STARTS[0])
        within.append(1 - still_open)
        if likely_in is None and still_open <= 1 - LIKELY:
            likely_in = ahead
    return Outlook(tuple(within), likely_in)


def _daily(model: Model, cell: Cell, usual_days: int | None) -> dict[int, float]:
    found = {}
    for period in range(cell.period, len(STARTS)):
        then = cell if period == cell.period else _later(model, cell, period, usual_days)
        found[period] = 1 - (1 - model.hazard(then)) ** (1 / LENGTHS[period])
    return found


def _later(model: Model, cell: Cell, period: int, usual_days: int | None) -> Cell:
    habit = cell.habit
    if usual_days is not None:
        habit = "later" if usual_days > ENDS[period] else "now" if usual_days >= STARTS[period] else "earlier"
    letters = max(cell.letters, model.letters[period])
    way = cell.way or ("email" if letters else "")
    return replace(cell, period=period, habit=habit, promise=False, letters=letters, way=way)


def reasons(model: Model, cell: Cell, usual_days: int | None) -> list[str]:
    """Why, in words: what moves this invoice away from the others, the strongest first."""
    moved = sorted(
        ((model.coefficients.get(name, 0.0), name) for name in cell.features), key=lambda each: -abs(each[0])
    )
    told = [SAID[name] for weight, name in moved if name in SAID and abs(weight) >= LEAST_SAID]
    if usual_days is None:
        return told
    usually = f"usually pays {usual_days} days late" if usual_days > 1 else "usually pays on time"
    return [usually, *(words for words in told if not words.startswith("about now"))]
