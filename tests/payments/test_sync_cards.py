"""A gateway's cards in our books, and who tries them again."""

import pytest
from pytest_django import Settings

from customers.models import Customer, Invoice
from payments.gateways.stripe_answers import card_of
from payments.models import PaymentMethod, SyncFinding
from payments.operations import cards
from payments.operations.sync import sync
from payments.operations.sync_objects import look_again
from payments.queries.invoices import retried_elsewhere
from tests.billing import BROKE, PAYS, Billing, billing_on, soon

pytestmark = pytest.mark.django_db(transaction=True)


def test_card_follows_stripes_default_but_not_a_later_choice_here(billing: Billing) -> None:
    ada = billing.customer()
    old = billing.give_card(ada, PAYS)
    sync("stripe", now=soon())
    billing.give_card(ada, "pm_card_mastercard")
    look_again("stripe", f"customer/{ada}", now=soon())
    kept = PaymentMethod.objects.get(removed_at=None)
    assert (kept.brand, PaymentMethod.objects.get(token=f"{ada}/{old}").removed_at is None) == ("mastercard", False)
    PaymentMethod.objects.filter(pk=kept.pk).update(
        token=f"{ada}/pm_of_the_page", stored_at=soon(hours=1), is_from_gateway=False
    )
    billing.gateway.client.payment_methods.attach("pm_card_visa", {"customer": ada})
    sync("stripe", now=soon(), everything=True)
    assert PaymentMethod.objects.get(removed_at=None).token == f"{ada}/pm_of_the_page"


def test_detached_card_is_forgotten(billing: Billing) -> None:
    ada = billing.customer()
    method = billing.give_card(ada, PAYS)
    sync("stripe", now=soon())
    billing.gateway.client.payment_methods.detach(method)
    look_again("stripe", f"customer/{ada}", now=soon())
    assert PaymentMethod.objects.filter(removed_at=None).count() == 0


def test_whose_retries_are_stripes_is_known_and_a_warning_stands_where_both_would_try(
    billing: Billing, settings: Settings
) -> None:
    made = billing.invoice(billing.customer(card=BROKE), retries=True)
    billing.try_now(made)
    sync("stripe", now=soon())
    pk = Invoice.objects.get().pk
    warned = SyncFinding.objects.get()
    assert (warned.field, warned.is_refused, retried_elsewhere([pk])) == ("retries", False, set())
    assert "Switch its retries off there" in warned.remedy

    billing_on(billing.processor, settings, retries="gateway")
    sync("stripe", now=soon())
    assert (SyncFinding.objects.count(), retried_elsewhere([pk])) == (0, {pk})


def test_leave_that_the_customer_took_back_stays_taken_back(billing: Billing) -> None:
    ada = billing.customer(card=PAYS)
    sync("stripe", now=soon())
    cards.disagree(PaymentMethod.objects.get())
    billing.gateway.client.customers.update(ada, {"name": "Ada L."})
    look_again("stripe", f"customer/{ada}", now=soon(minutes=5))
    assert PaymentMethod.objects.get().charge_agreed_at is None


def test_card_that_the_customer_took_away_does_not_come_back(billing: Billing) -> None:
    ada = billing.customer(card=PAYS)
    sync("stripe", now=soon())
    billing.processor.control("error_500", path="/v1/payment_methods")  # Stripe never hears of it
    cards.remove(PaymentMethod.objects.get(), now=soon())
    look_again("stripe", f"customer/{ada}", now=soon(minutes=5))
    assert PaymentMethod.objects.filter(removed_at=None).count() == 0


def kept_here(billing: Billing, owner: str, method: str) -> PaymentMethod:
    """A card that the customer entered here, with the leave to charge it."""
    attached = billing.gateway.client.payment_methods.attach(method, {"customer": owner}).to_dict()
    return cards.keep(Customer.objects.get(), card_of(attached), gateway="stripe", may_charge=True, now=soon(minutes=1))


def test_card_behind_the_first_is_forgotten_too_when_it_is_detached(billing: Billing) -> None:
    ada = billing.customer()
    old = billing.give_card(ada, PAYS)
    sync("stripe", now=soon())
    chosen = kept_here(billing, ada, "pm_card_mastercard")
    billing.gateway.client.payment_methods.detach(old)
    look_again("stripe", f"customer/{ada}", now=soon(minutes=5))
    assert PaymentMethod.objects.get(removed_at=None) == chosen


def test_next_card_is_charged_when_the_first_is_detached(billing: Billing) -> None:
    ada = billing.customer()
    billing.give_card(ada, PAYS)
    sync("stripe", now=soon())
    chosen = kept_here(billing, ada, "pm_card_mastercard")
    billing.gateway.client.customers.update(ada, {"invoice_settings": {"default_payment_method": ""}})
    billing.gateway.client.payment_methods.detach(chosen.token.rpartition("/")[2])
    look_again("stripe", f"customer/{ada}", now=soon(minutes=5))
    left = PaymentMethod.objects.get(removed_at=None)
    assert (left.brand, left.is_default) == ("visa", True)


def test_two_customers_there_that_are_one_here_do_not_take_turns(billing: Billing) -> None:
    billing.customer(number="A-1", card=PAYS)
    billing.customer(number="A-1", card="pm_card_mastercard")
    seen = set()
    for _ in range(3):
        sync("stripe", now=soon(), everything=True)
        seen.add(PaymentMethod.objects.get(removed_at=None).pk)
    assert len(seen) == 1
