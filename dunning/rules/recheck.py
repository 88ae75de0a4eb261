"""The last look before a message leaves: may this notice still go, now, to this customer?"""

from dataclasses import dataclass
from datetime import datetime

from dunning.rules.decide import (
    PAYMENT_SETTLES_WITHIN,
    hold_in_force,
    in_send_window,
    next_opening,
    still_our_business,
    without_held,
)
from dunning.rules.facts import CaseFacts, InvoiceFact, StepFact
from dunning.rules.words import Outcome


@dataclass(frozen=True, slots=True)
class Go:
    """Send it, about these invoices."""

    invoices: tuple[InvoiceFact, ...]


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
    """Whether the notice of `step`, queued earlier, may go at `now`."""
    if step.channel not in facts.channels:
        return Withdraw(Outcome.DELAYED, f"no {step.channel} address on file any more")
    if not in_send_window(facts, now):
        return PutBack(next_opening(facts, now), "letters leave only in the customer's day")
    if facts.plan.thanks and step.id == facts.plan.thanks.id:
        return Go(())
    return _recheck_reminder(facts, case_is_open, now)


def _recheck_reminder(facts: CaseFacts, case_is_open: bool, now: datetime) -> Verdict:
    business = still_our_business(facts, now)
    if not case_is_open or not business:
        return Withdraw(Outcome.SKIPPED, "settled before the notice was sent")
    if hold := hold_in_force(facts, now):
        return Withdraw(Outcome.DELAYED, f"put on hold before the notice was sent: {hold.reason}")
    collectable = without_held(facts, business, now)
    if not collectable:
        return Withdraw(Outcome.DELAYED, "every open invoice was put on hold before the notice was sent")
    if facts.payment_pending:
        return PutBack(now + PAYMENT_SETTLES_WITHIN, "a payment is under way")
    return Go(tuple(collectable))
