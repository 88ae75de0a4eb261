"""Events of gateways: stored once, looked up later, the same end whatever the order."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from customers.models import Customer
from payments.gateways.base import BackKind, ChargeRequest, WebhookEvent, WentBack
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt, GatewayEvent, GatewayHealth, Payment, Refund, RefundReversal
from payments.operations import inbox
from payments.operations.charges import charge
from payments.operations.inbox import apply_events, catch_up
from payments.queries.money import payment_faults
from payments.webhooks import LARGEST_BODY
from tests.gateways import IsDown, LosesTheAnswer, LosesTheEndOfTheList, Tells, use_gateway
from tests.people import NOW, owes, person

State = ChargeAttempt.State
pytestmark = pytest.mark.django_db
DOOR = "/webhooks/sandbox/"
EVERY = int(os.environ.get("EVERY", "13"))  # shares no divisor with 720: every event comes at every place


@pytest.fixture
def tells(settings: Settings, gateway: SandboxGateway) -> Iterator[Tells]:
    Tells.listed, Tells.back = [], []
    made = use_gateway(settings, Tells, gateway.journal)
    assert isinstance(made, Tells)
    yield made
    Tells.listed, Tells.back = [], []


def debtor(number: str = "A1", amount: str = "100.00") -> Customer:
    customer = person("Ada Lindgren", number=number)
    owes(customer, amount)
    return customer


def lost_charge(settings: Settings, customer: Customer, key: str = "key-1", card: str = "test_4242") -> ChargeAttempt:
    """A charge that was made, and whose answer never came back."""
    journal = settings.PAYMENT_GATEWAYS["sandbox"]["options"]["journal"]
    use_gateway(settings, LosesTheAnswer, journal)
    amount = sum((invoice.balance for invoice in customer.invoices.all()), Decimal(0))
    attempt = charge(customer, amount=amount, currency="EUR", card=card, key=key, now=NOW)
    use_gateway(settings, Tells, journal)
    return attempt


def in_doubt(customer: Customer, key: str, gateway: SandboxGateway, *, card: str) -> ChargeAttempt:
    """The same, put there at once."""
    amount = customer.invoices.get().balance
    gateway.charge(ChargeRequest(key, amount, "EUR", card, customer.number))
    return ChargeAttempt.objects.create(
        customer=customer, gateway="sandbox", amount=amount, currency="EUR", idempotency_key=key,
        state=State.IN_DOUBT, started_at=NOW, look_at=NOW,
    )  # fmt: skip


def event(number: int = 1, key: str = "key-1", at: datetime = NOW) -> WebhookEvent:
    return WebhookEvent(f"evt_{number}", "charge.changed", at, key)


def deliver(client: Client, event: WebhookEvent, **headers: str) -> int:
    body, signed = Tells.delivery(event)
    return client.post(DOOR, body, content_type="application/json", headers={**signed, **headers}).status_code


def test_event_brings_the_end_of_a_charge_whose_answer_was_lost(
    client: Client, settings: Settings, tells: Tells
) -> None:
    ada = debtor()
    attempt = lost_charge(settings, ada)
    assert deliver(client, event()) == 200
    assert ada.invoices.get().balance == 100  # stored, not believed
    assert apply_events(now=NOW + timedelta(days=400)) == {"applied": 1}
    attempt.refresh_from_db()
    assert (attempt.state, ada.invoices.get().balance, Payment.objects.count()) == (State.SUCCEEDED, 0, 1)


def test_ten_deliveries_of_one_event_are_one(client: Client, settings: Settings, tells: Tells) -> None:
    lost_charge(settings, debtor())
    assert {deliver(client, event()) for _ in range(10)} == {200}
    assert GatewayEvent.objects.count() == 1
    apply_events(now=NOW + timedelta(days=400))
    assert deliver(client, event()) == 200
    assert apply_events(now=NOW + timedelta(days=400)) == {}
    assert Payment.objects.count() == 1


def test_what_is_not_genuine_leaves_no_row(client: Client, tells: Tells) -> None:
    assert deliver(client, event(), signature="0" * 64) == 400
    assert deliver(client, event(), signature="") == 400
    assert client.post(DOOR, b"\xff{", content_type="application/json").status_code == 400
    assert client.post(DOOR, b"x" * (LARGEST_BODY + 1), content_type="application/json").status_code == 413
    assert client.post("/webhooks/nobody/", b"{}", content_type="application/json").status_code == 404
    assert client.get(DOOR).status_code == 405
    assert GatewayEvent.objects.count() == 0


def test_an_altered_delivery_is_refused_wherever_it_was_altered(tells: Tells, client: Client) -> None:
    body, headers = Tells.delivery(event())
    for place in range(len(body)):
        altered = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert client.post(DOOR, altered, content_type="application/json", headers=headers).status_code == 400
    assert GatewayEvent.objects.count() == 0


def test_event_about_nothing_of_ours_is_kept_and_said_so(client: Client, tells: Tells) -> None:
    deliver(client, event(1, key="somebody-elses"))
    deliver(client, event(2, key=""))
    assert apply_events(now=NOW + timedelta(days=400)) == {"not_ours": 2}
    assert apply_events(now=NOW + timedelta(days=800)) == {}


def test_event_waits_while_the_gateway_is_down(settings: Settings, gateway: SandboxGateway, tells: Tells) -> None:
    attempt = lost_charge(settings, debtor())
    inbox.take_in("sandbox", *Tells.delivery(event()), now=NOW)
    use_gateway(settings, IsDown, gateway.journal)
    looked = [minute for minute in range(130) if apply_events(now=NOW + timedelta(minutes=minute))]
    assert looked == [0, 2, 6, 14, 30, 62, 122]
    use_gateway(settings, Tells, gateway.journal)
    assert apply_events(now=NOW + timedelta(hours=4)) == {"applied": 1}
    attempt.refresh_from_db()
    assert attempt.state == State.SUCCEEDED


def test_events_we_slept_through_are_found_in_the_gateways_list(settings: Settings, tells: Tells) -> None:
    attempt = lost_charge(settings, debtor())
    assert catch_up(now=NOW) == 0
    Tells.listed = [event(number, at=NOW + timedelta(hours=number)) for number in range(1, 4)]
    inbox.take_in("sandbox", *Tells.delivery(Tells.listed[0]), now=NOW + timedelta(hours=1))
    later = NOW + timedelta(days=3)
    assert catch_up(now=later) == 2  # one had come by webhook
    assert catch_up(now=later + timedelta(minutes=59)) == 0
    apply_events(now=later)
    attempt.refresh_from_db()
    assert attempt.state == State.SUCCEEDED


def test_long_list_that_breaks_off_is_gone_on_with_where_it_was(settings: Settings, tells: Tells) -> None:
    Tells.listed = [event(number, at=NOW - timedelta(hours=number)) for number in range(48)]
    use_gateway(settings, LosesTheEndOfTheList, tells.journal)
    assert catch_up(now=NOW) == 46
    assert GatewayHealth.objects.get().listed_until == NOW - timedelta(hours=1)
    use_gateway(settings, Tells, tells.journal)
    assert catch_up(now=NOW) == 2
    assert GatewayHealth.objects.get().listed_until == NOW


def test_what_the_gateway_took_back_is_owed_again_once(settings: Settings, tells: Tells) -> None:
    ada = debtor()
    lost_charge(settings, ada)
    Tells.back = [WentBack("re_1", BackKind.REFUND, Decimal(30), NOW.date(), "requested by customer")]
    for number in range(3):
        inbox.take_in("sandbox", *Tells.delivery(event(number)), now=NOW + timedelta(hours=number))
        assert apply_events(now=NOW + timedelta(hours=number)) == {"applied": 1}
    assert ada.invoices.get().balance == 30
    Tells.back = [*Tells.back, WentBack("dp_1", BackKind.CHARGEBACK, Decimal(70), NOW.date(), "fraudulent")]
    inbox.take_in("sandbox", *Tells.delivery(event(9)), now=NOW + timedelta(days=1))
    apply_events(now=NOW + timedelta(days=1))
    assert (ada.invoices.get().balance, Refund.objects.count()) == (100, 2)
    assert {hold.kind for hold in ada.holds.all()} == {"dispute"}


def test_won_dispute_and_failed_refund_come_back_once(settings: Settings, tells: Tells) -> None:
    ada = debtor()
    lost_charge(settings, ada)
    backs = [
        WentBack("re_1", BackKind.REFUND, Decimal(30), NOW.date()),
        WentBack("dp_1", BackKind.CHARGEBACK, Decimal(70), NOW.date(), "fraudulent"),
    ]
    unknown = WentBack("dp_0", BackKind.CHARGEBACK, Decimal(5), NOW.date(), came_back=True)
    ends = []
    for number, came_back in enumerate([False, True, True]):
        Tells.back = [unknown, *(replace(back, came_back=came_back) for back in backs)]
        inbox.take_in("sandbox", *Tells.delivery(event(number)), now=NOW + timedelta(hours=number))
        assert apply_events(now=NOW + timedelta(hours=number)) == {"applied": 1}
        ends.append((ada.invoices.get().balance, ada.holds.filter(released_at=None).count()))
    assert ends == [(100, 2), (0, 0), (0, 0)]
    assert (Refund.objects.count(), RefundReversal.objects.count()) == (2, 2)


def test_money_given_back_after_a_won_dispute_finds_it_here(settings: Settings, tells: Tells) -> None:
    ada = debtor()
    lost_charge(settings, ada)
    lost = WentBack("dp_1", BackKind.CHARGEBACK, Decimal(100), NOW.date())
    for number, told in enumerate(
        [[lost], [WentBack("re_1", BackKind.REFUND, Decimal(100), NOW.date()), replace(lost, came_back=True)]]
    ):
        Tells.back = told
        inbox.take_in("sandbox", *Tells.delivery(event(number)), now=NOW + timedelta(hours=number))
        assert apply_events(now=NOW + timedelta(hours=number)) == {"applied": 1}
    assert ada.invoices.get().balance == 100
    assert payment_faults() == []


def test_more_back_than_ever_came_is_not_believed_and_asked_about_again(settings: Settings, tells: Tells) -> None:
    ada = debtor()
    lost_charge(settings, ada)
    Tells.back = [WentBack("re_1", BackKind.REFUND, Decimal("100.01"), NOW.date())]
    inbox.take_in("sandbox", *Tells.delivery(event()), now=NOW)
    assert apply_events(now=NOW) == {"waiting": 1}
    assert (ada.invoices.get().balance, Payment.objects.count(), Refund.objects.count()) == (0, 1, 0)


def test_a_list_that_gives_no_answer_is_left_alone_like_any_call(
    settings: Settings, gateway: SandboxGateway, tells: Tells
) -> None:
    use_gateway(settings, IsDown, gateway.journal)
    for minute in range(6):
        catch_up(now=NOW + timedelta(seconds=minute))
    health = GatewayHealth.objects.get()
    assert (health.failures, health.listed_until) == (5, None)  # the sixth was not asked
    use_gateway(settings, Tells, gateway.journal)
    catch_up(now=NOW + timedelta(minutes=2))
    assert GatewayHealth.objects.get().listed_until == NOW + timedelta(minutes=2)


@pytest.mark.django_db(transaction=True)  # in one transaction the thousands of savepoints would take minutes
def test_events_in_any_order_and_any_number_lead_to_the_same_end(tells: Tells) -> None:
    """Orders of six events about a charge that succeeds and one that is declined, some of them twice.

    Every thirteenth of the 720; `EVERY=1 uv run pytest -n0 tests/payments/test_inbox.py -k any_order` takes them all.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    orders = list(enumerate(itertools.permutations(range(6))))[::EVERY]
    ends = {_end_after(f"{number:03}", order, tells) for number, order in orders}
    assert ends == {(State.SUCCEEDED, State.DECLINED, Decimal(0), Decimal(50), 1, 6)}


def _end_after(run: str, order: tuple[int, ...], tells: Tells) -> tuple[object, ...]:
    ada, bea = debtor(f"A{run}"), debtor(f"B{run}", "50.00")
    paid = in_doubt(ada, f"{run}-1", tells, card="test_4242")
    declined = in_doubt(bea, f"{run}-2", tells, card="test_9995")
    events = [WebhookEvent(f"evt_{run}_{n}", "changed", NOW, f"{run}-{1 if n < 3 else 2}") for n in order]
    for place, told in enumerate(events):
        inbox.take_in("sandbox", *Tells.delivery(told), now=NOW)
        if place == 2:
            inbox.take_in("sandbox", *Tells.delivery(events[0]), now=NOW)
            apply_events(now=NOW)
    apply_events(now=NOW)
    paid.refresh_from_db()
    declined.refresh_from_db()
    balances = [customer.invoices.get().balance for customer in (ada, bea)]
    applied = GatewayEvent.objects.filter(event_id__startswith=f"evt_{run}_", state="applied").count()
    payments = Payment.objects.filter(customer__in=[ada, bea]).count()
    return paid.state, declined.state, *balances, payments, applied
