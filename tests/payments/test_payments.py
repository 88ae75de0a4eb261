"""Money recorded past the gateway: one reference is one payment, and says so when it is not."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer, Hold, LedgerEntry
from customers.operations import holds
from payments.models import Payment
from payments.operations.payments import PaymentRefusal, record
from tests.people import owes, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren")
    owes(ada, "100.00")
    return ada


def came_in(customer: Customer, now: datetime, **facts: Any) -> Payment:
    told = {"amount": Decimal(40), "currency": "EUR", "received_on": date(2026, 3, 2), "reference": "BANK 7"}
    return record(customer, **{**told, **facts}, source=Payment.Source.DESK, now=now)


def test_same_payment_told_twice_is_recorded_once(ada: Customer, now: datetime) -> None:
    assert came_in(ada, now) == came_in(ada, now, received_on=date(2026, 3, 3))
    assert ada.invoices.get().balance == 60


@pytest.mark.parametrize("other", [{"amount": Decimal(41)}, {"currency": "USD"}])
def test_reference_of_another_amount_is_refused_naming_the_payment(
    ada: Customer, now: datetime, other: dict[str, Any]
) -> None:
    came_in(ada, now)
    with pytest.raises(PaymentRefusal, match=r"40\.00 EUR from Ada Lindgren .*on 2 March 2026.* reference of its own"):
        came_in(ada, now, **other)
    assert (Payment.objects.count(), ada.invoices.get().balance) == (1, 60)


def test_reference_of_another_customer_is_refused_naming_the_payment(ada: Customer, now: datetime) -> None:
    came_in(ada, now)
    grace = person("Grace Okafor")
    owes(grace, "100.00")
    with pytest.raises(PaymentRefusal, match="from Ada Lindgren"):
        came_in(grace, now)
    assert grace.invoices.get().balance == 100


def test_payments_without_a_reference_are_each_their_own(ada: Customer, now: datetime) -> None:
    assert came_in(ada, now, reference="") != came_in(ada, now, reference="")
    assert ada.invoices.get().balance == 20


def test_rest_of_a_payment_has_its_value_date_too(ada: Customer, now: datetime) -> None:
    """Interest counts by it."""
    named = owes(ada, "30.00")
    came_in(ada, now, invoice_ids=[named.pk], received_on=date(2026, 2, 20))
    paid = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.PAID).order_by("pk")
    assert list(paid.values_list("amount", "occurred_on")) == [(-30, date(2026, 2, 20)), (-10, date(2026, 2, 20))]


@pytest.mark.parametrize(("names", "left"), [(False, [100, 0]), (True, [60, 40])])
def test_disputed_invoice_comes_last_unless_the_payer_named_it(
    ada: Customer, now: datetime, names: bool, left: list[int]
) -> None:
    disputed = ada.invoices.get()
    owes(ada, "40.00", due="2026-03-20")
    holds.place(ada, kind=Hold.Kind.DISPUTE, reason="Broken", until_on=None, now=now, by=None, invoice=disputed)
    came_in(ada, now, invoice_ids=[disputed.pk] if names else None)
    assert list(ada.invoices.order_by("due_on").values_list("balance", flat=True)) == left
    came_in(ada, now, amount=Decimal(100), reference="BANK 8")
    assert not ada.invoices.filter(balance__gt=0).exists()
