"""Moments on the customer's own clock: the next daytime, the next working day, the morning of a day."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NIGHT_FROM, NIGHT_UNTIL = time(22), time(7)
MORNING = time(9, 10)  # wages that arrived that day are booked by then
DAYTIME = range(NIGHT_UNTIL.hour, NIGHT_FROM.hour)  # the hours in which cards are charged
SATURDAY = 5


def zone_of(name: str) -> ZoneInfo:
    """The zone of this name; UTC for one that nobody knows."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def by_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """`moment`, or 07:00 on the morning after it when it falls into the night of `zone`."""
    local = moment.astimezone(zone)
    if local.time() >= NIGHT_FROM:
        return at_time(local.date() + timedelta(days=1), NIGHT_UNTIL, zone)
    return at_time(local.date(), NIGHT_UNTIL, zone) if local.time() < NIGHT_UNTIL else moment


def outside(moment: datetime, hours: Collection[int], zone: ZoneInfo) -> datetime:
    """`moment`, or the beginning of the next hour by day that is none of these `hours` of `zone`.

    Raises ValueError where they leave no hour of the day.
    """
    if not set(DAYTIME) - set(hours):
        raise ValueError(f"No hour of the day is left to charge in, without {sorted(hours)}.")
    while (local := moment.astimezone(zone)).hour in hours:
        begun = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        moment = by_day(moment - begun + timedelta(hours=1), zone)
    return moment


def on_working_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """`moment`, or Monday morning when it falls on a weekend. Bank holidays are not known here."""
    day = moment.astimezone(zone).date()
    if day.weekday() < SATURDAY:
        return moment
    return at_time(day + timedelta(days=7 - day.weekday()), MORNING, zone)


def at_time(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """This hour of this day in `zone`, in UTC; an hour that the clocks jump over is the one after it."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
