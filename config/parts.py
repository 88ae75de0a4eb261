"""One long-running child of the supervisor, with a process group of its own so that it can be ended as a whole."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between a death and the next start
STEADY_AFTER = 60.0  # seconds a child must have lived for its next death to count as the first


class LastWill:
    """The helper that ends our children when we are killed ourselves."""

    def __init__(self, embedded_in: str = "") -> None:
        self.embedded_in = embedded_in
        self.groups: set[int] = set()
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.last_will", self.embedded_in],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
            cwd=Path(__file__).resolve().parent.parent,
        )

    def note(self, verb: str, group: int) -> None:
        """Tell it of a group that starts or has ended."""
        (self.groups.add if verb == "start" else self.groups.discard)(group)
        self._tell(verb, group)

    def keep_up(self) -> None:
        """One that was killed itself is replaced and told all that is known."""
        if self.process.poll() is not None:
            self._start()
            for group in self.groups:
                self._tell("start", group)

    def _tell(self, verb: str, group: int) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.write(f"{verb} {group}\n")
            self.process.stdin.flush()

    def dismiss(self) -> None:
        """All is ended in good order; it has nothing left to do."""
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()


class Part:
    """A child that is started again when it dies, after a pause that doubles from one early death to the next."""

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], log: IO[str] | None, will: LastWill
    ) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.log = log
        self.will = will
        self.process: subprocess.Popen[bytes] | None = None
        self.started = self.not_before = 0.0
        self.early_deaths = 0

    def start(self) -> None:
        """Start the child in a group of its own: a Ctrl-C at the terminal reaches the supervisor only."""
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.started = time.monotonic()
        self.will.note("start", self.process.pid)

    def keep_up(self) -> bool:
        """Start the child if it is dead and its pause is over; True when it was started."""
        if self.process and self.process.poll() is not None:
            self._bury()
        if self.process or time.monotonic() < self.not_before:
            return False
        self.start()
        return True

    def _bury(self) -> None:
        assert self.process
        at = time.monotonic()
        self.early_deaths = 0 if at - self.started > STEADY_AFTER else self.early_deaths + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self.early_deaths)
        self.not_before = at + pause
        logger.warning("%s ended with %s and starts again in %g s.", self.name, self.process.returncode, pause)
        self.kill()

    def ask_to_stop(self) -> None:
        """SIGTERM to the main process only: it drains what is under way. The whole group would be cut off."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def has_stopped(self) -> bool:
        """True when the main process is gone."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """SIGKILL to the whole group, orphans of a dead main process included."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.will.note("end", self.process.pid)
        self.process = None
