"""Which base rates are in force, and which of them the bank may have changed since."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from payments.models import BaseRate, ClaimPolicy
from payments.rules.base_rates import half_year_of


def with_later(rates: QuerySet[BaseRate], today: date) -> QuerySet[BaseRate, Any]:
    """Adds `is_past`: another row of the bank took over by today."""
    return rates.annotate(is_past=_later(today))


def to_confirm(rates: QuerySet[BaseRate], today: date) -> QuerySet[BaseRate]:
    """Those in force that have no row for this half-year, while claims are on; interest goes on by them."""
    policy = ClaimPolicy.objects.filter(valid_from__lte=today).order_by("-valid_from")[:1]
    claimed = rates.alias(is_claimed=Subquery(policy.values("is_on"))).filter(is_claimed=True)
    return claimed.filter(~_later(today), valid_from__lt=half_year_of(today)).order_by("name")


def _later(today: date) -> Exists:
    later = BaseRate.objects.filter(name=OuterRef("name"), valid_from__gt=OuterRef("valid_from"))
    return Exists(later.filter(valid_from__lte=today))
