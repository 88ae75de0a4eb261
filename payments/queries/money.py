"""Payments and their parts: what came in, what is unapplied, what does not add up."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from payments.models import (
    Allocation,
    ClaimAllocation,
    Payment,
    Refund,
    RefundPart,
)


def recorded_under(provider: str, reference: str) -> Payment | None:
    """The payment that has this reference at this provider ("": the bank, as the desk recorded it)."""
    return Payment.objects.filter(provider=provider, reference=reference).select_related("customer").first()


def unapplied_of(customer_id: int) -> list[tuple[str, Decimal]]:
    """The customer's credit: (currency, what of their payments settled nothing yet), where there is any."""
    left = Payment.objects.filter(customer=customer_id, unapplied__gt=0)
    sums = left.values("currency").annotate(sum=Sum("unapplied")).order_by("currency")
    return [(row["currency"], row["sum"]) for row in sums]


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
