"""What the page says of a payment that did not simply succeed."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import Settings

from customers.models import Customer
from customers.operations import ledger
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt, Payment, PaymentMethod, Refund
from payments.operations import refunds
from payments.operations.reconcile import reconcile
from tests.charging import balances, taken
from tests.gateways import LosesTheAnswer, use_gateway
from tests.people import NOW, owes
from tests.portal.conftest import DECLINED, NO_FUNDS, TO_APPROVE, Door, kept_card, words

pytestmark = pytest.mark.django_db


Open = Callable[[Customer], Door]


@pytest.mark.parametrize(("card", "advice"), [(DECLINED, "ask your bank"), (NO_FUNDS, "not enough money on this card")])
def test_decline_is_told_in_kind_words_with_what_to_do(ada: Customer, door: Open, card: str, advice: str) -> None:
    owes(ada, "420.00")
    page = words(door(ada).pay(card=card))
    assert "That can happen. The €420.00 was not taken from your card." in page
    assert advice in page
    assert "Try again" in page
    assert balances(ada) == [420]


def test_bank_asks_and_yes_leads_to_the_receipt(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    assert "Do you approve this payment?" in words(at_door.pay(card=TO_APPROVE))
    path = f"payments/{ChargeAttempt.objects.get().pk}/"
    assert balances(ada) == [420]
    assert "A payment is waiting for your bank's approval." in words(at_door.get())
    at_door.post(path, answer="yes")
    assert "Thank you!" in words(at_door.get(path))
    assert balances(ada) == [0]


def test_receipt_says_what_we_keep_as_long_as_we_keep_it(ada: Customer, door: Open) -> None:
    invoice = owes(ada, "420.00")
    at_door = door(ada)
    at_door.pay(card=TO_APPROVE)
    ledger.credit(invoice, Decimal(420), reason="a gift", now=NOW, on=NOW.date(), by=None)
    path = f"payments/{ChargeAttempt.objects.get().pk}/"
    at_door.post(path, answer="yes")
    assert "€420.00 is left over" in words(at_door.get(path))
    kind, payment = Refund.Kind.REFUND, Payment.objects.get()
    refunds.record(payment, kind=kind, amount=Decimal(420), on=NOW.date(), reason="their wish", now=NOW)
    assert "left over" not in words(at_door.get(path))


def test_bank_asks_and_no_takes_nothing(ada: Customer, door: Open, gateway: SandboxGateway) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    at_door.pay(card=TO_APPROVE)
    path = f"payments/{ChargeAttempt.objects.get().pk}/"
    at_door.post(path, answer="no")
    at_door.post(path, answer="yes")
    assert "You did not approve this payment" in words(at_door.get(path))
    assert (balances(ada), taken(gateway)) == ([420], [])


def test_answer_nobody_asked_for_changes_nothing(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    at_door.pay(card=DECLINED)
    path = f"payments/{ChargeAttempt.objects.get().pk}/"
    for answer in ("yes", "no", "", "maybe"):
        at_door.post(path, answer=answer)
    assert ChargeAttempt.objects.get().state == "declined"


def test_payment_in_doubt_is_said_and_blocks_a_second_one_until_it_is_found(
    ada: Customer, door: Open, gateway: SandboxGateway, settings: Settings
) -> None:
    owes(ada, "420.00")
    use_gateway(settings, LosesTheAnswer, gateway.journal)
    at_door = door(ada)
    key = at_door.key()
    assert "please do not pay a second time" in words(at_door.pay("part", amount="100"))
    page = at_door.get()
    assert "We are still checking your last payment" in words(page)
    assert "<form" not in page.content.decode()
    at_door.post("pay/EUR/", key=key, how_much="all", card="test_4242")
    assert taken(gateway) == [100]
    reconcile(now=timezone.now() + timedelta(minutes=3))
    assert "€320.00" in words(at_door.get())


def test_payment_service_that_refuses_is_no_fault_of_the_customer(
    ada: Customer, door: Open, settings: Settings, gateway: SandboxGateway
) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    at_door.post("card/", card="test_4242")
    PaymentMethod.objects.update(token="withdrawn")
    assert "The payment service could not be reached. We are sorry." in words(at_door.pay(card=kept_card()))


def test_sixth_failure_is_asked_to_wait(ada: Customer, door: Open, gateway: SandboxGateway) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    for _ in range(5):
        at_door.pay("part", amount="1", card=DECLINED)
    page = door(ada).pay("part", amount="1")
    assert page.status_code == 429
    assert 3500 < int(page["Retry-After"]) <= 3600
    assert "You can try again in 60 minutes." in words(page)
    assert taken(gateway) == []
