from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from customers.models import Customer, CustomerChange, Invoice
from customers.operations.ledger import credit
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt, Payment, PaymentMethod
from payments.operations.charges import NotOwed, StillChecking, TooManyFailures, cancel, charge, confirm
from payments.queries import latest_attempt, once_only_key, open_invoices
from payments.rules.charging import EndedBy
from tests.gateways import IsDown, LosesTheAnswer, use_gateway
from tests.people import owes, person

State = ChargeAttempt.State
GOOD, DECLINED, NO_FUNDS, TO_APPROVE = "test_4242", "test_0002", "test_9995", "test_3155"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateway")]


@pytest.fixture
def ada() -> Customer:
    return person("Ada Lindgren", time_zone="Europe/Stockholm")


def pay(customer: Customer, amount: str, now: datetime, card: str = GOOD, **choices: Any) -> ChargeAttempt:
    choices.setdefault("key", f"key-{ChargeAttempt.objects.count()}")
    choices.setdefault("currency", "EUR")
    return charge(customer, amount=Decimal(amount), card=card, now=now, **choices)


def next_key(customer: Customer) -> str:
    return once_only_key(customer, "EUR", open_invoices(customer), latest_attempt(customer, "EUR"))


def balances(customer: Customer) -> list[Decimal]:
    return list(customer.invoices.order_by("due_on", "pk").values_list("balance", flat=True))


def taken(gateway: SandboxGateway) -> list[Decimal]:
    return [line.captured for line in gateway.lines() if line.captured]


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


def test_bank_is_asked_and_yes_records_the_payment(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00")
    waiting = pay(ada, "100.00", now, TO_APPROVE)
    assert (waiting.state, balances(ada)) == (State.REQUIRES_ACTION, [100])
    done = confirm(waiting, now=now + timedelta(minutes=1))
    assert (done.state, balances(ada)) == (State.SUCCEEDED, [0])
    assert confirm(done, now=now) == done
    assert Payment.objects.count() == 1


def test_customers_no_at_the_bank_ends_the_attempt(ada: Customer, now: datetime, gateway: SandboxGateway) -> None:
    owes(ada, "100.00")
    waiting = pay(ada, "100.00", now, TO_APPROVE)
    ended = cancel(waiting, why=EndedBy.CUSTOMER, now=now)
    assert (ended.state, ended.decline_code) == (State.ABANDONED, EndedBy.CUSTOMER)
    assert confirm(waiting, now=now).state == State.ABANDONED
    assert (balances(ada), taken(gateway)) == ([100], [])


def test_new_attempt_takes_the_place_of_one_that_waits_for_the_bank(
    ada: Customer, now: datetime, gateway: SandboxGateway
) -> None:
    owes(ada, "100.00")
    waiting = pay(ada, "100.00", now, TO_APPROVE)
    assert pay(ada, "100.00", now).state == State.SUCCEEDED
    assert confirm(waiting, now=now).state == State.ABANDONED
    assert taken(gateway) == [100]


def test_part_payment_approved_unheard_is_not_taken_a_second_time(
    ada: Customer, now: datetime, gateway: SandboxGateway
) -> None:
    owes(ada, "100.00")
    waiting = pay(ada, "50.00", now, TO_APPROVE)
    gateway.confirm(waiting.idempotency_key)  # the bank has the customer's yes; we died before we heard of it
    again = pay(ada, "50.00", now)
    assert (again.pk, again.state) == (waiting.pk, State.SUCCEEDED)
    assert (taken(gateway), balances(ada)) == ([50], [50])


def test_approval_that_came_first_wins_over_a_new_attempt(
    ada: Customer, now: datetime, gateway: SandboxGateway
) -> None:
    owes(ada, "100.00")
    waiting = pay(ada, "100.00", now, TO_APPROVE)
    gateway.confirm(waiting.idempotency_key)
    assert pay(ada, "100.00", now).pk == waiting.pk
    waiting.refresh_from_db()
    assert (waiting.state, balances(ada), taken(gateway)) == (State.SUCCEEDED, [0], [100])


def test_lost_answer_is_in_doubt_and_blocks_the_next_charge(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    owes(ada, "100.00")
    use_gateway(settings, LosesTheAnswer, gateway.journal)
    doubtful = pay(ada, "100.00", now)
    assert (doubtful.state, balances(ada)) == (State.IN_DOUBT, [100])
    use_gateway(settings, SandboxGateway, gateway.journal)
    with pytest.raises(StillChecking) as refused:
        pay(ada, "100.00", now + timedelta(days=1))
    assert refused.value.attempt == doubtful
    assert taken(gateway) == [100]


def test_waiting_attempt_is_not_replaced_while_its_gateway_cannot_be_asked(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    owes(ada, "100.00")
    pay(ada, "100.00", now, TO_APPROVE)
    use_gateway(settings, IsDown, gateway.journal)
    with pytest.raises(StillChecking):
        pay(ada, "100.00", now)


def test_refusal_of_the_gateway_abandons_the_attempt_and_says_so(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00")
    attempt = pay(ada, "100.00", now, "no-such-card")
    assert (attempt.state, attempt.decline_code) == (State.ABANDONED, EndedBy.GATEWAY)
    assert pay(ada, "100.00", now).state == State.SUCCEEDED


def test_other_currencies_do_not_wait_for_one_in_doubt(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    owes(ada, "100.00")
    owes(ada, "20.00", "USD")
    use_gateway(settings, LosesTheAnswer, gateway.journal)
    pay(ada, "100.00", now)
    use_gateway(settings, SandboxGateway, gateway.journal)
    assert pay(ada, "20.00", now, currency="USD").state == State.SUCCEEDED


def test_sixth_failure_within_an_hour_has_to_wait_for_the_first_to_age(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00")
    for minute in range(5):
        pay(ada, "1.00", now + timedelta(minutes=minute), DECLINED)
    with pytest.raises(TooManyFailures) as refused:
        pay(ada, "1.00", now + timedelta(minutes=10))
    assert refused.value.wait == timedelta(minutes=50)
    assert pay(ada, "1.00", now + timedelta(minutes=60)).state == State.SUCCEEDED


def test_failures_of_one_customer_do_not_slow_another(ada: Customer, now: datetime) -> None:
    bo = person("Bo Nilsson")
    owes(ada, "100.00")
    owes(bo, "100.00")
    for _ in range(5):
        pay(ada, "1.00", now, DECLINED)
    assert pay(bo, "100.00", now).state == State.SUCCEEDED


def test_a_line_that_is_down_is_nobodys_failure(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00")
    for _ in range(8):
        pay(ada, "1.00", now, "no-such-card")
    assert pay(ada, "100.00", now).state == State.SUCCEEDED


def test_starting_and_leaving_approvals_counts_as_failing(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00")
    with pytest.raises(TooManyFailures):
        for _ in range(8):
            pay(ada, "1.00", now, TO_APPROVE)


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
