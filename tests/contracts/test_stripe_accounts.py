"""Stripe's customers, invoices and charges in our words, as the processor shows them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from payments.gateways.accounts import (
    InvoiceState,
    Kind,
    Misread,
    RefundShare,
    TheirCredit,
    TheirCustomer,
    TheirInvoice,
    TheirTry,
)
from payments.gateways.base import GatewayRefusal, NotReached
from payments.gateways.stripe_accounts import _read
from payments.rules.declines import Decline
from payments.rules.methods import MethodKind
from tests.billing import BROKE, PAYS, Billing, billing_on, soon
from tests.processes import free_port
from tests.stripe_processor import StripeProcessor


@pytest.fixture
def billing(processor: StripeProcessor, settings: Settings) -> Billing:
    return billing_on(processor, settings)


def invoice(billing: Billing, identity: str) -> TheirInvoice:
    found = billing.accounts.find(Kind.INVOICE, identity)
    assert isinstance(found, TheirInvoice)
    return found


def test_customer_is_told_with_the_card_that_is_charged(billing: Billing) -> None:
    ada = billing.customer(number="A-1", card="pm_card_mastercard", phone="+49 30 123456")
    found = billing.accounts.find(Kind.CUSTOMER, ada)
    assert isinstance(found, TheirCustomer)
    assert (found.id, found.number, found.name, found.email) == (ada, "A-1", "Ada Lindgren", "ada@example.com")
    assert (found.phone, found.language, found.country) == ("+49 30 123456", "de-DE", "DE")
    assert found.card
    assert (found.card.brand, found.card.last4, found.card.kind) == ("mastercard", "4444", MethodKind.CARD)
    assert found.card.token.startswith(f"{ada}/pm_")
    assert found.attached == {found.card.token}
    [listed] = billing.accounts.page(Kind.CUSTOMER, since=None, after="").items
    assert isinstance(listed, TheirCustomer)
    assert (listed.card, listed.attached) == (found.card, None)


def test_detached_card_is_not_told_any_more(billing: Billing) -> None:
    ada = billing.customer()
    method = billing.give_card(ada, PAYS)
    billing.gateway.client.payment_methods.detach(method)
    found = billing.accounts.find(Kind.CUSTOMER, ada)
    assert isinstance(found, TheirCustomer)
    assert (found.card, found.attached) == (None, frozenset())


def test_automatic_invoice_is_due_on_its_day_and_says_when_stripe_tries_again(billing: Billing) -> None:
    ada = billing.customer(card=BROKE)
    made = billing.invoice(ada, 12050, retries=True, description="Team plan, March")
    assert not billing.try_now(made)
    found = invoice(billing, made)
    today = datetime.now(UTC).date()
    assert (found.number, found.customer, found.state, found.currency) == ("DESK-0001", ada, InvoiceState.OPEN, "EUR")
    assert (found.amount, found.paid, found.credited) == (Decimal("120.50"), 0, 0)
    assert (found.issued_on, found.due_on, found.description) == (today, today, "Team plan, March")
    assert (found.collects, len(found.references), found.payments) == (True, 1, ())
    assert found.retries_at
    assert found.retries_at > datetime.now(UTC) + timedelta(days=2)


def test_sent_invoice_is_due_when_it_says_and_is_never_tried(billing: Billing) -> None:
    made = billing.invoice(billing.customer(), collection_method="send_invoice", days_until_due=14, retries=True)
    found = invoice(billing, made)
    assert (found.due_on - found.issued_on, found.collects, found.retries_at) == (timedelta(days=14), False, None)


def test_paid_invoice_names_its_payment(billing: Billing) -> None:
    made = billing.invoice(billing.customer(card=PAYS))
    assert billing.try_now(made)
    found = invoice(billing, made)
    [payment] = found.payments
    assert (found.state, found.paid, payment.amount) == (InvoiceState.PAID, 120, 120)
    assert [(payment.reference, payment.amount)] == billing.processor.taken()
    assert billing.accounts.invoice_of(payment.reference) == made


def test_all_payments_of_an_invoice_are_told_however_many(billing: Billing) -> None:
    made = billing.invoice(billing.customer())
    for _ in range(12):
        intent = billing.gateway.client.payment_intents.create(
            {"amount": 1000, "currency": "eur", "payment_method": PAYS, "confirm": True}
        )
        billing.accounts.credit_payment(made, intent.id)
    [listed] = billing.accounts.page(Kind.INVOICE, since=None, after="").items
    for found in (invoice(billing, made), listed):
        assert isinstance(found, TheirInvoice)
        assert (len(found.payments), sum(payment.amount for payment in found.payments)) == (12, 120)


def test_money_past_stripe_is_paid_without_a_payment(billing: Billing) -> None:
    made = billing.invoice(billing.customer())
    for _ in range(2):
        try:
            billing.accounts.mark_paid(made)
        except GatewayRefusal as refusal:
            assert refusal.permanent  # noqa: PT017 - the second time it is closed already
    found = invoice(billing, made)
    assert (found.state, found.paid, found.payments, billing.processor.taken()) == (InvoiceState.PAID, 120, (), [])


@pytest.mark.parametrize(("how", "state"), [("void_invoice", "void"), ("mark_uncollectible", "uncollectible")])
def test_invoice_that_is_not_to_be_paid_says_so(billing: Billing, how: str, state: str) -> None:
    made = billing.invoice(billing.customer(), retries=True)
    getattr(billing.gateway.client.invoices, how)(made)
    found = invoice(billing, made)
    assert (found.state.value, found.collects, found.ended_on) == (state, False, datetime.now(UTC).date())


def test_drafts_and_what_is_not_there_are_not_told_of(billing: Billing) -> None:
    draft = billing.gateway.client.invoices.create({"customer": billing.customer()}).id
    assert billing.accounts.find(Kind.INVOICE, draft) is None
    assert billing.accounts.find(Kind.INVOICE, "in_nowhere") is None
    assert billing.accounts.find(Kind.CUSTOMER, "cus_nowhere") is None
    assert billing.accounts.invoice_of("pi_nowhere") is None


def test_try_is_told_with_all_layers_of_its_refusal(billing: Billing) -> None:
    ada = billing.customer(card=BROKE)
    made = billing.invoice(ada)
    billing.try_now(made)
    [found] = billing.accounts.page(Kind.TRY, since=soon(hours=-1), after="").items
    assert isinstance(found, TheirTry)
    assert (found.customer, found.amount, found.currency, found.is_success) == (ada, 120, "EUR", False)
    assert found.decline == Decline("insufficient_funds", "try_again_later", "51")
    assert (found.card_brand, len(found.card_fingerprint), found.is_ours) == ("visa", 16, False)
    assert billing.accounts.invoice_of(found.reference) == made


def test_credit_note_on_a_paid_invoice_names_its_refund(billing: Billing) -> None:
    paid = billing.invoice(billing.customer(card=PAYS))
    billing.try_now(paid)
    asked: Any = {"invoice": paid, "amount": 3000, "refund_amount": 2500, "out_of_band_amount": 500}
    made = billing.gateway.client.credit_notes.create(asked)
    found = billing.accounts.find(Kind.CREDIT, made.id)
    [refund] = billing.gateway.client.refunds.list().data
    shares = (RefundShare(refund.id, Decimal(25)),)
    assert found == TheirCredit(made.id, paid, "EUR", shares, Decimal(5))
    assert billing.accounts.page(Kind.CREDIT, since=None, after="").items == (found,)


def test_lists_come_in_pages_and_from_a_moment_on(billing: Billing) -> None:
    ada = billing.customer()
    for _ in range(101):
        billing.gateway.client.invoices.create({"customer": ada, "currency": "eur"})
    oldest = billing.accounts.page(Kind.INVOICE, since=None, after="")
    assert (oldest.items, bool(oldest.after)) == ((), True)  # a page of drafts is empty, and there are more
    assert billing.accounts.page(Kind.INVOICE, since=None, after=oldest.after).after == ""
    made = billing.invoice(ada)
    [found] = billing.accounts.page(Kind.INVOICE, since=None, after="", only_open=True).items
    assert found.id == made
    assert billing.accounts.page(Kind.CUSTOMER, since=soon(hours=1), after="").items == ()


def test_leaving_an_invoice_to_us_and_giving_it_back_takes_nothing(billing: Billing) -> None:
    ada = billing.customer(card=BROKE)
    made = billing.invoice(ada, retries=True)
    billing.try_now(made)
    billing.give_card(ada, PAYS)
    left = billing.accounts.collect(made, by_itself=False)
    assert (left.collects, left.retries_at) == (False, None)
    assert billing.processor.control("advance") == {"tried": 0}
    back = billing.accounts.collect(made, by_itself=True)
    assert (back.collects, back.retries_at is None, billing.processor.taken()) == (True, False, [])


def test_giving_back_an_invoice_that_stripe_only_sends_ends(billing: Billing) -> None:
    made = billing.invoice(billing.customer(), collection_method="send_invoice", days_until_due=14)
    assert billing.accounts.collect(made, by_itself=True).collects is False


def test_charge_of_ours_is_counted_once(billing: Billing) -> None:
    made = billing.invoice(billing.customer())
    reference = billing.gateway.client.payment_intents.create(
        {"amount": 12000, "currency": "eur", "payment_method": PAYS, "confirm": True}
    ).id
    billing.accounts.credit_payment(made, reference)
    with pytest.raises(GatewayRefusal):
        billing.accounts.credit_payment(made, reference)
    assert (invoice(billing, made).state, len(billing.processor.taken())) == (InvoiceState.PAID, 1)


def test_no_time_for_us_and_no_connection_are_told_from_refusals(billing: Billing) -> None:
    made = billing.invoice(billing.customer())
    billing.processor.control("rate_limit")
    with pytest.raises(NotReached):
        billing.accounts.mark_paid(made)
    nowhere = StripeProcessor(f"http://127.0.0.1:{free_port()}").gateway().accounts()
    for kind in Kind:
        with pytest.raises(NotReached):
            nowhere.page(kind, since=None, after="")
        with pytest.raises(NotReached):
            nowhere.find(kind, made)


@pytest.mark.parametrize("kind", list(Kind))
def test_object_of_another_form_is_misread_and_raises_nothing(kind: Kind) -> None:
    found = _read(kind, {"id": "x_1", "status": "open", "total": 1})
    assert isinstance(found, Misread)
    assert (found.id, "cannot be read" in found.problem) == ("x_1", True)
