"""The engine's turns over days, and what it sent in them."""

from datetime import UTC, datetime, timedelta

from customers.models import Customer
from dunning.models import Notice
from dunning.operations.tick import tick

START = datetime(2026, 2, 1, 10, 0, tzinfo=UTC)  # a Sunday


def turn(since: datetime, until: datetime, *, every: timedelta) -> datetime:
    """Turn the engine again and again, the first time at `since`, the last before `until`; returns `until`."""
    moment = since
    while moment < until:
        tick(now=moment)
        moment += every
    return until


def live(days: float, start: datetime = START, every: timedelta = timedelta(days=1)) -> datetime:
    """Turn the engine for so many days, once each unless said otherwise; returns the end."""
    return turn(start, start + timedelta(days=days), every=every)


def sent_to(customer: Customer) -> list[tuple[str, str]]:
    """(month-day, subject) of the letters that left, in order."""
    notices = Notice.objects.filter(customer=customer, state="sent").order_by("finished_at", "pk")
    return [(f"{notice.finished_at:%m-%d}", notice.subject) for notice in notices]
