"""How the demo's customers pay: a seeded model of habits. It knows days and reminders, and nothing of the product."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum


class Habit(Enum):
    """When someone pays, by themselves or because they are asked."""

    EARLY = "early"
    PUNCTUAL = "punctual"
    LATE = "late"
    FIRST_REMINDER = "after the first reminder"
    SECOND_REMINDER = "after the second reminder"
    FIRM_REMINDER = "after the firm reminder"
    IN_PARTS = "in parts"
    NEVER = "never"


SHARES = {
    Habit.EARLY: 50,
    Habit.PUNCTUAL: 11,
    Habit.LATE: 9,
    Habit.FIRST_REMINDER: 12,
    Habit.SECOND_REMINDER: 8,
    Habit.FIRM_REMINDER: 4,
    Habit.IN_PARTS: 4,
    Habit.NEVER: 2,
}
DAYS_AFTER_DUE = {Habit.EARLY: (-12, -4), Habit.PUNCTUAL: (-1, 0), Habit.LATE: (2, 11)}
MOVED_BY = {Habit.FIRST_REMINDER: 1, Habit.SECOND_REMINDER: 7, Habit.FIRM_REMINDER: 14, Habit.IN_PARTS: 1}
ONLINE = 0.12  # of those whom a letter moves, who pay on the page it links to


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment someone means to make: all that is open, or a share of it."""

    on: date
    share: float = 1.0
    online: bool = False


def habit(chance: random.Random) -> Habit:
    """One customer's character."""
    return chance.choices(list(SHARES), list(SHARES.values()))[0]


def pays_unasked(habit: Habit, due_on: date, chance: random.Random) -> date | None:
    """The day on which an invoice is paid without being asked, or None; even the good forget one now and then."""
    if habit not in DAYS_AFTER_DUE or chance.random() < 0.04:
        return None
    return due_on + timedelta(days=chance.randint(*DAYS_AFTER_DUE[habit]))


def answers(habit: Habit, step_day: int, today: date, chance: random.Random) -> Intent | None:
    """What a reminder of the step `step_day` days after the due date moves this customer to; None: nothing."""
    if habit is Habit.NEVER or step_day < MOVED_BY.get(habit, 1):
        return None
    if chance.random() < 0.15:
        return None  # lost in the pile; the next one will do it
    share = chance.choice((0.3, 0.5)) if habit is Habit.IN_PARTS else 1.0
    return Intent(today + timedelta(days=chance.randint(0, 4)), share, online=chance.random() < ONLINE)
