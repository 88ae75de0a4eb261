"""Working off a queue: batch after batch, over several connections at a time once there is more than one batch."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.conf import settings
from django.db import connection

from customers.deadline import Deadline

T = TypeVar("T")
Claim = Callable[[], list[T]]
Work = Callable[[list[T]], Counter[str]]


def work_off(claim: Claim[T], work: Work[T], *, size: int, deadline: Deadline) -> Counter[str]:
    """Claim up to `size` rows at a time and work on them until none is left or time is up; returns the sum of counts.

    Works with DUNNING_CONNECTIONS connections at a time. Other workers may claim from the same queue.
    """
    first = claim()
    if len(first) < size or settings.DUNNING_CONNECTIONS == 1:
        return _all(first, claim, work, size, deadline)
    counts: Counter[str] = Counter()
    with ThreadPoolExecutor(settings.DUNNING_CONNECTIONS) as pool:
        begin_with = [first, *[None] * (settings.DUNNING_CONNECTIONS - 1)]
        for result in pool.map(lambda held: _in_thread(held, claim, work, size, deadline), begin_with):
            counts += result
    return counts


def _in_thread(held: list[T] | None, claim: Claim[T], work: Work[T], size: int, deadline: Deadline) -> Counter[str]:
    try:
        return _all(claim() if held is None else held, claim, work, size, deadline)
    finally:
        connection.close()


def _all(held: list[T], claim: Claim[T], work: Work[T], size: int, deadline: Deadline) -> Counter[str]:
    """Work on what is held already, then on batch after batch."""
    counts = work(held) if held else Counter()
    while len(held) == size and not deadline.is_over:
        held = claim()
        counts += work(held) if held else Counter()
    return counts
