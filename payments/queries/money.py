"""Payments and their parts: what came in, what is unapplied, what does not add up."""

from collections import defaultdict
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from payments.models import Allocation, ClaimAllocation, Payment, Refund, RefundPart

Settled = tuple[int, Decimal]  # the id of an invoice or a claim, and the part of a payment that is on it


def recorded_under(provider: str, reference: str) -> Payment | None:
    """The payment that has this reference at this provider ("": the bank, as the desk recorded it)."""
    return Payment.objects.filter(provider=provider, reference=reference).select_related("customer").first()


def unapplied_of(customer_id: int) -> list[tuple[str, Decimal]]:
    """The customer's credit: (currency, what of their payments settled nothing yet), where there is any."""
    left = Payment.objects.filter(customer=customer_id, unapplied__gt=0)
    sums = left.values("currency").annotate(sum=Sum("unapplied")).order_by("currency")
    return [(row["currency"], row["sum"]) for row in sums]


def held_by(payment: Payment) -> Decimal:
    """What of the payment did not go back: credit, and what settles invoices and claims."""
    return payment.unapplied + sum_of_parts(settled_by(payment)) + sum_of_parts(claims_paid_by(payment))


def claims_paid_by(payment: Payment) -> list[Settled]:
    """(claim id, part) of what the payment put on claims, refunds taken off, in the order in which it did."""
    parts: dict[int, Decimal] = defaultdict(Decimal)
    moved = ClaimAllocation.objects.filter(payment=payment).order_by("pk").values_list("claim_id", "amount")
    for claim_id, amount in moved:
        parts[claim_id] += amount
    return list(parts.items())


def settled_by(payment: Payment) -> list[Settled]:
    """(invoice id, part) of what the payment settles now, refunds taken off, in the order in which it settled them."""
    parts: dict[int, Decimal] = {}
    for invoice_id, amount in payment.allocations.order_by("pk").values_list("invoice_id", "amount"):
        parts[invoice_id] = parts.pop(invoice_id, Decimal(0)) + amount
    back = RefundPart.objects.filter(refund__payment=payment).values_list("invoice_id", "amount")
    for invoice_id, amount in back:
        parts[invoice_id] -= amount
    return list(parts.items())


def went_back(payment_id: int | None) -> QuerySet[Refund, Any]:
    """What of the payment went back and stayed away, the oldest first."""
    return Refund.objects.filter(payment=payment_id, reversal=None).order_by("happened_on", "pk")


def sum_of_parts(parts: list[Settled]) -> Decimal:
    """The amounts of these parts, which share one currency."""
    return sum((part for _, part in parts), Decimal(0))


def with_parts(payments: QuerySet[Payment, Any]) -> QuerySet[Payment, Any]:
    """Adds `refunded`, what went back and stayed away, and `applied`, what settles invoices or claims.

    Summed for the rows shown. What came in is what is applied, what is unapplied and what went back, always.
    """
    back = _sum_for("payment", Refund.objects.filter(reversal=None))
    taken_back = _sum_for("refund__payment", RefundPart.objects.all())
    on_claims = _sum_for("payment", ClaimAllocation.objects.all())
    settles = _sum_for("payment", Allocation.objects.all())
    return payments.annotate(refunded=back, applied=settles - taken_back + on_claims)


def _sum_for(owner: str, rows: QuerySet[Any, Any]) -> Coalesce:
    parts = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner)
    return Coalesce(Subquery(parts.annotate(sum=Sum("amount")).values("sum")), Decimal(0))


class PaymentFault(NamedTuple):
    """A payment that is not the sum of its parts."""

    id: int
    currency: str
    amount: Decimal
    applied: Decimal
    unapplied: Decimal
    refunded: Decimal


def payment_faults() -> list[PaymentFault]:
    """Payments of which what came in is not what is applied, unapplied and gone back."""
    unsound = with_parts(Payment.objects.all()).exclude(amount=F("applied") + F("unapplied") + F("refunded"))
    return [PaymentFault(*row) for row in unsound.order_by("pk").values_list(*PaymentFault._fields)]
