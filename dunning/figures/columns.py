"""What a report counts and shows: things, measures of them, and values in columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from dunning.figures.question import Question
from dunning.rules.figures.shares import Interval, wilson

Measured = Mapping[str, Any]


class Kind(StrEnum):
    """How a value is printed. COUNT and MONEY are numbers, SHARE is a Share, RATE a fraction of one.

    ESTIMATE and ESTIMATED_DAYS are Estimates, of a fraction of one and of days.
    """

    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    RATE = "rate"
    ESTIMATE = "estimate"
    DAYS = "days"
    ESTIMATED_DAYS = "estimated days"
    NUMBER = "number"


class Estimate(NamedTuple):
    """What is estimated, and the ends of its 95 % interval; `high` None: no end is known yet."""

    value: float
    low: float
    high: float | None


class Share(NamedTuple):
    """A part of a whole; with an interval where both count things (`is_counted`) that go each their way (`is_each`)."""

    part: Any
    whole: Any
    is_counted: bool = True
    is_each: bool = True

    @property
    def rate(self) -> float | None:
        return float(self.part) / float(self.whole) if self.whole else None

    @property
    def interval(self) -> Interval | None:
        return wilson(int(self.part), int(self.whole)) if self.is_counted and self.is_each else None


@dataclass(frozen=True, slots=True)
class Column:
    """`of`: the value, from what was measured. `only`: a condition on the units; the number leads to those.

    `each`: it counts no units, but the values of this SQL, and leads to one unit of each. `unit`: what it leads to,
    where that is another thing than what the report counts.
    """

    name: str
    title: str
    kind: Kind
    of: Callable[[Measured], Any]
    only: str = ""
    each: str = ""
    unit: "Unit | None" = None


class Row(NamedTuple):
    """`part`: the group as the database knows it, for what lies behind. Values in the order of the columns."""

    label: str
    currency: str
    part: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted: one row per thing, with `id, customer_id, label, on_day, currency, amount` and more.

    `page`: the admin page of one thing. `groups`: name → (words, SQL). `filters`: name → SQL of the value.
    """

    sql: str
    page: str
    noun: str
    measures: Mapping[str, str]
    groups: Mapping[str, tuple[str, str]]
    filters: Mapping[str, str] = field(default_factory=dict)
    facts: Callable[[Question], dict[str, Any]] = lambda _: {}
