"""What the engine does with a customer's habits: a letter may wait for their hour or their weekday, never longer.

Later only, within the day's hours for letters, at most SHIFT_DAYS days, and never up to the step that follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from customers.rules.contact import way_words
from dunning.rules.profile import DAYS, when_words

if TYPE_CHECKING:
    from dunning.rules.facts import CaseFacts
    from dunning.rules.pace import Pace
    from dunning.rules.plan_facts import StepFact

SHIFT_DAYS = 2  # how long a letter waits for their weekday at most
FIRST_TIME_PATIENCE_DAYS = 7  # how much later the first firm letter comes to whoever was never late before


@dataclass(frozen=True, slots=True)
class Habit:
    """`weekday` (Monday is 1) and `hour` (their clock) at which they usually pay, where that is clear.

    `never_late`: they have settled invoices, and none of them late. `channel`: by which the letter came after which
    they usually pay, "" where that is not clear.
    """

    weekday: int | None = None
    hour: int | None = None
    never_late: bool = False
    channel: str = ""


NO_HABIT = Habit()


@dataclass(frozen=True, slots=True)
class Leaving:
    """When a step's letter leaves at the earliest (UTC), on which day there, and why not as the campaign has it."""

    at: datetime
    on: date
    because: str = ""


def leaving_of(facts: "CaseFacts", pace: "Pace", step: "StepFact", anchor_on: date) -> Leaving:
    """When the letter of `step` leaves: on its day, or as much later as the customer's habits allow.

    The moment follows from the step's day alone, so that a letter never waits twice.
    """
    first_on = facts.letters_on(pace.planned_on(step))
    waits = facts.habit.weekday is not None  # most have no such habit: for them nothing is counted
    day = _their_weekday(facts, first_on, _before(pace, step, anchor_on)) if waits else first_on
    opening = facts.opening_of(day)
    at = _their_hour(facts, day, opening)
    return Leaving(at, day, _patience(pace, step) + _waiting(facts.habit, day != first_on, at != opening))


def preferred_first(habit: Habit, ways: Sequence[str]) -> Sequence[str]:
    """The ways of a step in the order in which they are tried: first the one that works with this customer."""
    if habit.channel not in ways:
        return ways
    return (habit.channel, *(way for way in ways if way != habit.channel))


def effects(habit: Habit) -> list[str]:
    """What the habit changes for letters, a line each."""
    lines = []
    if habit.weekday is not None:
        lines.append(f"letters wait up to {SHIFT_DAYS} days for a {DAYS[habit.weekday - 1]}")
    if habit.hour is not None:
        lines.append(f"letters wait until {habit.hour}:00 of their day, within the campaign's hours")
    if habit.channel:
        lines.append(f"letters go by {way_words(habit.channel)} first, where their step may go that way")
    if habit.never_late:
        lines.append(f"the first firm letter comes {FIRST_TIME_PATIENCE_DAYS} days later than the campaign has it")
    return lines


def _before(pace: "Pace", step: "StepFact", anchor_on: date) -> date:
    """The day that the letter must not reach: that of the next step, or the due date it comes before."""
    later = (following for following in pace.remaining if following.position > step.position)
    following_on = min(map(pace.planned_on, later), default=date.max)
    return min(following_on, anchor_on) if step.offset_days < 0 else following_on


def _their_weekday(facts: "CaseFacts", first_on: date, before: date) -> date:
    for wait in range(SHIFT_DAYS + 1):
        day = first_on + timedelta(days=wait)
        if day.isoweekday() == facts.habit.weekday and day < before and facts.is_letter_day(day):
            return day
    return first_on


def _their_hour(facts: "CaseFacts", day: date, opening: datetime) -> datetime:
    hour = facts.habit.hour
    opens, closes = facts.window_on(day)
    if hour is None or not opens < time(hour) < closes:
        return opening
    return facts.clock_of(day, time(hour))


def _patience(pace: "Pace", step: "StepFact") -> str:
    if not pace.is_put_off(step):
        return ""
    return f"; {pace.patience_days} days later than the campaign has it: they are late for the first time"


def _waiting(habit: Habit, waits_for_day: bool, waits_for_hour: bool) -> str:
    when = when_words(habit.weekday if waits_for_day else None, habit.hour if waits_for_hour else None)
    return f"; it waits for that moment because they usually pay {when}" if when else ""
