from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from customers.deadline import Deadline
from customers.models import Customer
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt, Payment, PaymentMethod
from payments.operations import cards
from payments.operations.charge_results import Found, record_result
from payments.operations.charges import charge
from payments.operations.reconcile import Reconciliation, reconcile
from payments.rules.charging import EndedBy
from tests.gateways import IsDown, LosesTheAnswer, LosesTheQuestion, RepeatsItself, use_gateway
from tests.people import owes, person

State = ChargeAttempt.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren")
    owes(ada, "100.00")
    return ada


def pay(customer: Customer, now: datetime, card: str = "test_4242", key: str = "key-1") -> ChargeAttempt:
    return charge(customer, amount=Decimal(100), currency="EUR", card=card, key=key, now=now, keep_card=True)


def test_lost_answer_is_looked_up_and_recorded_once(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    use_gateway(settings, LosesTheAnswer, gateway.journal)
    attempt = pay(ada, now)
    later = now + timedelta(minutes=2)
    assert reconcile(now=later) == Reconciliation(succeeded=1)
    assert reconcile(now=later) == Reconciliation()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.finished_at) == (State.SUCCEEDED, later)
    assert (ada.invoices.get().balance, Payment.objects.count(), PaymentMethod.objects.get().last4) == (0, 1, "4242")


def test_lost_decline_is_found_as_a_decline(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    use_gateway(settings, LosesTheAnswer, gateway.journal)
    attempt = pay(ada, now, "test_9995")
    reconcile(now=now + timedelta(minutes=2))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.decline_code) == (State.DECLINED, "insufficient_funds")


def test_charge_that_never_arrived_is_abandoned_and_can_never_arrive_later(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    use_gateway(settings, LosesTheQuestion, gateway.journal)
    attempt = pay(ada, now)
    assert reconcile(now=now + timedelta(minutes=2)) == Reconciliation(ended=1)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.decline_code) == (State.ABANDONED, EndedBy.NEVER_ARRIVED)
    assert [(line.key, line.state) for line in gateway.lines()] == [("key-1", "cancelled")]


def test_nothing_is_decided_while_the_gateway_is_down(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    use_gateway(settings, IsDown, gateway.journal)
    attempt = pay(ada, now)
    for day in range(1, 10):
        assert reconcile(now=now + timedelta(days=day)) == Reconciliation(still_open=1)
    attempt.refresh_from_db()
    assert attempt.state == State.IN_DOUBT


def test_call_still_on_its_way_is_left_alone_for_two_minutes(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    use_gateway(settings, LosesTheAnswer, gateway.journal)
    pay(ada, now)
    assert reconcile(now=now + timedelta(seconds=119)) == Reconciliation()


def test_customer_who_approved_at_the_bank_and_never_came_back_has_paid(
    ada: Customer, now: datetime, gateway: SandboxGateway
) -> None:
    attempt = pay(ada, now, "test_3155")
    assert reconcile(now=now + timedelta(minutes=30)) == Reconciliation(still_open=1)
    gateway.confirm(attempt.idempotency_key)
    assert reconcile(now=now + timedelta(minutes=32)) == Reconciliation(succeeded=1)


def test_approval_nobody_gave_within_an_hour_is_called_off_at_the_gateway(
    ada: Customer, now: datetime, gateway: SandboxGateway
) -> None:
    attempt = pay(ada, now, "test_3155")
    assert reconcile(now=now + timedelta(hours=1)) == Reconciliation(ended=1)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.decline_code) == (State.ABANDONED, EndedBy.TIME)
    assert [line.state for line in gateway.lines()] == ["cancelled"]


def test_money_that_came_late_is_recorded_whatever_was_believed_before(
    ada: Customer, now: datetime, gateway: SandboxGateway
) -> None:
    attempt = pay(ada, now, "test_0002")
    assert record_result(attempt, Found(State.SUCCEEDED, "late-1"), now=now).state == State.SUCCEEDED
    assert (ada.invoices.get().balance, Payment.objects.get().reference) == (0, "late-1")


def test_nothing_moves_what_has_succeeded(ada: Customer, now: datetime, gateway: SandboxGateway) -> None:
    attempt = pay(ada, now)
    for late in State:
        again = record_result(attempt, Found(late, "another"), now=now + timedelta(hours=1))
        assert (again.state, again.finished_at) == (State.SUCCEEDED, now)
    assert Payment.objects.count() == 1


def test_a_silent_gateway_is_asked_ever_more_rarely(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    use_gateway(settings, IsDown, gateway.journal)
    pay(ada, now)
    asked = [minute for minute in range(240) if reconcile(now=now + timedelta(minutes=minute)).still_open]
    assert asked == [2, 4, 8, 16, 32, 64, 124, 184]


def test_a_reference_given_to_other_money_before_leaves_that_charge_in_doubt_and_the_next_one_goes_on(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    use_gateway(settings, RepeatsItself, gateway.journal)
    bea = person("Bea Holm", number="B1")
    owes(bea, "50.00")
    assert pay(ada, now).state == State.SUCCEEDED
    doubtful = charge(bea, amount=Decimal(50), currency="EUR", card="test_4242", key="key-2", now=now)
    assert (doubtful.state, doubtful.decline_code) == (State.IN_DOUBT, "reference_taken")
    assert (bea.invoices.get().balance, Payment.objects.count()) == (50, 1)
    cid = person("Cid Berg", number="C1")
    owes(cid, "20.00")
    use_gateway(settings, LosesTheAnswer, gateway.journal)
    charge(cid, amount=Decimal(20), currency="EUR", card="test_4242", key="key-3", now=now)
    assert reconcile(now=now + timedelta(minutes=2)).succeeded == 2  # the gateway has mended its reference by now


def test_one_attempt_that_cannot_be_recorded_stops_no_other(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_gateway(settings, LosesTheAnswer, gateway.journal)
    bea = person("Bea Holm", number="B1")
    owes(bea, "50.00")
    pay(ada, now)
    charge(bea, amount=Decimal(50), currency="EUR", card="test_4242", key="key-2", now=now)
    keep = cards.keep
    monkeypatch.setattr(cards, "keep", lambda *args, **named: 1 / 0)
    assert reconcile(now=now + timedelta(minutes=2)) == Reconciliation(succeeded=1, still_open=1)
    monkeypatch.setattr(cards, "keep", keep)
    assert reconcile(now=now + timedelta(minutes=4)) == Reconciliation(succeeded=1)


def test_nothing_new_is_asked_when_time_is_up(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    use_gateway(settings, LosesTheAnswer, gateway.journal)
    pay(ada, now)
    assert reconcile(now=now + timedelta(minutes=2), deadline=Deadline(0)) == Reconciliation()
