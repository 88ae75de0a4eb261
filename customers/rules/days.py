"""Which day it is where the customer lives."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def local_day(moment: datetime, time_zone: str) -> date:
    """The calendar day of `moment` (aware) in `time_zone`; a zone nobody knows counts as UTC."""
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):  # unknown, malformed, a folder's name
        zone = ZoneInfo("UTC")
    return moment.astimezone(zone).date()
