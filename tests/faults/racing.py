"""Several at the same time, each in a thread and on a connection of its own."""

import threading
from collections.abc import Callable
from functools import partial

from django.db import connection


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What each deed returned or raised, all begun together."""
    ends: list[object] = []
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        try:
            start.wait(30)
            ends.append(deed())
        except Exception as error:
            ends.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(ends) == len(deeds)
    return ends


def by_many(deed: Callable[[int], object], callers: int) -> list[object]:
    """The same of `deed(0)`, `deed(1)` …"""
    return at_once(*[partial(deed, number) for number in range(callers)])
