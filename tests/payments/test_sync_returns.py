"""Refunds and disputes of Stripe's own charges, by its lists: each once, and the same as by its events."""

from decimal import Decimal
from typing import Any

import pytest

from customers.models import Invoice
from payments.gateways.accounts import Kind, TheirReturn
from payments.gateways.base import BackKind, WentBack
from payments.models import GatewayEvent, Payment, Refund, RefundReversal, SyncFinding
from payments.operations import sync_returns
from payments.operations.inbox import apply_events, catch_up
from payments.operations.payments import record
from payments.operations.sync import sync
from tests.billing import PAYS, Billing, soon
from tests.people import NOW, owes, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid(billing: Billing) -> Billing:
    """Stripe has taken 120 EUR for an invoice, and the desk knows."""
    billing.try_now(billing.invoice(billing.customer(card=PAYS)))
    sync("stripe", now=soon(), everything=True)
    assert Invoice.objects.get().balance == 0
    return billing


def give_back(billing: Billing, amount: int) -> str:
    [(intent, _)] = billing.processor.taken()
    asked: Any = {"payment_intent": intent, "amount": amount}
    return billing.gateway.client.refunds.create(asked).id


def dispute(billing: Billing) -> str:
    return str(billing.processor.control("dispute", charge=billing.processor.books()["taken"][0]["charge"])["id"])


def hear_events() -> None:
    catch_up(now=soon())
    for minute in range(3):
        apply_events(now=soon(minutes=minute))
    assert not GatewayEvent.objects.filter(state="waiting").exists()


def facts() -> tuple[Any, ...]:
    rows = Refund.objects.order_by("pk").values_list("kind", "amount", "reversal")
    gone = [(kind, amount, reversal is None) for kind, amount, reversal in rows]
    return gone, Payment.objects.count(), Invoice.objects.get().balance


@pytest.mark.parametrize("first", ["list", "events"])
def test_refund_and_dispute_are_recorded_once_by_list_and_by_event(paid: Billing, first: str) -> None:
    give_back(paid, 5000)
    if first == "events":
        hear_events()
    run = sync("stripe", now=soon(minutes=5))
    assert (run.new, run.changed, run.refused) == (1 if first == "list" else 0, 0, 0)
    again = sync("stripe", now=soon(minutes=6))
    assert (again.new, again.changed, again.refused) == (0, 0, 0)
    hear_events()
    assert facts() == ([("refund", 50, True)], 1, 50)


def test_dispute_holds_its_invoice_until_a_later_list_says_that_it_was_won(paid: Billing) -> None:
    opened = dispute(paid)
    sync("stripe", now=soon())
    assert facts() == ([("chargeback", 120, True)], 1, 120)
    assert Invoice.objects.get().customer.holds.filter(kind="dispute", released_at=None).exists()
    paid.processor.control("close_dispute", dispute=opened, status="won")
    assert sync("stripe", now=soon(minutes=5)).changed == 1
    sync("stripe", now=soon(minutes=6))
    hear_events()
    assert facts() == ([("chargeback", 120, False)], 1, 0)
    assert RefundReversal.objects.count() == 1


def test_everything_asked_for_brings_a_payment_and_what_went_back_of_it(billing: Billing) -> None:
    billing.try_now(billing.invoice(billing.customer(card=PAYS)))
    billing.processor.control("fail_refund", refund=give_back(billing, 2000))  # neither went nor came
    give_back(billing, 5000)
    sync("stripe", now=soon())
    assert Refund.objects.count() == 0  # the desk knows of no such payment
    assert sync("stripe", now=soon(minutes=1), everything=True).new == 2
    assert facts() == ([("refund", 50, True)], 1, 50)


def test_more_than_the_payment_holds_is_listed_and_stops_no_other() -> None:
    owes(ada := person(), "10.00")
    record(
        ada,
        amount=Decimal(10),
        currency="EUR",
        received_on=NOW.date(),
        source=Payment.Source.GATEWAY,
        now=NOW,
        provider="stripe",
        reference="pi_1",
    )
    told = [
        TheirReturn("pi_1", WentBack(f"re_{amount}", BackKind.REFUND, Decimal(amount), NOW.date()))
        for amount in (11, 4)
    ]
    for _ in range(2):
        tally = sync_returns.take("stripe", told, kind=Kind.REFUND, now=NOW)
    assert (tally.new, tally.unchanged, tally.refused) == (0, 1, 1)
    assert [refund.reference for refund in Refund.objects.all()] == ["re_4"]
    found = SyncFinding.objects.get()
    assert (found.external_id, found.kind, found.value) == ("re_11", "refund", "11.00 EUR")
