"""What people want to see of payments."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from payments.models import Allocation, Payment

LOOKS_BACK = timedelta(days=90)


def applied_part() -> Coalesce:
    """Annotation for payments: how much of it settled invoices. Summed for the rows shown only."""
    parts = Allocation.objects.filter(payment=OuterRef("pk")).order_by().values("payment")
    return Coalesce(Subquery(parts.annotate(sum=Sum("amount")).values("sum")), Decimal(0))


def with_money_left(now: datetime) -> QuerySet[Payment, Any]:
    """Payments of the last 90 days of which something is unapplied; older ones would mean reading them all."""
    recent = Payment.objects.filter(recorded_at__gte=now - LOOKS_BACK)
    return recent.annotate(applied=applied_part()).filter(amount__gt=F("applied"))
