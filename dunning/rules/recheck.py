"""The last look before a message leaves: may this notice still go, now, to this customer?"""

from dataclasses import dataclass, replace
from datetime import datetime

from dunning.rules.decide import (
    MONEY_UNMATCHED,
    PAYMENT_SETTLES_WITHIN,
    decide,
    hold_in_force,
    hurry,
    next_opening,
    still_our_business,
    without_held,
)
from dunning.rules.decisions import Close, Send
from dunning.rules.facts import CaseFacts, InvoiceFact, StepFact
from dunning.rules.plan_ahead import wait_after
from dunning.rules.words import Delivery, Outcome


@dataclass(frozen=True, slots=True)
class Go:
    """Send it, about these invoices; `next_at`: when the next reminder follows if nothing changes, if one does."""

    invoices: tuple[InvoiceFact, ...]
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PutBack:
    """Not now; it stays queued until `until`."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Not at all as things are. A skipped step is over; a delayed one is decided again when the facts allow."""

    outcome: Outcome
    reason: str


Verdict = Go | PutBack | Withdraw


def recheck(facts: CaseFacts, step: StepFact, *, case_is_open: bool, now: datetime) -> Verdict:
    """Whether the notice of `step`, queued earlier, may go at `now`.

    A reminder goes when the same decision, taken again as if the step were not in the ledger yet, sends this very step.
    """
    if step.channel not in facts.channels:
        return Withdraw(Outcome.DELAYED, f"no usable {step.channel} address on file")
    if not facts.lets_letters_in(now):
        return PutBack(next_opening(facts, now), "letters leave only in the customer's day")
    if facts.plan.thanks and step.id == facts.plan.thanks.id:
        return Go(())
    if not case_is_open:
        return Withdraw(Outcome.SKIPPED, "the case closed before the notice was sent")
    if facts.payment_under_way:
        return PutBack(now + PAYMENT_SETTLES_WITHIN, "a payment is under way")
    if facts.money_unmatched:
        return PutBack(now + PAYMENT_SETTLES_WITHIN, MONEY_UNMATCHED)
    return _decide_again(facts, step, now)


def may_act(facts: CaseFacts, now: datetime) -> bool:
    """Whether anything harsh may be done to this customer now: nothing keeps the desk quiet, and something is owed."""
    quiet = hold_in_force(facts, now) or facts.payment_under_way or facts.money_unmatched
    return not quiet and bool(without_held(facts, still_our_business(facts, now), now))


def unsent(facts: CaseFacts) -> CaseFacts:
    """The facts as if what waits to leave had not been decided yet."""
    return replace(facts, runs=tuple(run for run in facts.runs if run.delivery != Delivery.PENDING))


def _decide_again(facts: CaseFacts, step: StepFact, now: datetime) -> Verdict:
    before = unsent(facts)
    by_hand = any(run.step_id == step.id and run.by_hand for run in facts.runs)
    decision = hurry(before, now=now, who="", meant=step.id) if by_hand else decide(before, now=now)
    if isinstance(decision, Send) and decision.step.id == step.id:
        next_at = wait_after(before, decision, now=now).next_letter_at
        return Go(tuple(without_held(before, still_our_business(before, now), now)), next_at)
    if isinstance(decision, Close):
        return Withdraw(Outcome.SKIPPED, "settled before the notice was sent")
    reason = decision if isinstance(decision, str) else decision.reason
    return Withdraw(Outcome.DELAYED, f"things changed before the notice was sent: {reason}")
