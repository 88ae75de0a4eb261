"""A company on Stripe Billing that never uploads a file, told with a moving clock; and a day without Stripe."""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from pytest_django import Settings

from customers.models import Customer, Invoice
from dunning.models import Case, Notice
from dunning.operations.tick import tick
from dunning.queries.case_file import case_file
from payments.gateways.sandbox import TEST_CARDS
from payments.models import ChargeAttempt, GatewayEvent, GatewayHealth, GatewayInvoice, Payment, SyncFinding
from payments.operations import cards
from payments.operations.charges import charge
from payments.operations.sync import sync
from tests.billing import BROKE, PAYS, Billing, billing_on, soon
from tests.campaigns import standard_campaign
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)
State = ChargeAttempt.State


def pay_on_the_page(customer: Customer, now: datetime, card: str = "pm_card_mastercard") -> ChargeAttempt:
    """What the customer's page does with the card that was entered."""
    owed = sum(invoice.balance for invoice in customer.invoices.all())
    return charge(customer, amount=owed, currency="EUR", card=card, key=f"page-{now}", now=now, keep_card=True)


def test_failed_renewal_at_stripe_is_paid_on_our_page_and_never_twice(billing: Billing, provider: Provider) -> None:
    start = soon()
    standard_campaign(now=start)
    ada = billing.customer(card=BROKE)
    renewal = billing.invoice(ada, 4900, retries=True, description="Team plan, March")
    assert not billing.try_now(renewal)

    tick(now=start)  # nobody uploads anything, and no webhook came: the events are listed
    tick(now=start)
    customer = Customer.objects.get(number=ada)
    assert (Invoice.objects.get().balance, ChargeAttempt.objects.get().decline_code) == (49, "insufficient_funds")
    assert "Switch its retries off" in SyncFinding.objects.get().remedy

    for hours in range(0, 72, 6):
        tick(now=start + timedelta(hours=hours))
    case = Case.objects.get(customer=customer)
    assert case.state == Case.State.OPEN
    story = [happening for happening in case_file(case, today=start.date()).happenings if happening.who == "stripe"]
    assert [happening.title for happening in story] == ["Charge of 49.00\N{NO-BREAK SPACE}EUR: declined"]
    assert [mail["to"] for mail in provider.accepted()] == ["ada@example.com"]

    billing.give_card(ada, PAYS)  # from here on Stripe's engine would succeed too
    paid = pay_on_the_page(customer, start + timedelta(hours=73))
    assert paid.state == State.SUCCEEDED
    assert billing.processor.control("advance") == {"tried": 0}
    for hours in range(73, 120, 6):
        tick(now=start + timedelta(hours=hours))
        assert billing.processor.control("advance") == {"tried": 0}

    assert billing.shown(renewal)["status"] == "paid"
    assert len(billing.processor.taken()) == Payment.objects.count() == 1
    case.refresh_from_db()
    assert (case.state, case.ending) == (Case.State.CLOSED, "settled")
    assert GatewayInvoice.objects.get().state == "paid"
    assert not GatewayEvent.objects.filter(state="waiting").exists()


def test_an_invoice_that_stripes_engine_collects_is_charged_to_no_card_of_ours(
    billing: Billing, settings: Settings, provider: Provider, tmp_path: Path
) -> None:
    """The card is kept at another gateway, so that only the invoice's own gateway can say it."""
    start = soon()
    standard_campaign(now=start, charge_on=0)
    billing_on(billing.processor, settings, retries="gateway")
    sandbox = {"class": "payments.gateways.sandbox.SandboxGateway", "options": {"journal": tmp_path / "journal"}}
    settings.PAYMENT_GATEWAYS = {**settings.PAYMENT_GATEWAYS, "sandbox": sandbox}
    ada = billing.customer(card=BROKE)
    billing.invoice(ada, 4900, retries=True)
    tick(now=start)
    tick(now=start)
    customer = Customer.objects.get(number=ada)
    cards.keep(customer, TEST_CARDS["test_4242"].card, gateway="sandbox", may_charge=True, now=start)
    for hours in range(0, 72, 6):
        tick(now=start + timedelta(hours=hours))
    assert not ChargeAttempt.objects.filter(gateway="sandbox").exists()
    assert [mail["to"] for mail in provider.accepted()] == ["ada@example.com"]


@pytest.fixture
def dead_end() -> Iterator[tuple[str, list[int]]]:
    """An address that takes connections and hangs up, and a list that grows with each."""
    heard: list[int] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def listen() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                heard.append(1)
                caller.close()

        Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard


def test_day_without_stripe_loses_nothing_and_fails_nothing(
    billing: Billing, provider: Provider, settings: Settings, dead_end: tuple[str, list[int]]
) -> None:
    start = soon()
    names = ["Ada Lindgren", "Bea Novak", "Cleo Marsh", "Dora Okafor"]
    ada, bea, cleo, dora = (billing.customer(name, number=name[:3].upper()) for name in names)
    invoices = [billing.invoice(who, 4900) for who in (ada, bea, cleo, dora)]
    sync("stripe", now=start)
    tick(now=start)
    people = {customer.name: customer for customer in Customer.objects.all()}

    billing.processor.control("lose_answer", path="/v1/payment_intents")
    lost = pay_on_the_page(people["Ada Lindgren"], start)
    assert lost.state == State.IN_DOUBT  # the money was taken; then the line went dead
    options = settings.PAYMENT_GATEWAYS["stripe"]["options"]
    options["base_address"], heard = dead_end
    billing.try_now(invoices[1], payment_method=billing.give_card(bea, PAYS))  # meanwhile, at Stripe
    billing.gateway.client.invoices.void_invoice(invoices[2])

    for minutes in range(5, 24 * 60, 10):
        tick(now=start + timedelta(minutes=minutes))
    refused = pay_on_the_page(people["Dora Okafor"], start + timedelta(hours=23))
    lost.refresh_from_db()
    assert (lost.state, refused.state, refused.decline_code) == (State.IN_DOUBT, State.ABANDONED, "gateway_refused")
    assert [invoice.balance for invoice in Invoice.objects.all()] == [49, 49, 49, 49]
    assert len(heard) < 24 * 60 / 5  # left alone most of the time: an answer was asked for on few of the turns
    assert not ChargeAttempt.objects.filter(state=State.DECLINED).exists()

    options["base_address"] = billing.processor.address
    for minutes in range(24 * 60, 26 * 60, 10):
        tick(now=start + timedelta(minutes=minutes))
    lost.refresh_from_db()
    balances = {invoice.customer.name: invoice.balance for invoice in Invoice.objects.select_related("customer")}
    assert balances == {"Ada Lindgren": 0, "Bea Novak": 0, "Cleo Marsh": 0, "Dora Okafor": 49}
    assert (lost.state, billing.shown(invoices[0])["status"]) == (State.SUCCEEDED, "paid")
    assert (Payment.objects.count(), len(billing.processor.taken())) == (2, 2)
    assert GatewayHealth.objects.get().failures == 0
    assert not GatewayEvent.objects.filter(state="waiting").exists()
    assert pay_on_the_page(people["Dora Okafor"], start + timedelta(hours=27)).state == State.SUCCEEDED
    assert Notice.objects.filter(state="in_doubt").count() == 0
