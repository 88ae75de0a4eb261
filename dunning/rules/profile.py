"""How a customer behaves, counted from facts and told in words.

A habit is only what is clear: seen CLEAR times at least, and twice as often as everything else together.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from dunning.rules.history import GRACE_DAYS, SETTLED_LOOKED_AT, History, PaysHow, history_of

LOOKED_AT = SETTLED_LOOKED_AT  # of each kind of occasion; older ones are forgotten
CLEAR = 3
HOURS_TOGETHER = 2  # nobody is as regular as one hour
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MIDDAY, EVENING = 12, 17

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Occasions:
    """What is known of one customer, newest first, at most LOOKED_AT of each.

    `days_late`: settled invoices, value date less due date. `paid_on`: the days on which they paid by themselves.
    `at_screen`: when they tried to pay on their page, on their clock; `read_at`: when they read a letter. `promises`:
    whether each was kept. `worked`: step and channel of the letter after which the money came, one for each case that
    ended so.
    """

    days_late: Sequence[int] = ()
    paid_on: Sequence[date] = ()
    at_screen: Sequence[datetime] = ()
    promises: Sequence[bool] = ()
    worked: Sequence[tuple[int, str]] = ()
    read_at: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """What was seen most: `times` of `of` occasions. `habit` is None where that is not clear."""

    habit: T | None = None
    times: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The profile in numbers. `weekday`: Monday is 1. `hour`, `reads`: the first of two hours, on their clock."""

    history: History = History()
    settled: int = 0
    late: int = 0
    weekday: Seen[int] = Seen()
    hour: Seen[int] = Seen()
    channel: Seen[str] = Seen()
    promises_made: int = 0
    promises_kept: int = 0
    worked_step_id: int | None = None
    reads: Seen[int] = Seen()


def behaviour_of(known: Occasions) -> Behaviour:
    """Count the occasions."""
    return Behaviour(
        history=history_of(known.days_late, is_late_now=False),
        settled=len(known.days_late),
        late=sum(days > GRACE_DAYS for days in known.days_late),
        weekday=_most(Counter(day.isoweekday() for day in known.paid_on), len(known.paid_on)),
        hour=_hours([moment.hour for moment in known.at_screen]),
        channel=_most(Counter(channel for _, channel in known.worked), len(known.worked)),
        promises_made=len(known.promises),
        promises_kept=sum(known.promises),
        worked_step_id=known.worked[0][0] if known.worked else None,
        reads=_hours([moment.hour for moment in known.read_at]),
    )


def _hours(hours: list[int]) -> Seen[int]:
    """The two hours in a row that hold the most of them; the earlier ones when it does not matter."""
    spans = Counter({start: sum(start <= hour < start + HOURS_TOGETHER for hour in hours) for start in set(hours)})
    return _most(spans, len(hours))


def _most(counts: Counter[T], of: int) -> Seen[T]:
    if not counts:
        return Seen()
    value, times = min(counts.items(), key=lambda item: (-item[1], item[0]))
    is_clear = times >= CLEAR and times >= 2 * (of - times)
    return Seen(value if is_clear else None, times, of)


def in_words(seen: Behaviour, worked: str = "") -> str:
    """One sentence about the customer; `worked`: the step after which the money came, as the desk calls it."""
    parts = [_paying(seen)]
    if seen.hour.habit is None and seen.reads.habit is not None:
        parts.append(f"reads letters {hours_words(seen.reads.habit)}")
    if seen.promises_made:
        parts.append(f"{seen.promises_kept} of {seen.promises_made} promises kept")
    if worked:
        parts.append(f"the {worked} worked last time")
    sentence = "; ".join(filter(None, parts))
    return f"{sentence[0].upper()}{sentence[1:]}."


def _paying(seen: Behaviour) -> str:
    when = when_words(seen.weekday.habit, seen.hour.habit)
    match seen.history.pays:
        case PaysHow.NEW:
            return f"no invoice settled yet{f'; pays {when}' if when else ''}"
        case PaysHow.ON_TIME:
            how = "has paid on time so far"
        case PaysHow.LATE if not seen.history.usual_days:
            how = "usually pays on time"
        case PaysHow.CHRONIC:
            how = f"nearly always pays late, usually by {_counted(seen.history.usual_days or 0, 'day')}"
        case _:
            how = f"usually pays {_counted(seen.history.usual_days or 0, 'day')} late"
    return f"{how}, {when}" if when else how


def when_words(weekday: int | None, hour: int | None) -> str:
    """When somebody pays: "on Thursday mornings", "between 9:00 and 11:00"; "" when that is not known."""
    if weekday is None:
        return "" if hour is None else hours_words(hour)
    day = DAYS[weekday - 1]
    if hour is None:
        return f"on {day}s"
    part = "mornings" if hour < MIDDAY else "afternoons" if hour < EVENING else "evenings"
    return f"on {day} {part}"


def hours_words(hour: int) -> str:
    """The two hours of a habit."""
    return f"between {hour}:00 and {(hour + HOURS_TOGETHER) % 24}:00"


def evidence(seen: Behaviour) -> list[str]:
    """How that is known: what was counted, a line each."""
    lines = []
    if seen.settled:
        lines.append(
            f"{_counted(seen.settled, 'settled invoice')} looked at, {seen.late} of them paid more than {GRACE_DAYS} "
            "days late"
        )
    if day := seen.weekday.habit:
        lines.append(f"paid on a {DAYS[day - 1]} {seen.weekday.times} of {seen.weekday.of} times")
    elif seen.weekday.of:
        lines.append(f"no clear weekday in {_counted(seen.weekday.of, 'day')} of paying")
    if (hour := seen.hour.habit) is not None:
        lines.append(f"on the page {hours_words(hour)} {seen.hour.times} of {seen.hour.of} times")
    elif seen.hour.of:
        lines.append(f"no clear hour in {_counted(seen.hour.of, 'visit')} to the page to pay")
    if (hour := seen.reads.habit) is not None:
        lines.append(
            f"followed a link or put a notice away {hours_words(hour)} {seen.reads.times} of {seen.reads.of} times"
        )
    if seen.promises_made:
        what = "promise or plan" if seen.promises_made == 1 else "promises and plans"
        lines.append(f"{seen.promises_made} {what} whose end has come, {seen.promises_kept} kept")
    if seen.channel.of:
        lines.append(
            f"{_counted(seen.channel.of, 'earlier case')} paid after a letter"
            + (f", {seen.channel.times} of them after one by {seen.channel.habit}" if seen.channel.habit else "")
        )
    return lines


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
