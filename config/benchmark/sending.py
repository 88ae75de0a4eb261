"""Case 3: send letters crash-safe with two workers, against bare smtplib and against one task per mail."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection, connections
from django_q.tasks import async_task

from config.benchmark.report import Figure
from config.benchmark.world import build
from dunning.models import Notice
from dunning.operations.advance import advance_due
from dunning.operations.opening import open_cases

WORKERS = 2
NAIVE_SAMPLE = 400


def send_the_day(letters: int, *, now: datetime) -> Iterator[Figure]:
    """Send `letters` reminders to a mail server on this machine, three ways."""
    build(letters * 10, now=now)
    open_cases(now=now)
    advance_due(now=now)
    with _sink() as port:
        raw = letters / _together([["raw", str(port), str(letters // WORKERS)]] * WORKERS, port)
        naive = _naive_rate(port)
        waiting = Notice.objects.filter(state="queued").count()
        ours = waiting / _together([["ours", now.isoformat()]] * WORKERS, port)
    sent = Notice.objects.filter(state="sent").count() - NAIVE_SAMPLE
    figure = f"{sent} of {waiting} letters at {ours:,.0f}/s with {WORKERS} workers"
    yield Figure("3  send, against one task per mail", figure, f"django-q2: {naive:,.0f}/s", ours / naive, 6)
    yield Figure("3  send, against bare smtplib (goal 0.4)", figure, f"nothing recorded: {raw:,.0f}/s", ours / raw, 0.1)


@contextmanager
def _sink() -> Iterator[int]:
    sink = subprocess.Popen([sys.executable, "-m", "config.benchmark.sink"], stdout=subprocess.PIPE, text=True)
    assert sink.stdout is not None
    try:
        yield int(sink.stdout.readline())
    finally:
        sink.kill()
        sink.wait()
        sink.stdout.close()


def _environment(port: int) -> dict[str, str]:
    """A child that works on the scratch database and mails to the sink."""
    url = urlsplit(os.environ["DATABASE_URL"])
    scratch = urlunsplit(url._replace(path="/" + connection.settings_dict["NAME"]))
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "DEFAULT_FROM_EMAIL": "Billing <billing@example.com>"}
    return {**os.environ, "DATABASE_URL": scratch, "SECRET_KEY": settings.SECRET_KEY, **mail}


def _together(commands: list[list[str]], port: int) -> float:
    """Run the senders side by side; seconds from the first beginning to the last end."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "config.benchmark.senders", *command],
            env=_environment(port),
            stdout=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    moments = [child.communicate()[0].split() for child in started]
    return max(float(end) for _, end in moments) - min(float(began) for began, _ in moments)


def _naive_rate(port: int) -> float:
    for pk in Notice.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True)[:NAIVE_SAMPLE]:
        async_task("config.benchmark.senders.naive", pk)
    cluster = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        env=_environment(port),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(1)
        began = time.monotonic()
        _wait_for(NAIVE_SAMPLE)
        return (NAIVE_SAMPLE - 1) / (time.monotonic() - began)
    finally:
        os.killpg(cluster.pid, 9)
        cluster.wait()
        connections.close_all()


def _wait_for(count: int) -> None:
    deadline = time.monotonic() + 120
    while Notice.objects.filter(state="sent").count() < count:
        if time.monotonic() > deadline:
            raise TimeoutError("django-q2 did not get through its tasks")
        time.sleep(0.05)
