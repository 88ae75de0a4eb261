"""Running the desk as a person would: real processes with an environment and a data folder of their own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from socket import socket
from typing import Self, TypeVar

import psutil

ROOT = Path(__file__).resolve().parent.parent
OURS = (
    "DATABASE_URL",
    "SECRET_KEY",
    "DJANGO_SETTINGS_MODULE",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "DATA_DIR",
    "EMAIL_BACKEND",
    "EMAIL_URL",
    "BASE_URL",
)
T = TypeVar("T")
A_GOOD_KEY = "k3Yf0rT3stsOnly-k3Yf0rT3stsOnly-k3Yf0rT3stsOnly-k3Yf0rT3sts"


def bare_environment(**changes: str) -> dict[str, str]:
    """The environment without what the tests set for themselves, and with `changes`."""
    return {**{name: value for name, value in os.environ.items() if name not in OURS}, **changes}


def manage(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one command to its end and return what it said."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(ask: Callable[[], T], *, within: float = 120) -> T:
    """Ask until the answer is true and return it; fails when `within` seconds are over."""
    deadline = time.monotonic() + within
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"still {answer!r} after {within} s"
        time.sleep(0.1)
    return answer


def status_of(url: str) -> int:
    """The HTTP status behind `url`, 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class RunningDesk:
    """`manage.py run` or `demo` in the background, with eyes on every process that it started."""

    def __init__(self, *arguments: str, data: Path, log: Path, **changes: str) -> None:
        self.mark = str(data)
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                env=bare_environment(DATA_DIR=self.mark, PYTHONUNBUFFERED="1", **changes),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.processes():
            process.kill()
        self.process.wait()

    def processes(self, *words: str) -> list[psutil.Process]:
        """Living processes of this desk whose command line holds all `words`, oldest first."""
        found = []
        for process in psutil.process_iter():
            try:
                mine = process.environ().get("DATA_DIR") == self.mark and process.status() != psutil.STATUS_ZOMBIE
                if mine and all(word in " ".join(process.cmdline()) for word in words):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return sorted(found, key=lambda process: (process.create_time(), process.pid))

    def said(self) -> str:
        """Everything printed so far."""
        return self.log.read_text()

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
