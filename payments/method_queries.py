"""Stored cards as the rules see them: whose owners agreed to be charged, with every try of each card."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Max

from payments.decline_queries import decline_book, tries_of
from payments.gateways import owns_retries
from payments.models import ChargeAttempt, PaymentMethod
from payments.rules.caps import used_in_words
from payments.rules.charging import UNREACHABLE
from payments.rules.methods import MethodKind
from payments.rules.retry_facts import RetryFacts, StoredMethod

OUTAGES_LAST = timedelta(days=1)


def chargeable_methods(customer_ids: Sequence[int], *, now: datetime) -> dict[int, list[StoredMethod]]:
    """What may be charged unattended, by customer: the card to use first, then the others in the order of storing.

    Four queries for a batch, one when nobody in it has such a card.
    """
    agreed = PaymentMethod.objects.filter(
        customer_id__in=customer_ids, removed_at__isnull=True, charge_agreed_at__isnull=False
    )
    rows = list(agreed.order_by("-is_default", "stored_at", "pk"))
    if not rows:
        return {}
    tries = tries_of({row.fingerprint for row in rows}, decline_book(now.date()))
    unreachable = _unreachable([row.pk for row in rows], now)
    methods: dict[int, list[StoredMethod]] = defaultdict(list)
    for row in rows:
        assert row.charge_agreed_at
        methods[row.customer_id].append(
            StoredMethod(
                id=row.pk,
                brand=row.brand,
                last4=row.last4,
                agreed_at=row.charge_agreed_at,
                tries=tuple(tries.get(row.fingerprint, ())),
                kind=MethodKind(row.kind),
                issued_in=row.country,
                unreachable_at=unreachable.get(row.pk),
                is_ours=not owns_retries(row.gateway),
            )
        )
    return methods


def budget_of(method: PaymentMethod, *, now: datetime) -> list[str]:
    """How often the card was tried lately, and how often it may be: one line for each cap. Two queries."""
    book = decline_book(now.date())
    facts = RetryFacts(
        amount=Decimal(0),
        currency="",
        invoice_ids=frozenset(),
        tries=tuple(tries_of({method.fingerprint}, book).get(method.fingerprint, ())),
        closes_at=now,
        kind=MethodKind(method.kind),
        brand=method.brand,
        issued_in=method.country,
    )
    return list(used_in_words(facts, book, now=now))


def _unreachable(method_ids: Sequence[int], now: datetime) -> dict[int, datetime]:
    """When a charge of each last ended because the gateway could not be asked."""
    ended = ChargeAttempt.objects.filter(method_id__in=method_ids, decline_code__in=UNREACHABLE)
    recent = ended.filter(finished_at__gt=now - OUTAGES_LAST).values("method_id").order_by()
    return {row["method_id"]: row["last"] for row in recent.annotate(last=Max("finished_at"))}
