"""Claims for late payment: raised once ever, waived with a reason, paid only from money that invoices do not need."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Customer, Invoice
from customers.rules.days import local_day
from payments.models import Claim, ClaimAllocation, Payment
from payments.operations.allocations import take_off
from payments.queries.laws import candidates, frozen_days, histories, interest_until, late, law_book, with_paid
from payments.rules.allocate import OpenInvoice, allocate
from payments.rules.claims import BY_ITSELF, ClaimKind, Law, LawBook, amount_of, claimed_by_itself

BATCH = 2000
DAY = timedelta(days=1)


class ClaimRefusal(ValueError):
    """The claim cannot be raised, waived or paid as asked; the message says why, and what to do instead."""


def raise_due(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> None:
    """Raise what laws let us claim by itself for what is overdue, and settle the interest of what was paid since.

    Does nothing for invoices that fell late while claims were off. What is frozen (a dispute, hardship, an instalment
    plan) is raised when that ends, and so is what somebody owes whose money is on its way. Safe to run twice and by
    several workers: the database holds one claim per invoice, kind and reminder. What is left at the deadline is raised
    by the next call.
    """
    book = law_book()
    _settle_interest(book)
    if book.begins_on is None:
        return
    for kind in BY_ITSELF:
        overdue = candidates(book.laws, kind, due_from=book.begins_on - DAY, before=now.date() + DAY)
        for batch in _batches(overdue):
            if deadline.is_over:
                return
            _raise_batch(batch, book, kind, now)


def _batches(overdue: QuerySet[Invoice]) -> Iterator[list[Invoice]]:
    """By id, so that what cannot be claimed yet is looked at once a run."""
    last = 0
    while batch := list(overdue.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        yield batch


def _raise_batch(invoices: Sequence[Invoice], book: LawBook, kind: ClaimKind, now: datetime) -> None:
    frozen = frozen_days(invoices)
    claims = []
    for invoice in invoices:
        today = local_day(now, invoice.customer.time_zone)
        if law := claimed_by_itself(book, kind, late(invoice, frozen[invoice.pk]), today):
            claims.append(claim_under(invoice, law, invoice.due_on + DAY, now))
    Claim.objects.bulk_create([claim for claim in claims if claim], ignore_conflicts=True)


def law_of(book: LawBook, invoice: Invoice, kind: ClaimKind, on: date) -> Law | None:
    """The law that lets this kind be claimed for `invoice`, in its currency."""
    customer = invoice.customer
    return book.law_for(kind, country=customer.country, who=customer.kind, currency=invoice.currency, on=on)


def claim_under(invoice: Invoice, law: Law, arose_on: date, now: datetime) -> Claim | None:
    """The claim that this law gives for the invoice, not stored; None where it gives nothing."""
    amount = amount_of(law, invoice.balance, invoice.currency)
    if amount is None:
        return None
    return Claim(
        invoice=invoice,
        kind=law.kind.value,
        amount=amount,
        currency=invoice.currency,
        arose_on=arose_on,
        rule_id=law.id,
        law=law.source,
        raised_at=now,
    )


def _settle_interest(book: LawBook) -> None:
    """Fix the interest of invoices that are settled: up to the day of their last movement."""
    running = Claim.objects.filter(kind=ClaimKind.INTEREST, until_on=None, waived_at=None, invoice__balance__lte=0)
    while True:
        with transaction.atomic():
            held = running.select_for_update(skip_locked=True, of=("self",)).select_related("invoice__customer")
            claims = list(held.order_by("pk")[:BATCH])
            if not claims:
                return
            known = histories([claim.invoice for claim in claims])
            for claim in claims:
                history = known[claim.invoice_id]
                claim.until_on = max([claim.arose_on, *(day for day, _ in history.moves)])
                claim.amount = interest_until(claim.until_on, claim, book, history)
            Claim.objects.bulk_update(claims, ["amount", "until_on"])
        if len(claims) < BATCH:
            return


def run_on(invoice_ids: Iterable[int]) -> None:
    """Interest on those of these invoices that are owed again runs on, unless it was waived or paid.

    Call in the transaction that opened them.
    """
    owed_again = Claim.objects.filter(kind=ClaimKind.INTEREST, invoice__in=invoice_ids, invoice__balance__gt=0)
    counted: Any = with_paid(owed_again.filter(waived_at=None))
    Claim.objects.filter(pk__in=counted.filter(paid=0).values("pk")).update(until_on=None, amount=0)


def refuse_unless(fine: bool, message: str) -> None:
    """Raises ClaimRefusal with the message."""
    if not fine:
        raise ClaimRefusal(message)


@transaction.atomic
def waive(claim: Claim, *, reason: str, now: datetime, by: User | None) -> None:
    """Give up what is open of a claim, for good: it is never raised again. Raises ClaimRefusal."""
    Customer.objects.select_for_update(no_key=True).get(pk=claim.invoice.customer_id)
    locked: Any = with_paid(Claim.objects.filter(pk=claim.pk)).get()
    refuse_unless(bool(reason.strip()), "Say in a sentence why it is waived.")
    refuse_unless(locked.waived_at is None, "It was waived before. Nothing was changed.")
    refuse_unless(locked.is_running or locked.open > 0, "Nothing is open of this claim.")
    Claim.objects.filter(pk=claim.pk).update(waived_at=now, waived_by=by, waive_reason=reason[:300])


@transaction.atomic
def pay_from_credit(claim: Claim, *, now: datetime, by: User | None) -> Decimal:
    """Put the customer's unapplied money on `claim`, oldest payment first; returns how much.

    Invoices come first: raises ClaimRefusal while one in this currency is open, and when there is no credit or nothing
    is open of the claim.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=claim.invoice.customer_id)
    locked: Any = with_paid(Claim.objects.filter(pk=claim.pk)).get()
    refuse_unless(not locked.is_running, "This interest still runs. It is known once the invoice is paid.")
    left: Decimal = locked.open
    refuse_unless(left > 0, "Nothing is open of this claim.")
    first = Invoice.objects.filter(customer=customer, currency=claim.currency, balance__gt=0).order_by("due_on").first()
    if first:
        raise ClaimRefusal(f"Invoice {first.number} is open: money settles invoices first.")
    credit = _credit(customer, claim.currency)
    parts = allocate(left, [OpenInvoice(payment.pk, payment.unapplied) for payment in credit.values()])
    refuse_unless(bool(parts), f"{customer.name} has no credit in {claim.currency}.")
    ClaimAllocation.objects.bulk_create(
        ClaimAllocation(payment_id=pk, claim=claim, amount=part, made_at=now, made_by=by) for pk, part in parts
    )
    take_off({pk: credit[pk] for pk, _ in parts}, parts)
    return sum((part for _, part in parts), Decimal(0))


def _credit(customer: Customer, currency: str) -> dict[int, Payment]:
    """Payments with something unapplied, oldest first. Call with the customer locked."""
    left = Payment.objects.filter(customer=customer, currency=currency, unapplied__gt=0)
    return {payment.pk: payment for payment in left.order_by("received_on", "pk")}
