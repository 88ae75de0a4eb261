"""If the supervisor dies without a word (kill -9, out of memory), end what it started.

Runs beside it and reads `start GROUP` and `end GROUP` lines; the end of the input means that the supervisor is gone.
Plain Python without Django, so that it is up at once and small.
"""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path


def execute(embedded_in: str) -> None:
    """Follow the lines, then kill the process groups that are left and let the embedded database go."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        verb, group = line.split()
        (groups.add if verb == "start" else groups.discard)(int(group))
    for left in groups:
        with suppress(ProcessLookupError):
            os.killpg(left, signal.SIGKILL)
    if embedded_in and groups:
        from config.postgres import start_embedded

        start_embedded(Path(embedded_in))  # joining makes us the last to leave, which stops the server


if __name__ == "__main__":
    execute(sys.argv[1])
