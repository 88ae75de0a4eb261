"""Many charges of one debt at the same moment: never more is taken than is owed, and one key is one charge."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from customers.models import Customer
from customers.operations.ledger import credit
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt, Payment
from payments.operations.charges import ChargeRefusal, NotOwed, charge, confirm
from payments.operations.reconcile import reconcile
from tests.faults.racing import by_many
from tests.people import owes, person

CALLERS = 20
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren")
    owes(ada, "60.00", due="2026-02-01")
    owes(ada, "40.00", due="2026-02-10")
    return ada


def captured(gateway: SandboxGateway) -> Decimal:
    return sum((line.captured for line in gateway.lines()), Decimal(0))


@pytest.mark.parametrize("amount", ["100.00", "30.00"])
def test_twenty_charges_of_one_debt_take_no_more_than_is_owed(
    ada: Customer, now: datetime, gateway: SandboxGateway, amount: str
) -> None:
    ends = by_many(
        lambda n: charge(ada, amount=Decimal(amount), currency="EUR", card="test_4242", key=f"key-{n}", now=now),
        CALLERS,
    )
    assert len(ends) == CALLERS
    assert all(isinstance(end, ChargeAttempt | ChargeRefusal) for end in ends), ends
    assert Decimal(amount) <= captured(gateway) <= 100
    assert sum(invoice.balance for invoice in ada.invoices.all()) == 100 - captured(gateway)


def test_twenty_sendings_of_one_page_are_one_charge(ada: Customer, now: datetime, gateway: SandboxGateway) -> None:
    asked = {"amount": Decimal(30), "currency": "EUR", "card": "test_4242", "key": "once", "now": now}
    ends = by_many(lambda _: charge(ada, **asked), CALLERS)  # type: ignore[arg-type]
    assert {end.pk for end in ends if isinstance(end, ChargeAttempt)} == {ChargeAttempt.objects.get().pk}
    assert len(ends) == CALLERS
    assert captured(gateway) == 30


def test_credit_note_being_written_is_waited_for(ada: Customer, now: datetime, gateway: SandboxGateway) -> None:
    written = threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            invoice = ada.invoices.order_by("pk").first()
            assert invoice is not None
            credit(invoice, Decimal(10), reason="late delivery", now=now, on=now.date(), by=None)
            written.set()
            time.sleep(0.5)
        connection.close()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    assert written.wait(30)
    with pytest.raises(NotOwed):
        charge(ada, amount=Decimal(100), currency="EUR", card="test_4242", key="hasty", now=now)
    writer.join()
    assert gateway.lines() == []


def test_approving_replacing_and_reconciling_at_once_take_the_money_once(
    ada: Customer, now: datetime, gateway: SandboxGateway
) -> None:
    waiting = charge(ada, amount=Decimal(100), currency="EUR", card="test_3155", key="waits", now=now)
    deeds: list[Callable[[int], object]] = [
        lambda _: confirm(waiting, now=now),
        lambda n: charge(ada, amount=Decimal(100), currency="EUR", card="test_4242", key=f"key-{n}", now=now),
        lambda _: reconcile(now=now + timedelta(hours=2)),
    ]
    ends = by_many(lambda number: deeds[number % 3](number), 12)
    assert [end for end in ends if isinstance(end, Exception) and not isinstance(end, ChargeRefusal)] == []
    reconcile(now=now + timedelta(hours=2))
    assert captured(gateway) == sum(payment.amount for payment in Payment.objects.all())
    assert captured(gateway) <= 100
