"""Charges that wait for the customer's bank: approved, refused, left, or taken over by another."""

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from customers.models import Customer
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt, Payment
from payments.operations.charges import StillChecking, TooManyFailures, cancel, confirm
from payments.rules.charging import EndedBy
from tests.charging import TO_APPROVE, balances, pay, taken
from tests.gateways import IsDown, use_gateway
from tests.people import owes, person

State = ChargeAttempt.State


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateway")]


@pytest.fixture
def ada() -> Customer:
    return person("Ada Lindgren", time_zone="Europe/Stockholm")


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


def test_waiting_attempt_is_not_replaced_while_its_gateway_cannot_be_asked(
    ada: Customer, now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    owes(ada, "100.00")
    pay(ada, "100.00", now, TO_APPROVE)
    use_gateway(settings, IsDown, gateway.journal)
    with pytest.raises(StillChecking):
        pay(ada, "100.00", now)


def test_starting_and_leaving_approvals_counts_as_failing(ada: Customer, now: datetime) -> None:
    owes(ada, "100.00")
    with pytest.raises(TooManyFailures):
        for _ in range(8):
            pay(ada, "1.00", now, TO_APPROVE)
