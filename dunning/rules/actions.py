"""Steps that are no letters: tasks, restrictions, hand-overs. They go on beside the letters, at the campaign's pace."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from dunning.rules.action_days import Coming, coming
from dunning.rules.decisions import Act, Send, Skip, Wait
from dunning.rules.facts import CaseFacts, InvoiceFact, RunFact
from dunning.rules.fitting import parted
from dunning.rules.plan_facts import StepFact
from dunning.rules.words import LEFT_TO_A_PERSON, Attention, Outcome, StepKind, day_words, spelled, step_words

TO_BE_HANDED_OVER = "the campaign hands this case over to an agency: a person decides"
NOBODY_ASKED_YET = (Attention.NONE, Attention.END_OF_ROAD)


def beside_letters(
    facts: CaseFacts, letter: Send | Wait, to_remind: Sequence[InvoiceFact], *, now: datetime
) -> Send | Wait:
    """What is decided about letters, with the actions due beside it and the clock set for the next of them.

    Call it only while the customer may be contacted and no money is on its way. `to_remind`: what the case asks for. An
    action whose conditions do not hold on its day is left out. To a vulnerable customer nothing but tasks and calls to
    be made comes by itself: the case waits for a person.
    """
    if not facts.plan.actions:
        return letter
    anchor_on = min(invoice.due_on for invoice in to_remind)
    free = [step for step in facts.plan.actions if _may_be_taken(step, facts)]
    known = _with_runs(facts, Outcome.SKIPPED, (skip.step for skip in letter.skips), now)  # none of these is waited for
    steps, unfit = _due(known, free, to_remind, now)
    acts = tuple(_act(facts, step, anchor_on, now) for step in steps)
    letter = replace(letter, skips=letter.skips + unfit) if unfit else letter
    if isinstance(letter, Send):
        return replace(letter, acts=acts)  # its wait is decided on once it has gone
    known = _with_runs(known, Outcome.SKIPPED, (skip.step for skip in unfit), now)
    taken = _with_runs(known, Outcome.DONE, (act.step for act in acts), now)
    kept = coming(taken, [step for step in facts.plan.actions if step not in free], anchor_on, now)
    if kept and kept.at <= now:
        letter, kept = _asks_a_person(letter, kept.steps[0]), None
    ahead = [one for one in (coming(taken, free, anchor_on, now), kept) if one]
    waiting = _waiting(taken, letter, min(ahead, key=lambda one: one.at, default=None), anchor_on)
    return replace(waiting, acts=acts)


def _due(
    facts: CaseFacts, free: Sequence[StepFact], to_remind: Sequence[InvoiceFact], now: datetime
) -> tuple[tuple[StepFact, ...], tuple[Skip, ...]]:
    """The actions to take now, and those left out before them: what is left out puts nothing off."""
    anchor_on = min(invoice.due_on for invoice in to_remind)
    left_out: tuple[Skip, ...] = ()
    while (due := coming(facts, free, anchor_on, now)) and due.at <= now:
        fit, unfit = parted(facts, to_remind, due.steps, facts.local(now).date())
        left_out += unfit
        if fit:
            return fit, left_out
        facts = _with_runs(facts, Outcome.SKIPPED, (skip.step for skip in unfit), now)
    return (), left_out


def _may_be_taken(step: StepFact, facts: CaseFacts) -> bool:
    return step.kind in LEFT_TO_A_PERSON or not facts.limits.is_vulnerable


def _with_runs(facts: CaseFacts, outcome: Outcome, steps: Iterable[StepFact], now: datetime) -> CaseFacts:
    """The facts once this has become of these steps."""
    runs = tuple(RunFact(step.id, outcome, now) for step in steps)
    return replace(facts, runs=(*facts.runs, *runs)) if runs else facts


def _act(facts: CaseFacts, step: StepFact, anchor_on: date, now: datetime) -> Act:
    reason = f"{day_words(step.offset_days)}: the oldest open amount fell due on {spelled(anchor_on)}"
    return Act(step, reason, facts.local(now).date())


def _asks_a_person(letter: Wait, step: StepFact) -> Wait:
    """The letters' wait while a step is due that only a person may take."""
    if letter.attention not in NOBODY_ASKED_YET:
        return letter
    what = step_words(step.kind, step.offset_days, step.tone)
    reason = f"{what}: the customer is marked as vulnerable: a person decides whether this is done"
    is_the_end = letter.attention == Attention.END_OF_ROAD
    return replace(letter, attention=Attention.VULNERABLE, reason=reason if is_the_end else letter.reason)


def _waiting(facts: CaseFacts, letter: Wait, ahead: Coming | None, anchor_on: date) -> Wait:
    """The letters' wait, cut short by the next action; the road ends only when no action is left either."""
    at_the_end = letter.attention == Attention.END_OF_ROAD
    if _is_to_be_handed_over(facts):
        reason = TO_BE_HANDED_OVER if at_the_end else letter.reason
        letter = replace(letter, attention=Attention.HAND_OVER, reason=reason)
    if ahead is None or (ahead.at >= letter.until and not at_the_end):
        return letter
    if letter.delays:
        return replace(letter, until=ahead.at)
    step = ahead.steps[0]
    return Wait(
        ahead.at,
        f"next comes the {step_words(step.kind, step.offset_days, step.tone)}",
        attention=Attention.NONE if letter.attention == Attention.END_OF_ROAD else letter.attention,
        anchor_on=anchor_on,
        skips=letter.skips,
        letter_at=letter.next_letter_at,
    )


def _is_to_be_handed_over(facts: CaseFacts) -> bool:
    done = {run.step_id for run in facts.runs if run.outcome == Outcome.DONE}
    return any(step.kind == StepKind.HAND_OVER and step.id in done for step in facts.plan.actions)
