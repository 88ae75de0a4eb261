"""When people are usually paid, by country: a habit and no law, used to choose between days that are allowed anyway."""

import calendar
from datetime import date, timedelta
from enum import Enum

FRIDAY = 4


class PayDay(Enum):
    """A day on which wages commonly arrive. Days at a weekend are brought forward, as banks do."""

    FIRST = 1
    FIFTEENTH = 15
    FRIDAY = "friday"
    LAST_WORKING_DAY = "last"


ELSEWHERE = frozenset({PayDay.FIRST, PayDay.FIFTEENTH, PayDay.LAST_WORKING_DAY})
# General knowledge, not a published table: weekly or twice a month in the first group, monthly in the second.
PAYDAYS = {
    **dict.fromkeys(("US", "CA"), frozenset({PayDay.FIRST, PayDay.FIFTEENTH, PayDay.FRIDAY})),
    **dict.fromkeys(("AU", "NZ"), frozenset({PayDay.FIFTEENTH, PayDay.FRIDAY})),
    **dict.fromkeys(("GB", "IE"), frozenset({PayDay.FRIDAY, PayDay.LAST_WORKING_DAY})),
    **dict.fromkeys(("DE", "AT", "CH"), frozenset({PayDay.FIRST, PayDay.FIFTEENTH, PayDay.LAST_WORKING_DAY})),
    **dict.fromkeys(("FR", "ES", "IT", "PT", "BE", "NL", "LU"), frozenset({PayDay.FIRST, PayDay.LAST_WORKING_DAY})),
}


def is_payday(day: date, country: str) -> bool:
    """Whether wages commonly arrive on this day in this country (ISO 3166, two letters; others: a usual mix)."""
    kinds = PAYDAYS.get(country, ELSEWHERE)
    fixed = {kind.value for kind in kinds if isinstance(kind.value, int)}
    return (
        (PayDay.FRIDAY in kinds and day.weekday() == FRIDAY)
        or (PayDay.LAST_WORKING_DAY in kinds and day == _working(_month_end(day)))
        or any(day == _working(_on(month, number)) for number in fixed for month in (day, _next_month(day)))
    )


def payday_from(day: date, country: str) -> date:
    """The first payday on or after `day`."""
    while not is_payday(day, country):
        day += timedelta(days=1)
    return day


def _working(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


def _on(month: date, number: int) -> date:
    return month.replace(day=number)


def _next_month(day: date) -> date:
    return _month_end(day) + timedelta(days=1)


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
