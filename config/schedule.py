"""The one schedule of django-q2: it rings the engine each minute and does nothing else."""

from datetime import datetime

from django.db import connection, transaction
from django_q.models import Schedule
from django_q.tasks import async_task

TICK = "dunning.tasks.tick"


@transaction.atomic
def ensure_tick(*, now: datetime) -> None:
    """Make sure that exactly one schedule rings the engine each minute.

    django-q2 knows no unique names, so machines that start together take turns here.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [TICK])
    wanted = {"func": TICK, "schedule_type": Schedule.MINUTES, "minutes": 1, "repeats": -1}
    if list(Schedule.objects.filter(name="tick").values(*wanted)) != [wanted]:
        Schedule.objects.filter(name="tick").delete()
        Schedule.objects.create(name="tick", next_run=now, **wanted)


def ring() -> None:
    """Ask for a tick at once: the scheduler itself looks at the clock only twice a minute."""
    async_task(TICK, q_options={"task_name": "tick"})
