"""The last look before a message leaves: may this notice still go, now, to this customer?"""

from dataclasses import dataclass, replace
from datetime import datetime

from customers.rules.contact import POST, address_words
from dunning.rules.business import still_our_business
from dunning.rules.by_hand import hurry
from dunning.rules.contact import thanks_are_kept
from dunning.rules.decide import MONEY_UNMATCHED, PAYMENT_SETTLES_WITHIN, decide
from dunning.rules.decisions import Charge, Close, Send, Wait
from dunning.rules.facts import CaseFacts, InvoiceFact, RunFact
from dunning.rules.holding import awaits_debit, without_held
from dunning.rules.plan_ahead import wait_after
from dunning.rules.plan_facts import PlanFact, StepFact
from dunning.rules.readers import channels_to
from dunning.rules.review import TakenBack, amounts_of, stands_until, wait_for_review
from dunning.rules.words import Delivery, Outcome, spelled


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
    """Whether the notice of `step`, queued earlier by the step's channel as it stands here, may go at `now`.

    A reminder goes when the same decision, taken again as if it were not in the ledger yet, sends this very step this
    very way.
    """
    if step.channel not in channels_to(facts, step):
        return Withdraw(Outcome.DELAYED, f"no usable {address_words(step.channel)} on file")
    if step.channel == POST and not facts.lets_letters_in(now):
        now = facts.next_opening(now)  # paper arrives later, whenever it is printed
    if not facts.lets_letters_in(now):
        return PutBack(facts.next_opening(now), "letters leave only in the customer's day")
    if facts.plan.thanks and step.id == facts.plan.thanks.id:
        why = thanks_are_kept(facts, step, now)
        return Withdraw(Outcome.SKIPPED, why) if why else Go(())
    if not case_is_open:
        return Withdraw(Outcome.SKIPPED, "the case closed before the notice was sent")
    if facts.payment_under_way or awaits_debit(facts, still_our_business(facts, now), now):
        return PutBack(now + PAYMENT_SETTLES_WITHIN, "a payment is under way")
    if facts.money_unmatched:
        return PutBack(now + PAYMENT_SETTLES_WITHIN, MONEY_UNMATCHED)
    return _decide_again(facts, step, now)


def may_act(facts: CaseFacts, now: datetime) -> bool:
    """Whether a person may do anything harsh to this customer now: no money is on its way, and something is owed.

    What a hold keeps letters from, on the customer or on an invoice, does not count as owed.
    """
    if facts.payment_under_way or facts.money_unmatched:
        return False
    return bool(without_held(facts, still_our_business(facts, now), now))


def may_act_by_itself(facts: CaseFacts, now: datetime) -> bool:
    """The same for the engine, which does nothing harsh to a vulnerable customer."""
    return may_act(facts, now) and not facts.limits.is_vulnerable


def recheck_proposal(facts: CaseFacts, *, now: datetime) -> Wait | TakenBack | None:
    """How the case waits on for the review of its letter, or why that is taken back; None when nothing is proposed.

    A proposal stands while the same decision, taken again, would send this very step about the same amounts.
    """
    run = next((run for run in facts.runs if run.delivery == Delivery.PROPOSED and run.waits_to_leave), None)
    if run is None:
        return None
    until, before = stands_until(facts, run.decided_at), unsent(facts)
    if until <= now:
        return TakenBack(f"nobody had decided on it by {spelled(facts.local(until).date())}", is_expired=True)
    instead = decide(before, now=now)
    if isinstance(instead, Close):
        return TakenBack(f"{_over(facts)} before it was reviewed", Outcome.SKIPPED)
    if isinstance(instead, Charge):  # at night, too, when no letter would leave
        return TakenBack(f"the card is charged first: {instead.reason}"[:450])
    step = on_its_way(facts.plan, run)
    verdict = recheck(facts, step, case_is_open=True, now=now)
    if isinstance(verdict, Withdraw):
        return TakenBack(verdict.reason)
    if isinstance(verdict, Go) and amounts_of(list(verdict.invoices)) != run.asked:
        return TakenBack("what is open has changed since it was proposed")
    send = Send(step, "", facts.local(run.decided_at).date(), by_hand=run.by_hand)
    following = wait_after(before, send, now=now)
    return wait_for_review(facts, step, since=run.decided_at, following=following, now=now)


def unsent(facts: CaseFacts) -> CaseFacts:
    """The facts as if what waits to leave had not been decided yet; what went another way before stays."""
    runs = (_before(run) if run.waits_to_leave else run for run in facts.runs)
    return replace(facts, runs=tuple(run for run in runs if run))


def _before(run: RunFact) -> RunFact | None:
    return replace(run, delivery=Delivery.REACHED, by="") if run.sent else None


def on_its_way(plan: PlanFact, run: RunFact) -> StepFact:
    """The reminder that waits to leave, by the channel it was decided to go by."""
    step = next(step for step in plan.reminders if step.id == run.step_id)
    return replace(step, channel=run.by) if run.by and run.by != step.channel else step


def _decide_again(facts: CaseFacts, step: StepFact, now: datetime) -> Verdict:
    before = unsent(facts)
    by_hand = any(run.step_id == step.id and run.by_hand for run in facts.runs)
    decision = hurry(before, now=now, who="", meant=step.id) if by_hand else decide(before, now=now)
    if isinstance(decision, Send) and (decision.step.id, decision.step.channel) == (step.id, step.channel):
        next_at = wait_after(before, decision, now=now).next_letter_at
        return Go(tuple(without_held(before, still_our_business(before, now), now)), next_at)
    if isinstance(decision, Close):
        return Withdraw(Outcome.SKIPPED, f"{_over(facts)} before the notice was sent")
    reason = decision if isinstance(decision, str) else decision.reason
    return Withdraw(Outcome.DELAYED, f"things changed before the notice was sent: {reason}")


def _over(facts: CaseFacts) -> str:
    return "no longer so" if facts.about else "settled"
