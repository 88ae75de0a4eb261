"""Credit notes at Stripe on invoices that were paid: what they gave back is not owed again."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Hold, Invoice, LedgerEntry
from payments.gateways.accounts import Kind, RefundShare, TheirCredit, TheirReturn
from payments.gateways.base import BackKind, WentBack
from payments.models import GatewayEvent, Payment, Refund, SyncFinding
from payments.operations import refunds, sync_credits, sync_returns
from payments.operations.inbox import apply_events, catch_up
from payments.operations.sync import sync
from tests.billing import PAYS, Billing, soon
from tests.people import pays

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid(billing: Billing) -> Billing:
    """Stripe has taken 120 EUR for an invoice, and the desk knows."""
    billing.try_now(billing.invoice(billing.customer(card=PAYS)))
    sync("stripe", now=soon(), everything=True)
    return billing


def credit(billing: Billing, amount: int, **how: int) -> str:
    [invoice] = billing.gateway.client.invoices.list().data
    asked: Any = {"invoice": invoice.id, "amount": amount, **how}
    return billing.gateway.client.credit_notes.create(asked).id


def hear_events() -> None:
    catch_up(now=soon())
    for minute in range(3):
        apply_events(now=soon(minutes=minute))
    assert not GatewayEvent.objects.filter(state="waiting").exists()


def told() -> tuple[Any, ...]:
    """What went back, what is owed, what was credited, whether a person has to look."""
    credited = LedgerEntry.objects.filter(kind="credited").values_list("amount", flat=True)
    gone = list(Refund.objects.values_list("amount", flat=True))
    return gone, Invoice.objects.get().balance, list(credited), Hold.objects.filter(released_at=None).exists()


@pytest.mark.parametrize("by", ["list", "events", "both"])
def test_refund_of_a_credit_note_is_not_owed_again(paid: Billing, by: str) -> None:
    credit(paid, 5000, refund_amount=5000)
    if by != "list":
        hear_events()
    if by != "events":
        sync("stripe", now=soon(minutes=5))
        sync("stripe", now=soon(minutes=6))
    assert told() == ([50], 0, [-50], False)


@pytest.mark.parametrize("first", ["refund", "note"])
def test_order_does_not_matter_and_neither_do_repeats(paid: Billing, first: str) -> None:
    reference, invoice = Payment.objects.get().reference, paid.gateway.client.invoices.list().data[0].id
    back = TheirReturn(reference, WentBack("re_1", BackKind.REFUND, Decimal(50), soon().date()))
    note = TheirCredit("cn_1", invoice, "EUR", (RefundShare("re_1", Decimal(50)),))
    for _ in range(2):
        if first == "note":
            sync_credits.take("stripe", [note], now=soon())
        sync_returns.take("stripe", [back], kind=Kind.REFUND, now=soon())
        if first == "refund":
            sync_credits.take("stripe", [note], now=soon())
    assert told() == ([50], 0, [-50], False)


def test_note_over_part_of_a_refund_leaves_the_rest_to_a_person(paid: Billing) -> None:
    reference, invoice = Payment.objects.get().reference, paid.gateway.client.invoices.list().data[0].id
    note = TheirCredit("cn_1", invoice, "EUR", (RefundShare("re_1", Decimal(30)),))
    back = TheirReturn(reference, WentBack("re_1", BackKind.REFUND, Decimal(50), soon().date()))
    sync_credits.take("stripe", [note], now=soon())
    sync_returns.take("stripe", [back], kind=Kind.REFUND, now=soon())
    assert told() == ([50], 20, [-30], True)


def test_credit_on_the_balance_at_the_gateway_moves_nothing_here(paid: Billing) -> None:
    credit(paid, 5000, credit_amount=5000)
    hear_events()
    assert told() == ([], 0, [], False)


def test_money_given_back_past_the_gateway_is_for_a_person_to_record(paid: Billing) -> None:
    credit(paid, 5000, out_of_band_amount=5000)
    hear_events()
    found = SyncFinding.objects.get()
    assert (found.kind, found.value, found.is_refused) == ("credit_note", "50.00 EUR", False)
    refunds.record(
        Payment.objects.get(),
        kind=Refund.Kind.REFUND,
        amount=Decimal(50),
        on=soon().date(),
        reason="By bank",
        now=soon(),
        is_credited=True,
    )
    sync("stripe", now=soon())
    assert not SyncFinding.objects.exists()


def test_credit_on_what_is_open_is_told_by_the_invoice_and_counted_once(billing: Billing) -> None:
    billing.invoice(billing.customer())
    sync("stripe", now=soon())
    credit(billing, 5000)
    hear_events()
    sync("stripe", now=soon(minutes=5))
    assert told() == ([], 70, [-50], False)


def test_credit_for_what_was_paid_again_is_for_a_person_to_give_back(paid: Billing) -> None:
    reference, invoice = Payment.objects.get().reference, paid.gateway.client.invoices.list().data[0].id
    back = TheirReturn(reference, WentBack("re_1", BackKind.REFUND, Decimal(50), soon().date()))
    note = TheirCredit("cn_1", invoice, "EUR", (RefundShare("re_1", Decimal(50)),))
    sync_returns.take("stripe", [back], kind=Kind.REFUND, now=soon())
    again = pays(Invoice.objects.get().customer, "50.00", soon())
    sync_credits.take("stripe", [note], now=soon())
    found = SyncFinding.objects.get()
    assert (found.external_id, found.value, "paid again" in found.problem) == ("cn_1", "50.00 EUR", True)
    given = {"amount": Decimal(50), "on": soon().date(), "reason": "Paid twice", "now": soon(), "is_credited": True}
    refunds.record(again, kind=Refund.Kind.REFUND, **given)
    sync_credits.take("stripe", [note], now=soon())
    assert not SyncFinding.objects.exists()
    assert Invoice.objects.get().balance == 0


def test_notes_that_are_told_again_cost_no_query_each(paid: Billing) -> None:
    reference, invoice = Payment.objects.get().reference, paid.gateway.client.invoices.list().data[0].id

    def look(number: int) -> int:
        backs = [
            TheirReturn(reference, WentBack(f"re_{n}", BackKind.REFUND, Decimal(10), soon().date()))
            for n in range(number)
        ]
        notes = [TheirCredit(f"cn_{n}", invoice, "EUR", (RefundShare(f"re_{n}", Decimal(10)),)) for n in range(number)]
        sync_returns.take("stripe", backs, kind=Kind.REFUND, now=soon())
        sync_credits.take("stripe", notes, now=soon())
        with CaptureQueriesContext(connection) as asked:
            sync_credits.take("stripe", notes, now=soon())
        return len(asked)

    assert look(1) == look(4)
