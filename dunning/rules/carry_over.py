"""A case on another version of its campaign: what was done under the former one counts. Pure.

Nothing is sent twice and nothing milder than before. The case goes on after the last reminder of its version that is

(a) milder than the firmest letter the customer has had, or
(b) no firmer than the last letter and meant for no later day, or
(c) of the same tone, and on the same side of the due date, as letters they have had: as many of them as they have had.

A charge step counts as taken when its day is no later than that of a charge step taken before, or when as many charge
steps were taken. Tries that failed are facts of the cards and know no versions. The same holds of steps that are
neither letters nor charges, each kind by itself: nobody is restricted, handed over or called a second time. What was
left out because its conditions did not hold is judged anew, by those of the new version.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dunning.rules.facts import RunFact
from dunning.rules.plan_facts import PlanFact, StepFact
from dunning.rules.words import ACTIONS, Delivery, Outcome


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of a former version, and what became of it."""

    step: StepFact
    run: RunFact


def carried_over(runs: Sequence[RunFact], former: Sequence[PlanFact], plan: PlanFact) -> tuple[RunFact, ...]:
    """Lines of the ledger as `plan` would have them, for what was done under the `former` versions.

    What still waits to leave does not count: it is withdrawn when a case is moved.
    """
    done = {run.step_id: run for run in runs if run.outcome == Outcome.DONE and not run.waits_to_leave}
    letters = _taken(done, [step for version in former for step in version.reminders])
    settled = {run.step_id: run for run in runs if run.outcome != Outcome.DELAYED and not run.unfit}
    charges = _taken(settled, [step for version in former for step in version.charges])
    actions = _taken(settled, [step for version in former for step in version.actions])
    carried = (*_letter(letters, plan.reminders), *_once(charges, plan.charges), *_actions(actions, plan.actions))
    return tuple(run for run in carried if run.step_id not in done)


def _taken(runs: dict[int, RunFact], steps: Sequence[StepFact]) -> list[Taken]:
    return sorted(
        (Taken(step, runs[step.id]) for step in steps if step.id in runs), key=lambda taken: taken.run.decided_at
    )


def _letter(letters: Sequence[Taken], reminders: Sequence[StepFact]) -> list[RunFact]:
    """The last reminder of the new version that counts as sent, with the day of the last letter."""
    if not letters:
        return []
    behind = [step for step in reminders if _is_behind(step, reminders, letters)]
    if not behind:
        return []
    last = letters[-1].run
    reached = any(taken.run.delivery == Delivery.REACHED for taken in letters)
    delivery = Delivery.REACHED if reached else last.delivery
    return [replace(last, step_id=behind[-1].id, delivery=delivery, sent=())]


def _is_behind(step: StepFact, reminders: Sequence[StepFact], letters: Sequence[Taken]) -> bool:
    firmest = max(taken.step.tone for taken in letters)
    last = letters[-1].step
    alike = [other for other in reminders if _group(other) == _group(step)]
    had = sum(_group(taken.step) == _group(step) for taken in letters)
    return (
        step.tone < firmest
        or (step.tone <= last.tone and step.offset_days <= last.offset_days)
        or alike.index(step) < had
    )


def _group(step: StepFact) -> tuple[int, bool]:
    return step.tone, step.offset_days < 0


def _actions(taken: Sequence[Taken], steps: Sequence[StepFact]) -> list[RunFact]:
    found: list[RunFact] = []
    for kind in ACTIONS:
        found += _once([one for one in taken if one.step.kind == kind], [step for step in steps if step.kind == kind])
    return found


def _once(before: Sequence[Taken], steps: Sequence[StepFact]) -> list[RunFact]:
    if not before:
        return []
    last_day = max(taken.step.offset_days for taken in before)
    behind = [step for n, step in enumerate(steps) if step.offset_days <= last_day or n < len(before)]
    return [replace(before[-1].run, step_id=step.id) for step in behind]
