"""When a step that is no letter may be taken: at the campaign's pace, and not before the letters of earlier days."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dunning.rules.facts import CaseFacts, RunFact
from dunning.rules.pace import pace_of, skip_lapsed
from dunning.rules.plan_facts import StepFact
from dunning.rules.ways import is_open
from dunning.rules.words import LEFT_TO_A_PERSON, Outcome


class Coming(NamedTuple):
    """The steps to take next, all of one day, and the moment from which they may be."""

    steps: tuple[StepFact, ...]
    at: datetime


def coming(facts: CaseFacts, steps: Sequence[StepFact], anchor_on: date, now: datetime) -> Coming | None:
    """The next of these actions. Like a letter, one never follows another sooner than the campaign's own distance.

    It waits for the letters of earlier days, so that nothing happens unannounced. A task alone does not wait for a
    letter that cannot go by itself: calling is what a person can do then.
    """
    pace = pace_of(facts, anchor_on)
    _, letters = skip_lapsed(pace, anchor_on, facts.local(now).date(), facts.limits)
    taken = {run.step_id: run for run in facts.runs if run.outcome != Outcome.DELAYED}
    free = [
        step
        for step in steps
        if step.id not in taken and not any(_announces(letter, step, facts) for letter in letters)
    ]
    if not free:
        return None
    first = min(step.offset_days for step in free)
    counts_from = max([pace.counts_from, *_day_zeros(facts, taken)])
    at = _moment(facts, counts_from + timedelta(days=first), now)
    return Coming(tuple(step for step in free if step.offset_days == first), at)


def _announces(letter: StepFact, step: StepFact, facts: CaseFacts) -> bool:
    return letter.offset_days < step.offset_days and (step.kind not in LEFT_TO_A_PERSON or _may_go(letter, facts))


def _may_go(letter: StepFact, facts: CaseFacts) -> bool:
    return not facts.limits.is_vulnerable and is_open(facts, letter)


def _day_zeros(facts: CaseFacts, taken: dict[int, RunFact]) -> Iterator[date]:
    """The day 0 that each letter sent and action taken so far would count from, had it been on its very day."""
    for step in (*facts.plan.reminders, *facts.plan.actions):
        if step.id in taken and taken[step.id].outcome == Outcome.DONE and not taken[step.id].by_hand:
            yield facts.local(taken[step.id].decided_at).date() - timedelta(days=step.offset_days)


def _moment(facts: CaseFacts, planned_on: date, now: datetime) -> datetime:
    """In the customer's day as letters are: from the morning of the planned day, or the next that allows it."""
    today = facts.local(now).date()
    opening = facts.opening_of(max(planned_on, today))
    if opening > now or facts.lets_letters_in(now):
        return opening
    return facts.opening_of(today + timedelta(days=1))
