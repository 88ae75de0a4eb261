"""Charges whose end is not known, or that fail again and again."""

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from customers.models import Customer
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt
from payments.operations.charges import StillChecking, TooManyFailures
from payments.rules.charging import EndedBy
from tests.charging import DECLINED, balances, pay, taken
from tests.gateways import LosesTheAnswer, use_gateway
from tests.people import owes, person

State = ChargeAttempt.State


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateway")]


@pytest.fixture
def ada() -> Customer:
    return person("Ada Lindgren", time_zone="Europe/Stockholm")


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
