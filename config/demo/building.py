"""Gets the demo's database ready: tables, company, history, one customer's link."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from config.demo import company, folder


def build(data: Path, *, fresh: bool) -> None:
    """Make the demo in the folder `data` ready to be shown. Raises CommandError for a desk that is not a demo's."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")  # an unfinished demo is made anew, so nothing can be lost
        with _beside_postgresql():
            _make_ready(data, fresh)
    finally:
        gc.enable()
        connection.close()  # what is written from now on waits for the disk


@contextmanager
def _beside_postgresql() -> Iterator[None]:
    """On one processor with its session in PostgreSQL: the two take turns, and none has to be woken on another one.

    A seventh of the time. Where the system does not let us, it takes longer.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    everywhere = os.sched_getaffinity(0)
    here = {max(everywhere)}  # the first one has the machine's own work to do
    with suppress(OSError):
        os.sched_setaffinity(connection.connection.info.backend_pid, here)
        os.sched_setaffinity(0, here)
    try:
        yield
    finally:
        os.sched_setaffinity(0, everywhere)


def _make_ready(data: Path, fresh: bool) -> None:
    promise = folder.read(data)
    if promise is None and company.exists():
        raise CommandError(f"{data} holds a desk that is not the demo's; set DATA_DIR to another folder.")
    folder.write(data, promise or folder.Promise())
    if promise is None or fresh or not promise.is_built:
        wipe()
        promise = None
    call_command("migrate", verbosity=0)
    password = promise.password if promise else company.build(now=timezone.now())
    customer, link = company.link_to_show(now=timezone.now())
    in_app = company.with_notices_in_the_app(now=timezone.now())
    folder.write(data, folder.Promise(is_built=True, password=password, customer=customer, link=link, in_app=in_app))


def wipe() -> None:
    """Drop everything the demo has made; the processor empties its books itself."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
