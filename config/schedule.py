"""The schedules of django-q2: each minute they ring the engine, the matching, the figures and the imports."""

from datetime import datetime

from django.db import connection, transaction
from django_q.models import Schedule
from django_q.tasks import async_task

TICK = "dunning.tasks.tick"
RINGS: dict[str, dict[str, str | None]] = {
    "tick": {"func": TICK, "kwargs": None},
    # A night's reports take minutes on a large book; at any other minute there is nothing to do.
    "figures": {"func": "dunning.tasks.figures", "kwargs": "{'q_options': {'timeout': 540}}"},
    # A large file takes minutes. It must be over before django-q2 hands the task out again (its `retry`).
    "bank": {"func": "payments.tasks.match_bank_lines", "kwargs": None},
    "look ahead": {"func": "dunning.tasks.look_ahead", "kwargs": "{'q_options': {'timeout': 540}}"},
    "imports": {"func": "customers.tasks.take_imports", "kwargs": "{'q_options': {'timeout': 540}}"},
}


@transaction.atomic
def ensure_rings(*, now: datetime) -> None:
    """Make sure that each ring is scheduled exactly once.

    django-q2 knows no unique names, so machines that start together take turns here.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [TICK])
    for name, task in RINGS.items():
        wanted = {**task, "schedule_type": Schedule.MINUTES, "minutes": 1, "repeats": -1}
        if list(Schedule.objects.filter(name=name).values(*wanted)) != [wanted]:
            Schedule.objects.filter(name=name).delete()
            Schedule.objects.create(name=name, next_run=now, **wanted)


def ring() -> None:
    """Ask for a tick at once: the scheduler itself looks at the clock only twice a minute."""
    async_task(TICK, q_options={"task_name": "tick"})
