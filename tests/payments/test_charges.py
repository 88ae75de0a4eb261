"""One charge of what is owed: how much, for which invoices, once, and what is recorded of it."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from customers.models import Customer, CustomerChange, Invoice
from customers.operations.ledger import credit
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt, Payment, PaymentMethod
from payments.operations.charges import NotOwed, cancel, confirm
from payments.rules.charging import EndedBy
from tests.charging import DECLINED, GOOD, NO_FUNDS, TO_APPROVE, balances, next_key, pay, taken
from tests.people import owes, person

State = ChargeAttempt.State


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateway")]


@pytest.fixture
def ada() -> Customer:
    return person("Ada Lindgren", time_zone="Europe/Stockholm")


def test_charge_settles_invoices_and_records_the_payment(ada: Customer, now: datetime, gateway: SandboxGateway) -> None:
    owes(ada, "100.00", due="2026-02-01")
    owes(ada, "50.00", due="2026-02-10")
    attempt = pay(ada, "150.00", now)
    assert attempt.state == State.SUCCEEDED
    assert balances(ada) == [0, 0]
    payment = attempt.payment
    assert payment is not None
    assert (payment.amount, payment.source, payment.provider) == (150, Payment.Source.GATEWAY, "sandbox")
    assert payment.reference == attempt.gateway_reference == gateway.lines()[0].reference
    assert taken(gateway) == [150]


def test_payment_day_is_the_customers_own(now: datetime) -> None:
    kiri = person("Kiri Tawhai", time_zone="Pacific/Auckland")
    owes(kiri, "80.00", "NZD")
    attempt = pay(kiri, "80.00", now.replace(hour=20), currency="NZD")
    assert attempt.payment is not None
    assert attempt.payment.received_on == date(2026, 3, 3)


def test_part_payment_settles_the_oldest_first(ada: Customer, now: datetime) -> None:
    owes(ada, "50.00", due="2026-02-10")
    owes(ada, "100.00", due="2026-02-01")
    pay(ada, "120.00", now)
    assert balances(ada) == [0, 30]


def test_named_invoices_are_settled_and_no_others(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00", due="2026-02-01")
    young = owes(ada, "50.00", due="2026-02-10")
    attempt = pay(ada, "50.00", now, invoice_ids=[young.pk])
    assert (balances(ada), attempt.invoice_ids) == ([100, 0], [young.pk])


@pytest.mark.parametrize("amount", ["0", "-1", "100.01", "1e12", "99.999", "NaN", "Infinity"])
def test_amount_that_is_not_owed_is_refused_and_leaves_no_trace(
    ada: Customer, now: datetime, gateway: SandboxGateway, amount: str
) -> None:
    owes(ada, "100.00")
    with pytest.raises(NotOwed):
        pay(ada, amount, now)
    assert (ChargeAttempt.objects.count(), gateway.lines()) == (0, [])


def test_yen_have_no_decimals_and_dinar_three(ada: Customer, now: datetime) -> None:
    owes(ada, "1200", "JPY")
    owes(ada, "5.125", "KWD")
    with pytest.raises(NotOwed):
        pay(ada, "11.5", now, currency="JPY")
    assert pay(ada, "1200", now, currency="JPY").state == State.SUCCEEDED
    assert pay(ada, "5.125", now, currency="KWD").state == State.SUCCEEDED
    assert balances(ada) == [0, 0]


def test_invoices_of_others_and_other_currencies_are_out_of_reach(ada: Customer, now: datetime) -> None:
    own, dollars = owes(ada, "10.00"), owes(ada, "500.00", "USD")
    strange = owes(person("Bo Nilsson"), "500.00")
    for wanted in ([strange.pk], [dollars.pk], [], [own.pk, strange.pk, dollars.pk]):
        with pytest.raises(NotOwed):
            pay(ada, "10.01", now, invoice_ids=wanted)
    assert pay(ada, "10.00", now, invoice_ids=[own.pk, strange.pk]).invoice_ids == [own.pk]
    strange.refresh_from_db()
    assert strange.balance == 500


def test_amount_is_bounded_by_what_is_open_at_the_call(ada: Customer, now: datetime) -> None:
    invoice = owes(ada, "100.00")
    credit(invoice, Decimal(40), reason="late delivery", now=now, on=now.date(), by=None)
    with pytest.raises(NotOwed):
        pay(ada, "100.00", now)
    assert pay(ada, "60.00", now).state == State.SUCCEEDED


@pytest.mark.parametrize(("card", "code"), [(DECLINED, "generic_decline"), (NO_FUNDS, "insufficient_funds")])
def test_decline_keeps_its_code_and_moves_no_balance(ada: Customer, now: datetime, card: str, code: str) -> None:
    owes(ada, "100.00")
    attempt = pay(ada, "100.00", now, card)
    assert (attempt.state, attempt.decline_code, attempt.finished_at) == (State.DECLINED, code, now)
    assert (balances(ada), Payment.objects.count()) == ([100], 0)


def test_same_key_is_one_charge_whatever_else_is_asked(ada: Customer, now: datetime, gateway: SandboxGateway) -> None:
    owes(ada, "100.00")
    first = pay(ada, "30.00", now, key="once")
    assert pay(ada, "40.00", now, key="once") == first
    assert taken(gateway) == [30]


def test_pages_showing_the_same_debt_share_one_key_and_a_charge_makes_the_next(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00")
    first, again = (next_key(ada) for _ in range(2))
    assert first == again
    pay(ada, "100.00", now, DECLINED, key=first)
    assert next_key(ada) != first
    assert next_key(person("Bo Nilsson")) != next_key(ada)


def test_card_is_kept_when_asked_for_and_only_after_success(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00")
    pay(ada, "10.00", now, DECLINED, keep_card=True)
    pay(ada, "10.00", now, GOOD, keep_card=False)
    assert PaymentMethod.objects.count() == 0
    attempt = pay(ada, "10.00", now, GOOD, keep_card=True)
    kept = PaymentMethod.objects.get()
    assert (kept.customer, kept.last4, kept.token, attempt.method) == (ada, "4242", GOOD, kept)


def test_next_kept_card_is_used_first_and_the_one_before_stays(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00")
    pay(ada, "10.00", now, GOOD, keep_card=True)
    waiting = pay(ada, "10.00", now, TO_APPROVE, keep_card=True)
    confirm(waiting, now=now)
    pay(ada, "10.00", now, TO_APPROVE, keep_card=True)
    in_use = PaymentMethod.objects.filter(removed_at=None)
    assert {(card.last4, card.is_default) for card in in_use} == {("3155", True), ("4242", False)}


def test_no_card_number_comes_near_our_tables(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00")
    pay(ada, "10.00", now, GOOD, keep_card=True)
    rows = [*PaymentMethod.objects.values(), *ChargeAttempt.objects.values(), *Payment.objects.values()]
    assert not any("4242424242424242" in str(row) for row in rows)


def test_successful_charge_wakes_the_engine(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00")
    CustomerChange.objects.all().delete()
    pay(ada, "100.00", now)
    assert set(CustomerChange.objects.values_list("customer_id", flat=True)) == {ada.pk}


@pytest.mark.django_db(transaction=True)
def test_charging_inside_a_transaction_is_refused_at_once(now: datetime, gateway: SandboxGateway) -> None:
    ada = person("Ada Lindgren")
    owes(ada, "100.00")
    with transaction.atomic(), pytest.raises(RuntimeError):
        pay(ada, "100.00", now)
    waiting = pay(ada, "100.00", now, TO_APPROVE)
    for ask in (lambda: confirm(waiting, now=now), lambda: cancel(waiting, why=EndedBy.CUSTOMER, now=now)):
        with transaction.atomic(), pytest.raises(RuntimeError):
            ask()
    assert [line.state for line in gateway.lines()] == ["requires_action"]
    assert Invoice.objects.get().balance == 100


def test_journal_is_not_in_our_database(gateway: SandboxGateway, tmp_path: Path) -> None:
    assert gateway.journal.parent == tmp_path
