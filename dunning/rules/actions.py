"""Steps that are no letters: tasks, restrictions, hand-overs. They go on beside the letters, at the campaign's pace."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dunning.rules.decisions import Act, Send, Wait
from dunning.rules.facts import CaseFacts, RunFact, StepFact
from dunning.rules.pace import pace_of, skip_lapsed
from dunning.rules.words import Attention, Outcome, StepKind, day_words, spelled, step_words

TO_BE_HANDED_OVER = "the campaign hands this case over to an agency: a person decides"


class Coming(NamedTuple):
    """The steps to take next, all of one day, and the moment from which they may be."""

    steps: tuple[StepFact, ...]
    at: datetime


def beside_letters(facts: CaseFacts, letter: Send | Wait, anchor_on: date, *, now: datetime) -> Send | Wait:
    """What is decided about letters, with the actions due beside it and the clock set for the next of them.

    Call it only while the customer may be contacted and no money is on its way. `anchor_on`: the due date of the oldest
    open invoice.
    """
    if not facts.plan.actions:
        return letter
    coming = _coming(facts, anchor_on, now)
    acts = tuple(_act(facts, step, anchor_on, now) for step in coming.steps) if coming and coming.at <= now else ()
    if isinstance(letter, Send):
        return replace(letter, acts=acts)  # its wait is decided on once it has gone
    taken = _with_taken(facts, acts, now)
    return replace(_waiting(taken, letter, _coming(taken, anchor_on, now), anchor_on), acts=acts)


def _with_taken(facts: CaseFacts, acts: tuple[Act, ...], now: datetime) -> CaseFacts:
    return replace(facts, runs=(*facts.runs, *(RunFact(act.step.id, Outcome.DONE, now) for act in acts)))


def _coming(facts: CaseFacts, anchor_on: date, now: datetime) -> Coming | None:
    """The next actions. Like a letter, one never follows another sooner than the campaign's own distance.

    It waits for the letters of earlier days, so that nothing happens unannounced. A task alone does not wait for a
    letter that has nowhere to go: calling is what a person can do then.
    """
    pace = pace_of(facts, anchor_on)
    _, letters = skip_lapsed(pace, anchor_on, facts.local(now).date())
    taken = {run.step_id: run for run in facts.runs if run.outcome != Outcome.DELAYED}
    free = [
        step
        for step in facts.plan.actions
        if step.id not in taken and not any(_announces(letter, step, facts) for letter in letters)
    ]
    if not free:
        return None
    first = min(step.offset_days for step in free)
    steps = tuple(step for step in free if step.offset_days == first)
    counts_from = max([pace.counts_from, *_day_zeros(facts, taken)])
    return Coming(steps, _moment(facts, counts_from + timedelta(days=first), now))


def _announces(letter: StepFact, step: StepFact, facts: CaseFacts) -> bool:
    can_leave = letter.channel in facts.channels
    return letter.offset_days < step.offset_days and (can_leave or step.kind != StepKind.TASK)


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


def _act(facts: CaseFacts, step: StepFact, anchor_on: date, now: datetime) -> Act:
    reason = f"{day_words(step.offset_days)}: the oldest open amount fell due on {spelled(anchor_on)}"
    return Act(step, reason, facts.local(now).date())


def _waiting(facts: CaseFacts, letter: Wait, coming: Coming | None, anchor_on: date) -> Wait:
    """The letters' wait, cut short by the next action; the road ends only when no action is left either."""
    at_the_end = letter.attention == Attention.END_OF_ROAD
    if _is_to_be_handed_over(facts):
        reason = TO_BE_HANDED_OVER if at_the_end else letter.reason
        letter = replace(letter, attention=Attention.HAND_OVER, reason=reason)
    if coming is None or (coming.at >= letter.until and not at_the_end):
        return letter
    if letter.delays:
        return replace(letter, until=coming.at)
    step = coming.steps[0]
    return Wait(
        coming.at,
        f"next comes the {step_words(step.kind, step.offset_days, step.tone)}",
        attention=Attention.NONE if letter.attention == Attention.END_OF_ROAD else letter.attention,
        anchor_on=anchor_on,
        skips=letter.skips,
        letter_at=letter.next_letter_at,
    )


def _is_to_be_handed_over(facts: CaseFacts) -> bool:
    done = {run.step_id for run in facts.runs if run.outcome == Outcome.DONE}
    return any(step.kind == StepKind.HAND_OVER and step.id in done for step in facts.plan.actions)
