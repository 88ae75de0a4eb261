"""Letters that wait for review, over days."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User

from dunning.models import Notice, ReviewDecision
from dunning.operations import review
from dunning.operations.tick import tick
from tests.turning import turn

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def at(day: int, hour: int = 10) -> datetime:
    """That day of March 2026."""
    return datetime(2026, 3, day, hour, 0, tzinfo=UTC)


def live(until: datetime, since: datetime = MONDAY) -> None:
    """Turn the engine four times a day, the first time at `since`, and at `until`."""
    tick(now=turn(since, until, every=timedelta(hours=6)))


def release(now: datetime, by: User) -> int:
    return review.release(Notice.objects.all(), seen_at=now, now=now, by=by)


def verdicts() -> list[str]:
    return list(ReviewDecision.objects.order_by("pk").values_list("verdict", flat=True))
