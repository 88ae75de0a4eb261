"""A gateway that does not answer is left alone for a while; nobody's tries are used up by its outage."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from customers.models import Customer
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt, GatewayHealth
from payments.operations.charges import charge
from payments.rules.breaker import LONGEST_PAUSE, closed_after
from payments.rules.charging import EndedBy
from tests.gateways import IsDown, use_gateway
from tests.people import NOW, owes, person
from tests.processes import free_port
from tests.stripe_processor import StripeProcessor

State = ChargeAttempt.State
pytestmark = pytest.mark.django_db


def customer(number: int) -> Customer:
    someone = person("Ada Lindgren", number=f"A{number}")
    owes(someone, "10.00")
    return someone


def pay(number: int, now: datetime) -> ChargeAttempt:
    return charge(customer(number), amount=Decimal(10), currency="EUR", card="test_4242", key=f"key-{number}", now=now)


def test_after_five_calls_without_answer_nobody_calls_for_a_minute(
    now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    use_gateway(settings, IsDown, gateway.journal)
    assert [pay(number, now).state for number in range(5)] == [State.IN_DOUBT] * 5
    use_gateway(settings, SandboxGateway, gateway.journal)
    held = pay(5, now + timedelta(seconds=59))
    assert (held.state, held.decline_code) == (State.ABANDONED, EndedBy.GATEWAY)
    assert gateway.lines() == []  # it was not called
    assert pay(6, now + timedelta(seconds=60)).state == State.SUCCEEDED
    assert GatewayHealth.objects.get().failures == 0


def test_a_call_that_fails_after_the_pause_closes_it_for_longer(
    now: datetime, gateway: SandboxGateway, settings: Settings
) -> None:
    use_gateway(settings, IsDown, gateway.journal)
    for number in range(5):
        pay(number, now)
    pay(5, now + timedelta(minutes=1))
    assert GatewayHealth.objects.get().closed_until == now + timedelta(minutes=3)


def test_an_outage_uses_up_nobodys_tries(now: datetime, gateway: SandboxGateway, settings: Settings) -> None:
    use_gateway(settings, IsDown, gateway.journal)
    for number in range(5):
        pay(number, now)
    ada = customer(99)
    for number in range(20):
        charge(ada, amount=Decimal(10), currency="EUR", card="test_4242", key=f"again-{number}", now=now)
    use_gateway(settings, SandboxGateway, gateway.journal)
    later = now + timedelta(minutes=2)
    assert charge(ada, amount=Decimal(10), currency="EUR", card="test_4242", key="last", now=later).state == "succeeded"


def test_gateway_that_cannot_be_reached_is_left_alone_too(stripe: StripeProcessor, settings: Settings) -> None:
    settings.PAYMENT_GATEWAYS["stripe"]["options"]["base_address"] = f"http://127.0.0.1:{free_port()}"
    assert [pay(number, NOW).state for number in range(5)] == [State.ABANDONED] * 5
    assert GatewayHealth.objects.get().closed_until == NOW + timedelta(minutes=1)


@given(failures=st.integers(0, 2000))
def test_the_pause_grows_to_a_quarter_of_an_hour_and_no_longer(failures: int) -> None:
    until, longer = closed_after(failures, now=NOW), closed_after(failures + 1, now=NOW)
    assert (until is None) == (failures < 5)
    if until and longer:
        assert until <= longer <= NOW + LONGEST_PAUSE
