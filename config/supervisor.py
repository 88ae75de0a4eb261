"""Web server, django-q2 cluster and watchdog under one roof.

A hung cluster still looks alive and ignores SIGTERM, so it is judged by what it leaves behind: when the engine's
heartbeat has stood still for too long, the whole process group is killed and started again.
"""

import http.client
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import IO, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections

from config.parts import LastWill, Part
from config.schedule import ring
from dunning.models import EngineState

logger = logging.getLogger(__name__)

TIME_TO_START = 60.0  # seconds until the first tick of a cluster, on the busiest machine
TIME_TO_DRAIN = 60.0  # seconds a child has between SIGTERM and SIGKILL; a tick may last 50


class Pulse:
    """For how long the heartbeat has stood still, by our own steady clock: no clock of a machine can fool it."""

    def __init__(self) -> None:
        self.last: datetime | None = None
        self.restart()

    def restart(self) -> None:
        """Count from now on; what was seen before says nothing about what has just been started."""
        self.since = time.monotonic()
        self.is_known = self.has_beaten = False

    def quiet_for(self, beat: datetime | None) -> float:
        """Seconds since `beat` last changed, or since the restart."""
        if self.is_known and beat != self.last:
            self.since = time.monotonic()
            self.has_beaten = True
        self.last, self.is_known = beat, True
        return time.monotonic() - self.since


class Supervisor:
    """Starts the parts, keeps them up, and stops them all. One per process, in the main thread.

    `beside` are commands that run along with web server and cluster, by the name of the part.
    """

    def __init__(
        self,
        bind: str,
        *,
        environment: Mapping[str, str],
        log: IO[str] | None = None,
        beside: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.bind = bind
        self.patience = settings.TICK_LATE_AFTER
        self.will = LastWill(str(settings.DATA_DIR) if settings.ON_A_LAPTOP else "")
        self.web = Part("web server", web_command(bind), environment=environment, log=log, will=self.will)
        self.cluster = Part("cluster", CLUSTER_COMMAND, environment=environment, log=log, will=self.will)
        self.beside = [
            Part(name, command, environment=environment, log=log, will=self.will)
            for name, command in (beside or {}).items()
        ]
        self.pulse = Pulse()
        self.next_look = 0.0
        self.has_rung = False
        self.signals = 0

    def run(self, once_up: Callable[[], None], *, first: Callable[[], None] | None = None) -> None:
        """Run until SIGINT or SIGTERM; `once_up` is called when the web server first answers.

        `first` is done while the web server starts, and before the cluster does.
        """
        try:
            if first:
                for part in (*self.beside, self.web):
                    part.start()
                first()
            self._take_note_of_signals()
            self._watch(once_up)
        finally:
            self._take_note_of_signals()  # a second Ctrl-C during `first` does not end the stopping, either
            self._stop()

    def _take_note_of_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note_signal)

    def _note_signal(self, *signal_and_frame: Any) -> None:
        self.signals += 1

    def _watch(self, once_up: Callable[[], None]) -> None:
        is_up = False
        while not self.signals:
            self.will.keep_up()
            for part in (*self.beside, self.web):
                part.keep_up()
            if self.cluster.keep_up():
                self.pulse.restart()
                self._ring()
            self._look_at_the_heart()
            if not is_up and answers(self.bind):
                is_up = True
                once_up()
            time.sleep(0.2)

    def _look_at_the_heart(self) -> None:
        if time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + min(10.0, self.patience / 10)
        try:
            quiet = self.pulse.quiet_for(last_beat())
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database does not answer, so the engine cannot be judged: %s", error)
            self.pulse.restart()
            return
        if quiet > (self.patience if self.pulse.has_beaten else max(self.patience, TIME_TO_START)):
            self._replace_cluster(quiet)
        elif quiet < self.patience / 2:
            self.has_rung = False
        elif not self.has_rung:
            self._ring()  # perhaps only the scheduler sleeps

    def _replace_cluster(self, quiet: float) -> None:
        logger.error("No tick for %.0f s: the cluster is killed and started again.", quiet)
        self.cluster.kill()
        self.cluster.start()
        self.pulse.restart()
        self._ring()

    def _ring(self) -> None:
        self.has_rung = True
        with suppress(DatabaseError, InterfaceError):
            ring()

    def _stop(self) -> None:
        parts = (self.web, self.cluster, *self.beside)
        for part in parts:
            part.ask_to_stop()
        deadline = time.monotonic() + TIME_TO_DRAIN
        # A second Ctrl-C means: now. (A terminal's Ctrl-C may arrive twice at once when a runner passes it on.)
        hurry_after = time.monotonic() + 1
        asked = self.signals
        while not all(part.has_stopped() for part in parts) and time.monotonic() < deadline:
            if time.monotonic() < hurry_after:
                asked = self.signals
            elif self.signals > asked:
                break
            time.sleep(0.1)
        for part in parts:
            part.kill()
        self.will.dismiss()


def last_beat() -> datetime | None:
    """When the engine last ended a turn."""
    close_old_connections()
    return EngineState.objects.values_list("ticked_at", flat=True).first()


def web_command(bind: str) -> list[str]:
    """gunicorn with threads; no access log, because paths hold personal links."""
    options = [
        "--preload",
        "--workers=2",
        "--threads=4",
        "--timeout=60",
        "--graceful-timeout=20",
        "--log-level=warning",
    ]
    return [sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind={bind}", "--no-control-socket", *options]


CLUSTER_COMMAND = [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"]


def answers(bind: str) -> bool:
    """True when the web server there gives any answer at all."""
    host, _, port = bind.rpartition(":")
    connection = http.client.HTTPConnection(reachable(host), int(port), timeout=5)
    try:
        connection.request("GET", "/health/", headers={"Host": urlsplit(settings.BASE_URL).netloc})
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reachable(host: str) -> str:
    """Where a server that listens on `host` is met from this machine."""
    return "127.0.0.1" if host in ("0.0.0.0", "") else "::1" if host == "[::]" else host.strip("[]")


def children_environment(**changes: str) -> dict[str, str]:
    """Our own environment, which by now holds the address of the database, and these changes."""
    return {**os.environ, "PYTHONPATH": str(settings.BASE_DIR), **changes}
