"""Which day it is where the customer lives."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone by its IANA name; UTC for a name nobody knows, so that one bad row never stops a reminder."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, a folder's name
        return ZoneInfo("UTC")


def local_day(moment: datetime, time_zone: str) -> date:
    """The calendar day of `moment` (aware) in `time_zone`."""
    return moment.astimezone(zone(time_zone)).date()
