"""How the engine is doing, in a few numbers. Each is read off a small partial index, whatever the portfolio's size."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from dunning.models import EngineState


@dataclass(frozen=True, slots=True)
class EngineFigures:
    """Counts are of rows now; `tick_age` is in seconds, None before the first tick."""

    tick_age: float | None
    due: int
    queued: int
    proposed: int
    sent_today: int
    in_doubt: int
    refused: int
    parked: int


def tick_age(*, now: datetime) -> float | None:
    """Seconds since the engine last ended a turn; None when it never did."""
    beat = EngineState.objects.values_list("ticked_at", flat=True).first()
    return (now - beat).total_seconds() if beat else None


def engine_figures(*, now: datetime) -> EngineFigures:
    """All figures in two queries; "today" begins at midnight in the desk's own zone."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"now": now, "today": today})
        return EngineFigures(tick_age(now=now), *cursor.fetchone())


COUNTS = """
    SELECT
      (SELECT count(*) FROM dunning_case WHERE state = 'open' AND next_action_at <= %(now)s),
      (SELECT count(*) FROM dunning_notice WHERE state = 'queued' AND channel <> 'post'),
      (SELECT count(*) FROM dunning_notice WHERE state = 'proposed'),
      (SELECT count(*) FROM dunning_notice WHERE state = 'sent' AND finished_at >= %(today)s),
      (SELECT count(*) FROM dunning_notice WHERE state = 'in_doubt'),
      (SELECT count(*) FROM dunning_notice WHERE state = 'refused'),
      (SELECT count(*) FROM dunning_case WHERE attention = 'parked')
"""


def is_late(age: float | None, *, after: float) -> bool:
    """True when the engine must be taken for stopped: no tick for `after` seconds, or none ever."""
    return age is None or age > after
