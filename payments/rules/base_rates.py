"""When a central bank's rate is due again: banks publish theirs on 1 January and 1 July."""

from datetime import date


def half_year_of(day: date) -> date:
    """The first day of the half-year."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def is_to_be_confirmed(begins: date, today: date) -> bool:
    """True for a rate in force that began before this half-year: the bank may have published another one since."""
    return begins < half_year_of(today)
