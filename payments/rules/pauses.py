"""Pauses of a schedule in words: "10min", "6h", "3d", "payday", "month_start"."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from payments.rules.local_hours import MORNING, at_time
from payments.rules.paydays import payday_from
from payments.rules.retry_facts import Bound

LENGTH = re.compile(r"([1-9]\d{0,2})(min|h|d)")
UNITS = {"min": (timedelta(minutes=1), "minute"), "h": (timedelta(hours=1), "hour"), "d": (timedelta(days=1), "day")}
PAYDAY, MONTH_START = "payday", "month_start"


def unreadable(pauses: str) -> list[str]:
    """The pauses in this list that nobody understands."""
    return [word for word in pauses.split() if word not in (PAYDAY, MONTH_START) and not LENGTH.fullmatch(word)]


def after_pause(pause: str, last: datetime, *, zone: ZoneInfo, country: str) -> Bound:
    """The moment one pause after the `last` try. Paydays and beginnings of a month are later days, in the morning."""
    next_day = last.astimezone(zone).date() + timedelta(days=1)
    if pause == PAYDAY:
        return Bound(at_time(payday_from(next_day, country), MORNING, zone), f"payday in {country or 'most countries'}")
    if pause == MONTH_START:
        while next_day.day != 1:
            next_day += timedelta(days=1)
        return Bound(at_time(next_day, MORNING, zone), "limits begin anew with the month")
    found = LENGTH.fullmatch(pause)
    if found is None:
        raise ValueError(f"“{pause}” is no pause: write 10min, 6h, 3d, payday or month_start.")
    number, (unit, words) = int(found[1]), UNITS[found[2]]
    return Bound(last + number * unit, f"{number} {words}{'' if number == 1 else 's'} after the last try")
