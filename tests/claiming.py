"""Customers whose late payment may be claimed for, and what was claimed of them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from customers.models import Customer, Invoice
from payments.models import Claim
from payments.operations.claims_by_hand import raise_by_hand
from payments.queries.laws import interest_of
from payments.rules.claims import ClaimKind
from tests.people import NOW, person


def business(name: str = "Ada Lindgren", country: str = "DE", **facts: str) -> Customer:
    return person(name, country=country, kind="business", **facts)


def raised(customer: Customer) -> list[tuple[str, Decimal]]:
    found = Claim.objects.filter(invoice__customer=customer).order_by("kind")
    return [(claim.kind, claim.amount) for claim in found]


def on(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), NOW.timetz())


def interest_on(invoice: Invoice, day: date) -> Decimal:
    """What is claimed as interest on the invoice by then."""
    return interest_of(Claim.objects.get(invoice=invoice, kind=ClaimKind.INTEREST), day)


def by_hand(invoice: Invoice, kind: ClaimKind, day: str, now: datetime = NOW, **facts: Any) -> Claim:
    told = {"step": 0, "amount": None, "by": None, **facts}
    return raise_by_hand(invoice, kind, on=date.fromisoformat(day), now=now, **told)
