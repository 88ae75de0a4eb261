"""Reading dates: one reading or none. 03/04/2026 needs to be told whether days or months come first."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from customers.rules.import_cell import Cell, Undecided, Unreadable

DAY_FIRST = "day-first"
MONTH_FIRST = "month-first"
ORDERS = (DAY_FIRST, MONTH_FIRST)
FIRST_YEAR, LAST_YEAR = 1970, 2100

TIME = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?(?:Z|AM|PM|[+-][0-9]{2}:?[0-9]{2}))?)?"
YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){TIME}")
COMPACT = re.compile(r"([0-9]{4})()([0-9]{2})([0-9]{2})")
DOTTED = re.compile(rf"([0-9]{{1,2}})\.([0-9]{{1,2}})\.([0-9]{{4}}){TIME}")
SLASHED = re.compile(rf"([0-9]{{1,2}})([-/])([0-9]{{1,2}})\2([0-9]{{4}}){TIME}")


def orders_of(texts: Iterable[Cell]) -> set[str]:
    """Which orders the dates of one column prove. Both or none: it has to be asked. ISO and dotted prove nothing."""
    return {order for text in texts if (order := _order_of(text))}


def needs_order(cell: Cell) -> bool:
    """True for a date like 03/04/2026 whose two readings differ."""
    found = SLASHED.fullmatch(cell.strip()) if isinstance(cell, str) else None
    return bool(found) and found[1].zfill(2) != found[3].zfill(2) if found else False


def _order_of(cell: Cell) -> str:
    found = SLASHED.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if not found:
        return ""
    first, second = int(found[1]), int(found[3])
    if first > 12 >= second:
        return DAY_FIRST
    return MONTH_FIRST if second > 12 >= first else ""


def read_date(cell: Cell, order: str) -> str:
    """The date as YYYY-MM-DD. `order` is one of ORDERS, or empty as long as nobody knows.

    Year first, and day.month.year, are read as they stand; a time of day is dropped.
    Raises Unreadable, or Undecided when the order matters and is not known.
    """
    if isinstance(cell, date):
        return _date(cell.year, cell.month, cell.day)
    if isinstance(cell, Decimal):
        raise Unreadable("is a number, not a date", "Format the column as a date in the spreadsheet.")
    text = cell.strip()
    if found := YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text):
        return _date(int(found[1]), int(found[3]), int(found[4]))
    if found := DOTTED.fullmatch(text):
        return _date(int(found[3]), int(found[2]), int(found[1]))
    if found := SLASHED.fullmatch(text):
        return _slashed(int(found[1]), int(found[3]), int(found[4]), order)
    raise Unreadable("is not a date", "Write it as 2026-03-31.")


def _slashed(first: int, second: int, year: int, order: str) -> str:
    if not order and first != second:
        raise Undecided
    day, month = (first, second) if order == DAY_FIRST else (second, first)
    try:
        return _date(year, month, day)
    except Unreadable as refusal:
        raise Unreadable(f"{refusal.problem} (read {order})", refusal.remedy) from None


def _date(year: int, month: int, day: int) -> str:
    try:
        found = datetime(year, month, day)  # noqa: DTZ001 - only a check that the day exists
    except ValueError:
        raise Unreadable("is a date that does not exist", "Write an existing day as 2026-03-31.") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(f"is not between {FIRST_YEAR} and {LAST_YEAR}", "Write the true date as 2026-03-31.")
    return found.date().isoformat()
