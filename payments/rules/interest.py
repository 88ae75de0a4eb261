"""Interest for late payment: simple, actual days of a year of 365, exact until it is rounded once at the end."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from customers.rules.money import smallest_unit

YEAR = 365  # in leap years too
DAY = timedelta(days=1)


class Since(NamedTuple):
    """A value that holds from this day on: percent a year, or what is owed at the end of the day."""

    day: date
    value: Decimal


class Days(NamedTuple):
    """A stretch of days, both ends included; `last` None: it goes on."""

    first: date
    last: date | None


def owed_by_day(billed: Decimal, moves: Iterable[tuple[date, Decimal]]) -> list[Since]:
    """What is owed at the end of each day: `billed`, moved by signed amounts on their value dates, never below 0.

    The day of a payment itself therefore bears no interest.
    """
    owed, days = billed, {date.min: max(billed, Decimal(0))}
    for day, amount in sorted(moves):
        owed += amount
        days[day] = max(owed, Decimal(0))
    return [Since(day, value) for day, value in days.items()]


def interest(
    owed: Sequence[Since], rates: Sequence[Since], *, frozen: Sequence[Days], first_on: date, last_on: date
) -> Fraction:
    """Interest for the days from `first_on` to `last_on`, both included; days that are frozen cost nothing.

    `owed` and `rates` are sorted by day; before the first rate there is none. Exact, so that two adjoining stretches
    add up to the whole.
    """
    if last_on < first_on:
        return Fraction(0)
    turns = {first_on, *(since.day for since in (*owed, *rates))}
    for days in frozen:
        turns |= {days.first, *({days.last + DAY} if days.last and days.last < date.max else ())}
    begins = sorted(turn for turn in turns if first_on <= turn <= last_on)
    total = Fraction(0)
    for begin, end in zip(begins, [*begins[1:], last_on + DAY], strict=True):
        if not is_frozen(begin, frozen):
            a_year = Fraction(_at(owed, begin)) * Fraction(_at(rates, begin)) / 100
            total += a_year * (end - begin).days / YEAR
    return total


def is_frozen(day: date, frozen: Iterable[Days]) -> bool:
    """True when nothing may be claimed for this day."""
    return any(days.first <= day and (days.last is None or day <= days.last) for days in frozen)


def rounded(amount: Fraction, currency: str) -> Decimal:
    """To the minor unit, half up."""
    unit = smallest_unit(currency)
    units = Decimal(amount.numerator) / Decimal(amount.denominator) / unit
    return units.quantize(Decimal(1), ROUND_HALF_UP) * unit


def _at(values: Sequence[Since], day: date) -> Decimal:
    return next((since.value for since in reversed(values) if since.day <= day), Decimal(0))
