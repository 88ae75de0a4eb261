"""Which claims for late payment still ask for money."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from customers.rules.days import local_day
from payments.models import Claim
from payments.queries.laws import frozen_days, histories, interest_until, law_book, with_paid
from payments.rules.claims import ClaimKind
from payments.rules.interest import is_frozen
from payments.rules.open_claims import OpenClaim, law_named


def open_claims(customer_ids: Sequence[int], *, now: datetime) -> dict[int, list[OpenClaim]]:
    """Customer id → what is claimed of them, oldest first; one query where there is nothing, nine at most.

    Left out is what was waived or paid, and what rests today because of a hold or an instalment plan.
    """
    running = Q(kind=ClaimKind.INTEREST, until_on=None)
    unwaived = Claim.objects.filter(invoice__customer__in=customer_ids, waived_at=None)
    left = with_paid(unwaived).filter(running | Q(open__gt=0))
    claims: list[Any] = list(left.select_related("invoice__customer").order_by("arose_on", "pk"))
    if not claims:
        return {}
    frozen = frozen_days([claim.invoice for claim in claims])
    amounts = _amounts(claims, now)
    found: dict[int, list[OpenClaim]] = defaultdict(list)
    for claim in claims:
        if amounts[claim.pk] > 0 and not is_frozen(_today(claim, now), frozen[claim.invoice_id]):
            found[claim.invoice.customer_id].append(_told(claim, amounts[claim.pk]))
    return found


def _amounts(claims: Sequence[Any], now: datetime) -> dict[int, Decimal]:
    """Claim id → what is left of it today."""
    running = [claim for claim in claims if claim.is_running]
    amounts = {claim.pk: claim.open for claim in claims}
    if running:
        book, known = law_book(), histories([claim.invoice for claim in running])
        for claim in running:
            amounts[claim.pk] = interest_until(_today(claim, now), claim, book, known[claim.invoice_id])
    return amounts


def _today(claim: Claim, now: datetime) -> date:
    return local_day(now, claim.invoice.customer.time_zone)


def _told(claim: Claim, amount: Decimal) -> OpenClaim:
    return OpenClaim(
        claim.invoice_id,
        claim.invoice.number,
        ClaimKind(claim.kind),
        amount,
        claim.currency,
        claim.arose_on,
        law_named(claim.law),
        claim.is_running,
    )
