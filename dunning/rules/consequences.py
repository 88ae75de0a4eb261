"""What the facts become once a decision is carried out, for looking ahead: nothing else is assumed to happen."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from customers.rules.contact import POST
from dunning.rules.decisions import Charge, Send, Wait
from dunning.rules.facts import CaseFacts, InvoiceFact, RunFact, SentFact
from dunning.rules.plan_ahead import acts_of, after, skipped, with_contact
from dunning.rules.plan_facts import StepFact
from dunning.rules.recheck import Go, PutBack, on_its_way, recheck, unsent
from dunning.rules.words import Delivery, Outcome
from payments.rules.declines import Decline, judge
from payments.rules.next_charge import Order
from payments.rules.retry_facts import StoredMethod, Tried


class Charges(StrEnum):
    """What is assumed of every charge: refused for lack of money, or paid at once."""

    FAIL = "fail"
    SUCCEED = "succeed"


@dataclass(frozen=True, slots=True)
class Left:
    """The facts once what waits to leave has left, at `at`, about `invoices`; no step: it is withdrawn or stays."""

    facts: CaseFacts
    at: datetime
    step: StepFact | None = None
    invoices: tuple[InvoiceFact, ...] = ()


def left_first(facts: CaseFacts, *, now: datetime) -> Left:
    """A reminder that waits to leave has its last look now, or when the customer's day begins."""
    # Decided again, it is the same order and the same proposal; a proposal is taken for released at once.
    runs = tuple(run for run in facts.runs if run.delivery != Delivery.PROPOSED)
    facts = replace(facts, charge_ordered=False, runs=runs)
    pending = next((run for run in facts.runs if run.delivery == Delivery.PENDING), None)
    if pending is None or not any(step.id == pending.step_id for step in facts.plan.reminders):
        return Left(facts, now)
    step = on_its_way(facts.plan, pending)
    at, verdict = now, recheck(facts, step, case_is_open=True, now=now)
    if isinstance(verdict, PutBack) and not facts.lets_letters_in(now):
        at, verdict = verdict.until, recheck(facts, step, case_is_open=True, now=verdict.until)
    if isinstance(verdict, PutBack):
        return Left(facts, at)
    if isinstance(verdict, Go):
        named = frozenset(invoice.id for invoice in verdict.invoices)
        run = replace(
            pending, delivery=Delivery.REACHED, named=pending.named | named, by="", **_left(pending, step, at)
        )
        limits = with_contact(facts, step.channel, at=at)
        return Left(replace(_with_run(facts, pending, run), limits=limits), at, step, verdict.invoices)
    if pending.sent:
        return Left(unsent(facts), at)
    return Left(_with_run(facts, pending, replace(pending, outcome=verdict.outcome, delivery=Delivery.NOWHERE)), at)


def _left(pending: RunFact, step: StepFact, at: datetime) -> dict[str, Any]:
    """What its leaving at `at` adds to its line: the day from which the next one counts, or one more way."""
    sent = (*pending.sent, SentFact(step.channel, at)) if step.wait_hours else ()
    left: dict[str, Any] = {"sent": sent, "posted_at": at if step.channel == POST else None}
    return left if pending.sent else {**left, "decided_at": at}


def _with_run(facts: CaseFacts, old: RunFact, new: RunFact) -> CaseFacts:
    return replace(facts, runs=tuple(new if run is old else run for run in facts.runs))


def carried_out(facts: CaseFacts, decision: Send | Charge | Wait, charges: Charges, *, now: datetime) -> CaseFacts:
    """The facts once the decision is done and, for a charge, its assumed end is known."""
    if isinstance(decision, Send):
        return after(facts, decision, now=now)
    runs = [skipped(skip, now) for skip in decision.skips]
    runs += [RunFact(act.step.id, Outcome.DONE, now) for act in acts_of(decision)]
    if isinstance(decision, Charge) and decision.step:
        runs.append(RunFact(decision.step.id, Outcome.DONE, now))
    facts = replace(facts, runs=(*facts.runs, *runs))
    for order in decision.orders if isinstance(decision, Charge) else ():
        facts = _tried(facts, order, charges, now)
    return facts


def _tried(facts: CaseFacts, order: Order, charges: Charges, now: datetime) -> CaseFacts:
    paid = charges == Charges.SUCCEED
    methods = tuple(
        replace(method, tries=(*method.tries, _try(facts, method, order, paid, now)))
        if method.id == order.method_id
        else method
        for method in facts.methods
    )
    return replace(facts, methods=methods, invoices=_settled(facts.invoices, order) if paid else facts.invoices)


def _try(facts: CaseFacts, method: StoredMethod, order: Order, paid: bool, now: datetime) -> Tried:
    refusal = Decline("insufficient_funds")
    judged = judge(refusal, facts.book, kind=method.kind, brand=method.brand, country=facts.country)
    return Tried(now, order.amount, order.currency, None if paid else judged, frozenset(order.invoice_ids))


def _settled(invoices: tuple[InvoiceFact, ...], order: Order) -> tuple[InvoiceFact, ...]:
    """What is open once the order's money has settled its invoices, the oldest first."""
    left, kept = order.amount, []
    for invoice in invoices:
        taken = Decimal(0)
        if invoice.id in order.invoice_ids and invoice.currency == order.currency:
            taken = min(left, invoice.balance)
            left -= taken
        if taken < invoice.balance:
            kept.append(replace(invoice, balance=invoice.balance - taken))
    return tuple(kept)
