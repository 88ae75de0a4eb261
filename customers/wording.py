"""How amounts, dates and delays read on the desk's screens."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.formats import date_format

from customers.rules.money import MINOR_UNITS


def money(amount: Decimal, currency: str) -> str:
    """1,234.50 EUR: the currency's own number of decimals, never broken over two lines."""
    return f"{bare_money(amount, currency)}\N{NO-BREAK SPACE}{currency}"


def bare_money(amount: Decimal, currency: str) -> str:
    """1,234.50, where the currency stands beside it already."""
    return f"{amount:,.{MINOR_UNITS.get(currency, 2)}f}"


def lateness(due_on: date, today: date) -> str:
    """ "12 days overdue", "due today" or "due in 3 days"."""
    days = (today - due_on).days
    if days == 0:
        return "due today"
    amount = "1 day" if abs(days) == 1 else f"{abs(days):,} days"
    return f"{amount} overdue" if days > 0 else f"due in {amount}"


def moment(at: datetime) -> str:
    """Tue 3 March 2026, 09:00."""
    return date_format(at, "D j F Y, H:i")


def moment_there(at: datetime, zone: str) -> str:
    """The same in the customer's zone."""
    return moment(at.astimezone(zone_named(zone)))


def brief_moment_there(at: datetime, zone: str) -> str:
    """Tue 3 Mar, 09:00: in the customer's zone, for lists."""
    return date_format(at.astimezone(zone_named(zone)), "D j M, H:i")


def zone_named(zone: str) -> ZoneInfo:
    """The time zone of that name, UTC where there is none."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def counted(number: int, noun: str, nouns: str = "") -> str:
    """1 invoice, 2,500 invoices."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
