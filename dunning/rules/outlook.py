"""A decision as a person reads it before it is taken: what would happen, when, and which steps it would skip. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dunning.rules.decisions import Charge, Close, Decision, Send, Wait
from dunning.rules.facts import CaseFacts
from dunning.rules.plan_facts import PlanFact, StepFact
from dunning.rules.words import Attention, Outcome


class Happens(StrEnum):
    """The kinds of outlook, in the order in which totals list them."""

    SENDS = "sends"
    CHARGES = "charges"
    ACTS = "acts"
    LATER = "later"
    WAITS = "waits"
    NEEDS_A_PERSON = "needs_a_person"
    CLOSES = "closes"


@dataclass(frozen=True, slots=True)
class Outlook:
    """`step`: the step that comes next, in words; `at`: when, None: at once. `skips`: (step, why) in words."""

    happens: Happens
    step: str
    at: datetime | None
    reason: str
    skips: tuple[tuple[str, str], ...]


def outlook(facts: CaseFacts, decision: Decision) -> Outlook:
    """The decision in words."""
    skips = tuple((facts.plan.words_of(skip.step), skip.reason) for skip in decision.skips)
    match decision:
        case Send(step=step):
            words = _all_words(facts.plan, step, *(act.step for act in decision.acts))
            return Outlook(Happens.SENDS, words, None, decision.reason, skips)
        case Charge():
            return Outlook(Happens.CHARGES, "charge of the stored card", None, decision.reason, skips)
        case Wait(acts=(first, *_) as acts):
            words = _all_words(facts.plan, *(act.step for act in acts))
            return Outlook(Happens.ACTS, words, None, first.reason, skips)
        case Wait(step=step):
            words = facts.plan.words_of(step) if step else ""
            return Outlook(_kind_of(decision), words, decision.until, decision.reason, skips)
        case Close():
            return Outlook(Happens.CLOSES, "", None, decision.reason, skips)


def last_taken(facts: CaseFacts) -> str:
    """The last reminder of the plan that counts as sent, in words; empty when none does."""
    done = {run.step_id for run in facts.runs if run.outcome == Outcome.DONE}
    taken = [step for step in facts.plan.reminders if step.id in done]
    return facts.plan.words_of(taken[-1]) if taken else ""


def _kind_of(wait: Wait) -> Happens:
    if wait.attention is not Attention.NONE:
        return Happens.NEEDS_A_PERSON
    return Happens.LATER if wait.step else Happens.WAITS


def _all_words(plan: PlanFact, *steps: StepFact) -> str:
    return ", ".join(map(plan.words_of, steps))
