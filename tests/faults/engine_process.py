"""The engine as a process of its own on the test database, so that it can be killed."""

import json
import os
import subprocess
import sys
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection


def start_tick(*, now: datetime, crashpoint: str = "", connections: int = 1, turns: int = 1) -> subprocess.Popen[str]:
    """Start a process that turns the engine `turns` times at `now` with this test's channels."""
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(url._replace(path="/" + connection.settings_dict["NAME"])),
        "DUNNING_CONNECTIONS": str(connections),
        "CRASHPOINT": crashpoint,
        "TEST_CHANNELS": json.dumps(settings.DUNNING_CHANNELS),
    }
    arguments = [sys.executable, "-m", "tests.faults.engine_process", now.isoformat(), str(turns)]
    return subprocess.Popen(arguments, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run_tick(*, now: datetime, crashpoint: str = "") -> int:
    """Run one turn to its end, or to its death; returns the exit status (−9: killed)."""
    process = start_tick(now=now, crashpoint=crashpoint)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, -9), errors
    return process.returncode


def _main() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    settings.DUNNING_CHANNELS = json.loads(os.environ["TEST_CHANNELS"])
    from dunning.operations.tick import tick

    for _ in range(int(sys.argv[2])):
        tick(now=datetime.fromisoformat(sys.argv[1]))


if __name__ == "__main__":
    _main()
