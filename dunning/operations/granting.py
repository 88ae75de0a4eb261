"""Carrying out what a customer asked for: the hold, the mark or the plan that goes with it.

In the caller's transaction, which holds the customer's lock.
"""

from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import User

from customers.models import Customer, Hold, Invoice
from customers.operations import consideration, holds
from customers.rules.days import local_day
from customers.rules.holds import HoldKind
from dunning.models import CustomerRequest
from dunning.rules.help_terms import Terms
from dunning.rules.needs import HARD, WORDS, Need
from dunning.rules.resting import resting
from dunning.rules.words import spelled
from payments.models import InstalmentPlan
from payments.operations import instalment_plans
from payments.queries.invoices import disputed_among
from payments.queries.plans import plannable
from payments.rules.instalments import Interval

OWN_PAGE = "on their own page"


def grant(request: CustomerRequest, terms: Terms, *, now: datetime, by: User | None) -> None:
    """Let reminders rest until the day, or make the plan. Raises PlanRefusal, and HoldRefusal for an impossible day."""
    if request.kind == Need.PARTS:
        request.plan = _plan(request, terms, now, by)
        request.closed_at = now  # from here on the plan tells how it goes
    else:
        kind = HoldKind.PROMISE if request.kind == Need.LATER else HoldKind.OTHER
        request.hold = _hold(request, kind, request.asked_on, now, by)
    request.state = CustomerRequest.State.GRANTED


def rest(request: CustomerRequest, terms: Terms, *, answer_on: date, now: datetime) -> None:
    """Let rest what must until a person has answered; of who is in difficulty everything, from now on."""
    need, customer = Need(request.kind), request.customer
    if need == Need.ERASURE:
        return  # nothing is open, so that nothing has to rest
    today = local_day(now, customer.time_zone)
    found = resting(need, terms, today=today, answer_on=answer_on, country=customer.country)
    before = "we owe an answer: " if found.owes_answer else ""
    disputed = request.amount if need == Need.DISPUTE else None
    request.hold = _hold(request, found.kind, found.until_on, now, None, before=before, disputed_amount=disputed)
    if need in HARD and not customer.vulnerable_since:
        note = f"Said {OWN_PAGE}: {WORDS[need]}. See their request."
        consideration.mark_vulnerable(customer, note=note, now=now, by=None)


def plan_invoices(customer: Customer, currency: str) -> list[Invoice]:
    """What a plan in this currency would cover: all that is open, in no other plan and not in dispute."""
    found = list(plannable(customer.pk).filter(currency=currency))
    disputed = disputed_among([invoice.pk for invoice in found])
    return [invoice for invoice in found if invoice.pk not in disputed]


def _plan(request: CustomerRequest, terms: Terms, now: datetime, by: User | None) -> InstalmentPlan:
    assert request.parts and request.asked_on
    covered = plan_invoices(request.customer, request.currency)
    return instalment_plans.make(
        request.customer,
        invoice_ids=[invoice.pk for invoice in covered],
        total=request.amount or Decimal(0),
        parts=request.parts,
        first_on=request.asked_on,
        interval=Interval.MONTH,
        patience_days=terms.patience_days,
        now=now,
        by=by,
    )


def _hold(
    request: CustomerRequest,
    kind: HoldKind,
    until_on: date | None,
    now: datetime,
    by: User | None,
    before: str = "",
    disputed_amount: Decimal | None = None,
) -> Hold:
    until = f" by {spelled(until_on)}" if kind == HoldKind.PROMISE and until_on else ""
    reason = f"{before}{WORDS[Need(request.kind)]}{until}, {OWN_PAGE}"
    return holds.place(
        request.customer,
        kind=kind,
        reason=reason,
        until_on=until_on,
        now=now,
        by=by,
        invoice=request.invoice,
        disputed_amount=disputed_amount,
    )
