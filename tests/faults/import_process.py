"""An import as a process of its own on the test database, so that it can be killed."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

from django.db import connection


def start(*arguments: str, crashpoint: str = "", chunk: int = 2) -> subprocess.Popen[str]:
    """Start `manage.py` with these arguments and `chunk` rows per transaction."""
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(url._replace(path="/" + connection.settings_dict["NAME"])),
        "CRASHPOINT": crashpoint,
        "TEST_CHUNK": str(chunk),
    }
    command = [sys.executable, "-m", "tests.faults.import_process", *arguments]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(*arguments: str, crashpoint: str = "") -> int:
    """Run to the end, or to the death; the exit status (−9: killed)."""
    process = start(*arguments, crashpoint=crashpoint)
    _, errors = process.communicate(timeout=120)
    assert process.returncode in (0, 1, -9), errors
    return process.returncode


def _main() -> None:
    import django
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from customers.operations import import_apply

    import_apply.CHUNK = int(os.environ["TEST_CHUNK"])
    call_command(*sys.argv[1:])


if __name__ == "__main__":
    _main()
