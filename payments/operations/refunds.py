"""Recording money that went back, in one transaction with what is owed again."""

from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer, Hold, Invoice, LedgerEntry
from customers.operations import holds
from customers.operations.ledger import Posting, lock_invoices, post_to
from customers.rules.money import fits, in_words
from payments.models import ClaimAllocation, Payment, Refund, RefundPart
from payments.operations import claims
from payments.queries.money import Settled, claims_paid_by, settled_by, sum_of_parts
from payments.rules.refunds import take_back

Kind = Refund.Kind


class RefundRefusal(ValueError):
    """The money cannot have gone back as told; the message says why."""


@transaction.atomic
def record(
    payment: Payment,
    *,
    kind: Refund.Kind,
    amount: Decimal,
    on: date,
    reason: str,
    now: datetime,
    by: User | None = None,
    reference: str = "",
    is_credited: bool = False,
    is_explained: bool = True,
) -> Refund:
    """Record that `amount` of `payment` went back on the day `on` (value date).

    It comes from what the payment left unapplied, then from claims, then from the invoice it settled last; those are
    owed again, unless `is_credited` says that the invoice itself is taken back by the same amount. What was charged
    back is disputed, and where the refund is not explained nobody here knows whether it is still owed: a hold keeps
    reminders away until a person has looked. The same reference is recorded once: the first Refund is returned.
    Raises RefundRefusal for an amount that is not above 0, does not fit the currency, or is more than the payment
    still holds.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=payment.customer_id)
    if reference and (earlier := payment.refunds.filter(reference=reference).first()):
        return earlier
    payment.refresh_from_db(fields=["unapplied"])
    parts, off_claims = _parts_of(payment, amount)
    payment.unapplied -= amount - sum_of_parts([*parts, *off_claims])
    payment.save(update_fields=["unapplied"])
    refund = Refund(payment=payment, kind=kind, amount=amount, happened_on=on, reason=reason, reference=reference)
    refund.recorded_at, refund.recorded_by = now, by
    refund.save()
    _take_off_claims(refund, off_claims, now, by)
    locked = _owe_again(refund, parts, is_credited, now)
    if kind == Kind.CHARGEBACK or (kind == Kind.REFUND and not is_explained):
        _hold(customer, locked, refund, now, by)
    return refund


def _parts_of(payment: Payment, amount: Decimal) -> tuple[list[Settled], list[Settled]]:
    """What comes back from which invoice, and from which claim."""
    on_invoices, on_claims = settled_by(payment), claims_paid_by(payment)
    besides_invoices = payment.unapplied + sum_of_parts(on_claims)
    held = besides_invoices + sum_of_parts(on_invoices)
    if not 0 < amount <= held or not fits(amount, payment.currency):
        raise RefundRefusal(
            f"Choose an amount above 0 and up to {in_words(held, payment.currency)}, what the payment still holds."
        )
    off_claims = take_back(min(amount, besides_invoices), unapplied=payment.unapplied, settled=on_claims)
    return take_back(amount, unapplied=besides_invoices, settled=on_invoices), off_claims


def _take_off_claims(refund: Refund, parts: list[Settled], now: datetime, by: User | None) -> None:
    ClaimAllocation.objects.bulk_create(
        ClaimAllocation(payment=refund.payment, claim_id=pk, amount=-part, refund=refund, made_at=now, made_by=by)
        for pk, part in parts
    )


def _owe_again(refund: Refund, parts: list[Settled], is_credited: bool, now: datetime) -> list[Invoice]:
    """Take the parts back from their invoices, which bear interest again; the invoices, locked."""
    locked = lock_invoices(invoice_id for invoice_id, _ in parts)
    RefundPart.objects.bulk_create(RefundPart(refund=refund, invoice_id=pk, amount=part) for pk, part in parts)
    _post(locked, parts, refund, is_credited, now)
    claims.run_on(invoice.pk for invoice in locked)
    return locked


def _post(locked: list[Invoice], parts: list[Settled], refund: Refund, is_credited: bool, now: datetime) -> None:
    def posting(kind: LedgerEntry.Kind, invoice_id: int, amount: Decimal) -> Posting:
        note = f"{refund.get_kind_display()}: {refund.reason}"[:300]
        return Posting(invoice_id, kind, amount, refund.happened_on, "refund", f"refund {refund.pk}", note)

    postings = [posting(LedgerEntry.Kind.REFUNDED, pk, part) for pk, part in parts]
    if is_credited:
        postings += [posting(LedgerEntry.Kind.CREDITED, pk, -part) for pk, part in parts]
    post_to(locked, postings, now=now)


def _hold(customer: Customer, invoices: list[Invoice], refund: Refund, now: datetime, by: User | None) -> None:
    for invoice in invoices:
        reason = reason_of_hold(refund)
        holds.place(customer, kind=Hold.Kind.DISPUTE, reason=reason, until_on=None, now=now, by=by, invoice=invoice)


def reason_of_hold(refund: Refund) -> str:
    """How the hold on an invoice says why, and by which refund: that one's end is the hold's."""
    happened = "charged back" if refund.kind == Kind.CHARGEBACK else "refunded at the gateway"
    return f"{happened} on {refund.happened_on} (refund {refund.pk}): {refund.reason}"[:300]
