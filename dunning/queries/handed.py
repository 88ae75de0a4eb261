"""Cases with an agency, and the money that came in since."""

from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Sum

from dunning.models import HandedCase
from payments.models import Payment


def handed_with_money() -> QuerySet[HandedCase]:
    """Cases with an agency whose customer has paid us since a person last looked."""
    paid = Payment.objects.filter(customer=OuterRef("case__customer"), recorded_at__gt=OuterRef("looked_at"))
    return HandedCase.objects.filter(Exists(paid), taken_back_at=None)


def paid_since_handed(handed: HandedCase) -> list[tuple[str, Decimal]]:
    """What has come in since a person last looked: (currency, amount) pairs."""
    paid = Payment.objects.filter(customer=handed.case.customer_id, recorded_at__gt=handed.looked_at)
    sums = paid.values("currency").annotate(paid=Sum("amount")).order_by("currency")
    return list(sums.values_list("currency", "paid"))
