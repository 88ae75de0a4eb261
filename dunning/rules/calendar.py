"""Working days and public holidays of a country, and counting in them.

Public holidays and weekends come from the library `holidays`: nationwide ones only, because regions are not known here.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5
DAY = timedelta(days=1)


def working_days_later(day: date, number: int, country: str) -> date:
    """The `number`-th working day of `country` after `day`; with 0 `day` itself, or the next working day.

    `country` is ISO 3166 in two letters; an unknown one rests on weekends only.
    """
    day = _working_day_from(day, country) if number == 0 else day
    for _ in range(number):
        day = _working_day_from(day + DAY, country)
    return day


def _working_day_from(day: date, country: str) -> date:
    while not is_working_day(day, country):
        day += DAY
    return day


@lru_cache(maxsize=8192)
def is_working_day(day: date, country: str) -> bool:
    """True for a day that is neither weekend nor public holiday there; days that make up for a holiday count."""
    known = _holidays_of(country)
    return bool(known.is_working_day(day)) if known is not None else day.weekday() < SATURDAY


def is_public_holiday(day: date, country: str) -> bool:
    """True for a nationwide holiday there, on whatever weekday; False where none are known."""
    known = _holidays_of(country)
    return known is not None and day in known


@lru_cache(maxsize=256)
def _holidays_of(country: str) -> "HolidayBase | None":
    from holidays import country_holidays  # reads a file for each country of the world: only who needs it waits for it

    try:
        return country_holidays(country)
    except NotImplementedError:
        return None
