"""How a figure is printed: ours, the reference of the same run, the ratio, and whether the floor is reached."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`ratio` compares ours with the reference so that more is better; `floor` is the least that is acceptable."""

    case: str
    ours: str
    reference: str
    ratio: float
    floor: float

    @property
    def is_reached(self) -> bool:
        return self.ratio >= self.floor

    def __str__(self) -> str:
        verdict = "ok" if self.is_reached else "BELOW THE FLOOR"
        ratio = f"ratio {self.ratio:.2f}, floor {self.floor:.2g}: {verdict}"
        return f"{self.case}\n    {self.ours}  |  {self.reference}  |  {ratio}"


class Stopwatch:
    """Seconds between entering and leaving."""

    seconds = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """`with stopwatch() as watch: …`, then `watch.seconds`."""
    watch, started = Stopwatch(), time.perf_counter()
    try:
        yield watch
    finally:
        watch.seconds = time.perf_counter() - started


def seconds_of(work: Callable[[], object]) -> float:
    """How long `work` takes once."""
    with stopwatch() as watch:
        work()
    return watch.seconds


def median_ms(work: Callable[[], object], times: int = 11) -> float:
    """The median of several runs of `work`, in milliseconds."""
    return sorted(seconds_of(work) for _ in range(times))[times // 2] * 1000
