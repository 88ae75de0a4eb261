"""The engine's charges, killed at every point and made by several workers: one order is at most one charge."""

import signal
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from customers.models import Customer
from dunning.models import Case
from dunning.operations.advance import advance_due
from dunning.operations.collect import collect
from dunning.operations.opening import open_cases
from dunning.operations.tick import tick
from payments.gateways.sandbox import TEST_CARDS, SandboxGateway
from payments.models import ChargeAttempt, Payment
from payments.operations import cards
from payments.queries.charges import LIVE
from tests.campaigns import standard_campaign
from tests.faults.racing import by_many
from tests.faults.test_charge_killed import in_child
from tests.people import owes, person
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)
GOOD, DECLINED = "test_4242", "test_0002"


def ordered(customer: Customer, card: str, now: datetime) -> ChargeAttempt:
    """A charge of 70 EUR, to a card of the customer's own, that the engine has ordered."""
    own = replace(TEST_CARDS[card].card, fingerprint=customer.number)
    cards.keep(customer, own, gateway="sandbox", now=now, may_charge=True)
    owes(customer, "70.00", due="2026-03-02")
    open_cases(now=now)
    advance_due(now=now)
    return ChargeAttempt.objects.get(customer=customer)


@pytest.fixture
def ada(now: datetime, provider: Provider, gateway: SandboxGateway) -> Customer:  # noqa: ARG001 - both are called
    standard_campaign(now=now, charge_on=0)
    return person("Ada Lindgren")


@pytest.mark.parametrize("card", [GOOD, DECLINED])
@pytest.mark.parametrize("crashpoint", ["order.begun", "order.before_call", "order.after_call", "charge.before_commit"])
def test_a_killed_collector_leaves_one_charge_at_most(
    ada: Customer, now: datetime, gateway: SandboxGateway, crashpoint: str, card: str
) -> None:
    ordered(ada, card, now)
    assert in_child("collect", ada, card, gateway, crashpoint) == -signal.SIGKILL
    for minutes in range(0, 60, 3):
        tick(now=now + timedelta(minutes=minutes))
    assert not ChargeAttempt.objects.filter(state__in=LIVE).exists()
    taken = [line.captured for line in gateway.lines() if line.captured]
    assert taken == ([70] if card == GOOD else [])
    assert [payment.amount for payment in Payment.objects.all()] == taken
    asked = [line for line in gateway.lines() if line.amount]
    assert len(asked) == 1  # a lost order is ordered again, a made one never repeated
    assert Case.objects.get().state == ("closed" if card == GOOD else "open")


def test_many_workers_make_one_charge_of_one_order(ada: Customer, now: datetime, gateway: SandboxGateway) -> None:
    ordered(ada, GOOD, now)
    others = [person(f"Person {number}") for number in range(5)]
    for other in others:
        ordered(other, GOOD, now)
    by_many(lambda _: collect(now=now), 6)
    assert [line.captured for line in gateway.lines()] == [70] * 6
    assert Payment.objects.count() == 6
