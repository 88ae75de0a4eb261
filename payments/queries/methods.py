"""Stored cards: what a customer lets us keep, and what of it the rules may charge, with every try of each card."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from customers.models import Customer
from payments.gateways import owns_retries
from payments.models import PaymentMethod
from payments.queries.declines import decline_book, tries_of
from payments.rules.caps import used_in_words
from payments.rules.charging import UNREACHABLE
from payments.rules.declines import DeclineBook
from payments.rules.methods import MethodKind
from payments.rules.retry_facts import RetryFacts, StoredMethod

OUTAGES_LAST = timedelta(days=1)
# Deciding asks this of every batch, hence bare SQL. Last: when a charge of the method ended because the gateway could
# not be asked.
CHARGEABLE = """
SELECT customer_id, gateway, fingerprint, id, brand, last4, charge_agreed_at, kind, country, (
  SELECT max(finished_at) FROM payments_chargeattempt attempt
  WHERE attempt.method_id = method.id AND decline_code = ANY(%(unreachable)s) AND finished_at > %(since)s)
FROM payments_paymentmethod method
WHERE customer_id = ANY(%(ids)s) AND removed_at IS NULL AND charge_agreed_at IS NOT NULL
ORDER BY is_default DESC, id DESC
"""


def chargeable_methods(
    customer_ids: Sequence[int], book: DeclineBook, *, now: datetime
) -> dict[int, list[StoredMethod]]:
    """What may be charged unattended, by customer: the card to use first, then the others, newest first.

    Two queries for a batch, one when nobody in it has such a card.
    """
    rows = _agreed(customer_ids, now)
    tries = tries_of({fingerprint for _, _, fingerprint, *_ in rows}, book) if rows else {}
    methods: dict[int, list[StoredMethod]] = defaultdict(list)
    for customer_id, gateway, fingerprint, pk, brand, last4, agreed_at, kind, country, unreachable_at in rows:
        methods[customer_id].append(
            StoredMethod(
                id=pk,
                brand=brand,
                last4=last4,
                agreed_at=agreed_at,
                tries=tuple(tries.get(fingerprint, ())),
                kind=MethodKind(kind),
                issued_in=country,
                unreachable_at=unreachable_at,
                is_ours=not owns_retries(gateway),
            )
        )
    return methods


def _agreed(customer_ids: Sequence[int], now: datetime) -> list[tuple[Any, ...]]:
    asked: dict[str, Any] = {"ids": list(customer_ids), "unreachable": list(UNREACHABLE), "since": now - OUTAGES_LAST}
    with connection.cursor() as cursor:
        cursor.execute(CHARGEABLE, asked)
        return list(cursor)


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
