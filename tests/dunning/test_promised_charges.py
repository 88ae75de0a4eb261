"""A stored card is charged on the day its owner named: once, whatever the campaign does, unless things changed."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer, Hold
from customers.operations import holds
from customers.rules.holds import HOLD_RULES, HoldKind
from dunning.models import Case, CustomerRequest
from dunning.operations.collect import collect
from dunning.operations.promised_charges import order_promised
from dunning.operations.requests import Asked, ask
from dunning.operations.tick import tick
from dunning.rules.needs import Need
from payments.gateways.sandbox import TEST_CARDS, SandboxGateway
from payments.models import ChargeAttempt
from payments.operations import cards
from tests.campaigns import standard_campaign
from tests.charging import taken
from tests.people import NOW, owes, pays, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def ada(provider: Provider, gateway: SandboxGateway) -> Customer:
    """Ada owes 300, and her card may be charged in three days; her campaign charges none."""
    standard_campaign(now=NOW)
    ada = reachable("Ada Lindgren")
    owes(ada, "300.00")
    tick(now=NOW - DAY)
    card = cards.keep(ada, TEST_CARDS["test_4242"].card, gateway="sandbox", may_charge=True, now=NOW)
    ask(ada, Asked(Need.LATER, on=NOW.date() + 3 * DAY, method=card), now=NOW)
    return ada


def turn(*moments: datetime) -> None:
    for moment in moments:
        tick(now=moment)


def test_card_is_charged_once_on_the_named_day(ada: Customer, gateway: SandboxGateway) -> None:
    turn(NOW + 2 * DAY, NOW + 3 * DAY - timedelta(hours=2))
    assert taken(gateway) == []
    turn(NOW + 3 * DAY, NOW + 3 * DAY + timedelta(hours=1), NOW + 4 * DAY)
    assert taken(gateway) == [300]
    request = CustomerRequest.objects.get()
    assert request.attempt == ChargeAttempt.objects.get(state="succeeded", is_attended=False)
    assert not ada.invoices.filter(balance__gt=0).exists()


def test_nothing_is_charged_once_the_promise_is_taken_back(ada: Customer, gateway: SandboxGateway) -> None:
    holds.release(Hold.objects.get(kind="promise"), now=NOW + DAY)
    turn(NOW + 3 * DAY)
    assert (taken(gateway), ChargeAttempt.objects.count()) == ([], 0)


def test_nothing_is_charged_without_the_leave_for_the_card(ada: Customer, gateway: SandboxGateway) -> None:
    cards.disagree(ada.payment_methods.get())
    turn(NOW + 3 * DAY)
    assert taken(gateway) == []


@pytest.mark.parametrize("kind", ["deceased", "breathing_space", "hardship"])
def test_nothing_is_charged_while_another_hold_forbids_it(
    ada: Customer, gateway: SandboxGateway, kind: HoldKind
) -> None:
    until_on = HOLD_RULES[HoldKind(kind)].last_day((NOW + DAY).date())
    holds.place(ada, kind=HoldKind(kind), reason="A letter came.", until_on=until_on, now=NOW + DAY, by=None)
    turn(NOW + 3 * DAY)
    assert (taken(gateway), ChargeAttempt.objects.count()) == ([], 0)


def test_a_hold_that_comes_after_the_order_stops_its_call(ada: Customer, gateway: SandboxGateway) -> None:
    order_promised(now=NOW + 3 * DAY)
    holds.place(ada, kind=HoldKind.DECEASED, reason="The bank says so.", until_on=None, now=NOW + 3 * DAY, by=None)
    collect(now=NOW + 3 * DAY)
    assert (taken(gateway), ChargeAttempt.objects.get().state) == ([], "abandoned")


def test_an_invoice_that_is_held_is_left_out(ada: Customer, gateway: SandboxGateway) -> None:
    other = owes(ada, "45.00", number="OTHER")
    holds.place(ada, invoice=other, kind=HoldKind.OTHER, reason="Asked for.", until_on=None, now=NOW + DAY, by=None)
    turn(NOW + 3 * DAY)
    assert taken(gateway) == [300]


@pytest.mark.django_db
def test_a_promise_that_fails_stops_no_other_and_is_shown(ada: Customer, gateway: SandboxGateway) -> None:
    bo = reachable("Bo Nilsson")
    owes(bo, "45.00")
    card = cards.keep(bo, TEST_CARDS["test_4242"].card, gateway="sandbox", may_charge=True, now=NOW)
    ask(bo, Asked(Need.LATER, on=NOW.date() + 3 * DAY, method=card), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE payments_chargeattempt ADD CONSTRAINT broken CHECK (customer_id <> {ada.pk})")
        assert order_promised(now=NOW + 3 * DAY) == 1
        cursor.execute("ALTER TABLE payments_chargeattempt DROP CONSTRAINT broken")
    case = Case.objects.get(customer=ada)
    assert case.attention == "parked"
    assert case.next_reason.startswith("what was promised on the customer's page failed (IntegrityError: ")
    assert order_promised(now=NOW + 3 * DAY + timedelta(minutes=61)) == 1


def test_what_cannot_be_charged_is_looked_at_once_an_hour(
    ada: Customer, gateway: SandboxGateway, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cards.disagree(ada.payment_methods.get())
    assert order_promised(now=NOW + 3 * DAY) == 0
    cards.agree(ada.payment_methods.get(), now=NOW + 3 * DAY)
    with django_assert_num_queries(1):
        assert order_promised(now=NOW + 3 * DAY + timedelta(minutes=59)) == 0
    assert order_promised(now=NOW + 3 * DAY + timedelta(minutes=60)) == 1


def test_a_charge_whose_amount_changed_before_its_call_is_ordered_anew(ada: Customer, gateway: SandboxGateway) -> None:
    order_promised(now=NOW + 3 * DAY)
    pays(ada, "100.00", NOW + 3 * DAY)
    turn(NOW + 3 * DAY, NOW + 3 * DAY + timedelta(minutes=1))
    assert taken(gateway) == [200]
    assert list(ChargeAttempt.objects.order_by("pk").values_list("state", flat=True)) == ["abandoned", "succeeded"]
