"""Recording money that went back, in one transaction with what is owed again."""

from collections import defaultdict
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
    reminders away until a person has looked. The same reference is recorded once: the
    first Refund is returned. Raises RefundRefusal for an amount that is not above 0, does not fit the currency, or is
    more than the payment still holds.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=payment.customer_id)
    if reference and (earlier := payment.refunds.filter(reference=reference).first()):
        return earlier
    payment.refresh_from_db(fields=["unapplied"])
    parts, off_claims = _parts_of(payment, amount)
    payment.unapplied -= amount - sum(part for _, part in [*parts, *off_claims])
    payment.save(update_fields=["unapplied"])
    refund = Refund.objects.create(
        payment=payment,
        kind=kind,
        amount=amount,
        happened_on=on,
        recorded_at=now,
        recorded_by=by,
        reason=reason,
        reference=reference,
    )
    _take_off_claims(refund, off_claims, now, by)
    locked = lock_invoices(invoice_id for invoice_id, _ in parts)
    RefundPart.objects.bulk_create(RefundPart(refund=refund, invoice_id=pk, amount=part) for pk, part in parts)
    _post(locked, parts, refund, is_credited, now)
    claims.run_on(invoice.pk for invoice in locked)
    if kind == Kind.CHARGEBACK or (kind == Kind.REFUND and not is_explained):
        _hold(customer, locked, refund, now, by)
    return refund


def _parts_of(payment: Payment, amount: Decimal) -> tuple[list[tuple[int, Decimal]], list[tuple[int, Decimal]]]:
    """What comes back from which invoice, and from which claim."""
    held = held_by(payment)
    if not 0 < amount <= held or not fits(amount, payment.currency):
        raise RefundRefusal(
            f"Choose an amount above 0 and up to {in_words(held, payment.currency)}, what the payment still holds."
        )
    on_claims = claims_paid_by(payment)
    besides_invoices = payment.unapplied + _sum(on_claims)
    off_claims = take_back(min(amount, besides_invoices), unapplied=payment.unapplied, settled=on_claims)
    return take_back(amount, unapplied=besides_invoices, settled=settled_by(payment)), off_claims


def held_by(payment: Payment) -> Decimal:
    """What of the payment did not go back: credit, and what settles invoices and claims."""
    return payment.unapplied + _sum(settled_by(payment)) + _sum(claims_paid_by(payment))


def _sum(parts: list[tuple[int, Decimal]]) -> Decimal:
    return sum((part for _, part in parts), Decimal(0))


def claims_paid_by(payment: Payment) -> list[tuple[int, Decimal]]:
    """(claim id, part) of what the payment put on claims, refunds taken off, in the order in which it did."""
    parts: dict[int, Decimal] = defaultdict(Decimal)
    moved = ClaimAllocation.objects.filter(payment=payment).order_by("pk").values_list("claim_id", "amount")
    for claim_id, amount in moved:
        parts[claim_id] += amount
    return list(parts.items())


def settled_by(payment: Payment) -> list[tuple[int, Decimal]]:
    """(invoice id, part) of what the payment settles now, refunds taken off, in the order in which it settled them."""
    parts: dict[int, Decimal] = {}
    for invoice_id, amount in payment.allocations.order_by("pk").values_list("invoice_id", "amount"):
        parts[invoice_id] = parts.pop(invoice_id, Decimal(0)) + amount
    back = RefundPart.objects.filter(refund__payment=payment).values_list("invoice_id", "amount")
    for invoice_id, amount in back:
        parts[invoice_id] -= amount
    return list(parts.items())


def _take_off_claims(refund: Refund, parts: list[tuple[int, Decimal]], now: datetime, by: User | None) -> None:
    ClaimAllocation.objects.bulk_create(
        ClaimAllocation(payment=refund.payment, claim_id=pk, amount=-part, refund=refund, made_at=now, made_by=by)
        for pk, part in parts
    )


def _post(
    locked: list[Invoice], parts: list[tuple[int, Decimal]], refund: Refund, is_credited: bool, now: datetime
) -> None:
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
