"""Hours in which customers may be contacted: the narrower of what their country asks for and what the campaign says."""

from dataclasses import dataclass
from datetime import time
from functools import lru_cache

WEEKDAYS = range(1, 8)  # ISO: 1 is Monday


@dataclass(frozen=True, slots=True)
class OpenHours:
    """From and until when on these weekdays (ISO numbers, as "12345"); others are left to the campaign."""

    opens: time
    closes: time
    weekdays: str = "1234567"


@lru_cache(maxsize=1024)
def narrowed(opens: time, closes: time, hours: tuple[OpenHours, ...], weekday: int) -> tuple[time, time]:
    """The window that is left on an ISO weekday; it is empty where its end is not after its begin."""
    asked = [row for row in hours if str(weekday) in row.weekdays]
    return max([opens, *(row.opens for row in asked)]), min([closes, *(row.closes for row in asked)])
