"""Days on which letters may reach a customer: every day, or the working days of their country.

Public holidays and weekends come from the library `holidays`: nationwide ones only, because regions are not known here.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5


def sending_day(day: date, country: str) -> date:
    """`day`, or the next working day of `country` (ISO 3166, two letters; an unknown one rests on weekends only)."""
    while not is_working_day(day, country):
        day += timedelta(days=1)
    return day


def working_days_after(day: date, count: int, country: str) -> date:
    """The working day of `country` that comes `count` of them after `day`."""
    for _ in range(count):
        day = sending_day(day + timedelta(days=1), country)
    return day


def earliest_meant(day: date, country: str) -> date:
    """The earliest day whose letter leaves on `day`: the rest days right before it, or itself."""
    while not is_working_day(day - timedelta(days=1), country):
        day -= timedelta(days=1)
    return day


@lru_cache(maxsize=8192)
def is_working_day(day: date, country: str) -> bool:
    """True for a day that is neither weekend nor public holiday there; days that make up for a holiday count."""
    known = _holidays_of(country)
    return bool(known.is_working_day(day)) if known is not None else day.weekday() < SATURDAY


@lru_cache(maxsize=256)
def _holidays_of(country: str) -> "HolidayBase | None":
    from holidays import country_holidays  # reads a file for each country of the world: only who needs it waits for it

    try:
        return country_holidays(country)
    except NotImplementedError:
        return None
