"""Bank debits that Stripe's own engine began: on their way for days, and then money or not."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from customers.models import Customer, Invoice
from dunning.operations.tick import tick
from payments.models import ChargeAttempt, GatewayInvoice, Payment
from payments.operations.charges import StillChecking, charge
from payments.operations.gateway_invoices import tell
from payments.operations.sync import sync
from payments.operations.sync_objects import look_at_debits
from tests import turning
from tests.billing import Billing, soon
from tests.campaigns import standard_campaign
from tests.people import owes, pays
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)
State = ChargeAttempt.State
live = partial(turning.live, every=timedelta(hours=6))


@pytest.fixture
def start(billing: Billing, provider: Provider) -> datetime:
    """Stripe has begun a debit over 49 EUR, and the desk has heard of it."""
    begun = soon()
    standard_campaign(now=begun)
    billing.try_now(billing.invoice(billing.customer(card="pm_sepa_debit"), 4900, retries=True))
    tick(now=begun)
    return begun


def the_intent(billing: Billing) -> str:
    return str(billing.gateway.client.payment_intents.list().data[0].id)


def test_nobody_is_reminded_while_the_debit_is_on_its_way(
    billing: Billing, provider: Provider, start: datetime
) -> None:
    attempt = ChargeAttempt.objects.get()
    assert (attempt.state, attempt.is_elsewhere) == (State.PENDING, True)
    assert attempt.invoice_ids == [Invoice.objects.get().pk]
    live(6, start)
    assert provider.accepted() == []


def test_money_of_the_debit_settles_the_invoice(billing: Billing, provider: Provider, start: datetime) -> None:
    billing.processor.control("settle", intent=the_intent(billing))
    live(1, soon(hours=2))
    attempt = ChargeAttempt.objects.get()
    assert (attempt.state, attempt.payment, Invoice.objects.get().balance) == (
        State.SUCCEEDED,
        Payment.objects.get(),
        0,
    )
    assert provider.accepted() == []


def test_debit_that_comes_back_is_told_and_reminders_begin(
    billing: Billing, provider: Provider, start: datetime
) -> None:
    billing.processor.control("settle", intent=the_intent(billing), code="insufficient_funds")
    live(4, soon(hours=2))
    attempt = ChargeAttempt.objects.get()
    assert (attempt.state, attempt.decline_code) == (State.DECLINED, "insufficient_funds")
    assert [mail["to"] for mail in provider.accepted()] == ["ada@example.com"]


def test_customer_is_not_charged_beside_the_debit(billing: Billing, start: datetime) -> None:
    customer = Customer.objects.get()
    with pytest.raises(StillChecking):
        charge(customer, amount=Invoice.objects.get().balance, currency="EUR", card="pm_card_visa", key="k", now=start)
    assert billing.processor.taken() == []


def test_end_of_a_debit_whose_events_were_missed_is_asked_for(billing: Billing, start: datetime) -> None:
    billing.processor.control("settle", intent=the_intent(billing))
    look_at_debits(now=start + timedelta(hours=23))
    assert ChargeAttempt.objects.get().state == State.PENDING
    look_at_debits(now=start + timedelta(hours=25))
    assert ChargeAttempt.objects.get().payment == Payment.objects.get()
    assert Invoice.objects.get().balance == 0


def test_debit_found_in_a_list_is_on_its_way_too(billing: Billing) -> None:
    billing.try_now(billing.invoice(billing.customer(card="pm_sepa_debit"), 4900))
    sync("stripe", now=soon())
    sync("stripe", now=soon())
    assert ChargeAttempt.objects.get().state == State.PENDING


def test_reminders_of_another_invoice_go_on_beside_the_debit(
    billing: Billing, provider: Provider, start: datetime
) -> None:
    owes(Customer.objects.get(), "80.00", due=str(start.date() - timedelta(days=1)))
    live(3, start)
    [mail] = provider.accepted()
    assert "80,00" in mail["text"] and "49,00" not in mail["text"]
    billing.processor.control("settle", intent=the_intent(billing), code="insufficient_funds")
    live(6, soon(hours=24 * 4))
    assert "49,00" in provider.accepted()[-1]["text"]


def test_money_at_the_bank_beside_a_debit_is_told_once_the_debit_has_ended(billing: Billing, start: datetime) -> None:
    invoice = Invoice.objects.get()
    pays(invoice.customer, "49.00", start)
    assert tell(now=soon(minutes=5)) == 0
    assert billing.shown(GatewayInvoice.objects.get().external_id)["status"] == "open"
    billing.processor.control("settle", intent=the_intent(billing), code="insufficient_funds")
    assert tell(now=soon(hours=2)) == 1
    assert billing.shown(GatewayInvoice.objects.get().external_id)["status"] == "paid"


def test_customer_is_not_charged_beside_a_debit_that_nobody_has_told_of(billing: Billing) -> None:
    made = billing.invoice(billing.customer(card="pm_sepa_debit"), 4900)
    sync("stripe", now=soon())
    billing.try_now(made)
    customer = Customer.objects.get()
    attempt = charge(customer, amount=Decimal(49), currency="EUR", card="pm_card_visa", key="k", now=soon())
    assert (attempt.state, billing.processor.taken()) == (State.ABANDONED, [])
