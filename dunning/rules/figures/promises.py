"""Whether people did what they said: promises, disputes, calls."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from dunning.rules.figures.shares import rate

ENOUGH = Decimal("0.95")  # of what was promised
TOLERANCE = timedelta(days=3)  # what was sent on the last day is booked by then


def is_kept(promised: Decimal, paid_by_then: Decimal) -> bool:
    """At least 95 % of the promised amount was paid by the day and the tolerance."""
    return paid_by_then >= promised * ENOUGH


def judged_on(promised_for: date) -> date:
    """The first day on which it is known whether the promise was kept."""
    return promised_for + TOLERANCE


def kept_rate(kept: int | Decimal, due: int | Decimal) -> Decimal | None:
    """Promises kept ÷ promises due, by count or amount. Taken back: left out. Put off: broken once."""
    return rate(kept, due)


def contact_rate(reached: int, attempts: int) -> Decimal | None:
    """Attempts that reached anyone ÷ attempts (not ÷ contacts)."""
    return rate(reached, attempts)


def promise_rate(promises: int, contacts: int) -> Decimal | None:
    """Promises ÷ contacts with the right person."""
    return rate(promises, contacts)


def dispute_rate(disputed: Decimal, billed: Decimal) -> Decimal | None:
    """Disputed amount ÷ billed amount of the same period."""
    return rate(disputed, billed)


def dispute_cycle(days_open: Sequence[int]) -> Decimal | None:
    """Median days from raised to closed, of those that are closed."""
    return Decimal(median(days_open)) if days_open else None
