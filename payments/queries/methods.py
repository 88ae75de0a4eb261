"""Stored cards: what a customer lets us keep, and what of it the rules may charge, with every try of each card."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from customers.models import Customer
from payments.gateways import owns_retries
from payments.models import ChargeAttempt, PaymentMethod
from payments.queries.declines import decline_book, tries_of
from payments.rules.caps import used_in_words
from payments.rules.charging import UNREACHABLE
from payments.rules.declines import DeclineBook
from payments.rules.methods import MethodKind
from payments.rules.retry_facts import RetryFacts, StoredMethod

OUTAGES_LAST = timedelta(days=1)


def chargeable_methods(
    customer_ids: Sequence[int], book: DeclineBook, *, now: datetime
) -> dict[int, list[StoredMethod]]:
    """What may be charged unattended, by customer: the card to use first, then the others, newest first.

    Two queries for a batch, one when nobody in it has such a card.
    """
    agreed = PaymentMethod.objects.filter(
        customer_id__in=customer_ids, removed_at__isnull=True, charge_agreed_at__isnull=False
    )
    rows: list[Any] = list(agreed.annotate(unreachable_at=_unreachable(now)).order_by("-is_default", "-pk"))
    if not rows:
        return {}
    tries = tries_of({row.fingerprint for row in rows}, book)
    methods: dict[int, list[StoredMethod]] = defaultdict(list)
    for row in rows:
        methods[row.customer_id].append(
            StoredMethod(
                id=row.pk,
                brand=row.brand,
                last4=row.last4,
                agreed_at=row.charge_agreed_at,
                tries=tuple(tries.get(row.fingerprint, ())),
                kind=MethodKind(row.kind),
                issued_in=row.country,
                unreachable_at=row.unreachable_at,
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


def _unreachable(now: datetime) -> Subquery:
    """When a charge of the method last ended because the gateway could not be asked."""
    ended = ChargeAttempt.objects.filter(method=OuterRef("pk"), decline_code__in=UNREACHABLE)
    recent = ended.filter(finished_at__gt=now - OUTAGES_LAST).order_by("-finished_at")
    return Subquery(recent.values("finished_at")[:1])


def kept_methods(customer_id: int) -> QuerySet[PaymentMethod]:
    """What the customer lets us keep, the one to use first before the others."""
    kept = PaymentMethod.objects.filter(customer=customer_id, removed_at__isnull=True)
    return kept.order_by("-is_default", "-pk")


def kept_cards(customer: Customer, gateway: str) -> list[PaymentMethod]:
    """Those of them that this gateway keeps."""
    return list(kept_methods(customer.pk).filter(gateway=gateway))


def stored_under(token: str, customer: Customer) -> PaymentMethod | None:
    """The customer's stored card that the gateway knows by this token."""
    return PaymentMethod.objects.filter(
        customer=customer, gateway=settings.PAYMENT_GATEWAY, token=token, removed_at__isnull=True
    ).first()
