"""Pages for entering a card, and what becomes of the cards: kept as far as the customer said, otherwise forgotten."""

import urllib.parse
import urllib.request
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from payments.gateways.base import Card
from payments.models import CardPage, PaymentMethod
from payments.operations import cards
from payments.operations.card_pages import BATCH, LASTS, begin, entered, open_page, tidy_up
from payments.operations.charges import charge
from tests.people import owes, person
from tests.stripe_processor import StripeProcessor

pytestmark = pytest.mark.django_db
OVER = LASTS + timedelta(minutes=1)


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren")
    owes(ada, "100.00")
    return ada


def enter(customer: Customer, stripe: StripeProcessor, now: datetime, method: str = "pm_card_visa") -> Card:
    """The card that the customer entered on a page of the gateway's."""
    page = begin(customer, gateway="stripe", currency="EUR", now=now)
    hosted = open_page(page, f"{stripe.address}/done", now=now)
    form = urllib.parse.urlencode({"method": method, "go": "yes"}).encode()
    with urllib.request.urlopen(hosted.address, form, timeout=10):
        page.refresh_from_db()
    card = entered(page, now=now)
    assert card
    return card


def is_attached(card: Card, stripe: StripeProcessor) -> bool:
    return bool(stripe.gateway().client.payment_methods.retrieve(card.token.split("/")[1]).customer)


def test_card_that_nobody_keeps_is_forgotten_a_day_later(ada: Customer, stripe: StripeProcessor, now: datetime) -> None:
    loose, kept = enter(ada, stripe, now), enter(ada, stripe, now, "pm_card_mastercard")
    cards.keep(ada, kept, gateway="stripe", may_charge=False, now=now)
    assert tidy_up(now=now) == 0
    assert tidy_up(now=now + OVER) == 2
    assert (is_attached(loose, stripe), is_attached(kept, stripe), CardPage.objects.count()) == (False, True, 0)


def test_card_of_a_payment_under_way_is_left_alone(ada: Customer, stripe: StripeProcessor, now: datetime) -> None:
    card = enter(ada, stripe, now, "pm_sepa_debit")
    attempt = charge(ada, amount=Decimal(100), currency="EUR", card=card.token, key="key-1", now=now)
    assert (attempt.state, tidy_up(now=now + OVER), is_attached(card, stripe)) == ("pending", 0, True)


def test_page_of_a_gateway_that_is_down_waits(ada: Customer, stripe: StripeProcessor, now: datetime) -> None:
    card = enter(ada, stripe, now)
    stripe.control("error_500", path="/v1/payment_methods")
    assert (tidy_up(now=now + OVER), CardPage.objects.count()) == (0, 1)
    assert tidy_up(now=now + OVER) == 0  # not asked again at once
    assert (tidy_up(now=now + OVER + timedelta(hours=1)), is_attached(card, stripe)) == (1, False)


def test_page_that_the_gateway_does_not_know_is_closed(ada: Customer, stripe: StripeProcessor, now: datetime) -> None:
    page = begin(ada, gateway="stripe", currency="EUR", now=now)
    CardPage.objects.filter(pk=page.pk).update(reference="cs_of_another_account")
    assert (tidy_up(now=now + OVER), CardPage.objects.count()) == (1, 0)


def test_pages_are_found_in_one_query_however_many_wait_for_a_payment(
    ada: Customer, stripe: StripeProcessor, now: datetime
) -> None:
    card = enter(ada, stripe, now, "pm_sepa_debit")
    charge(ada, amount=Decimal(100), currency="EUR", card=card.token, key="key-1", now=now)
    for _ in range(BATCH):
        begin(ada, gateway="stripe", currency="EUR", now=now)
    begin(person("Bea Novak"), gateway="stripe", currency="EUR", now=now)
    with CaptureQueriesContext(connection) as queries:
        assert tidy_up(now=now + OVER) == 1  # Bea's, behind all of Ada's
    assert len(queries) <= 5


def test_removed_card_hands_its_place_to_the_next_and_is_charged_no_more(
    ada: Customer, stripe: StripeProcessor, now: datetime
) -> None:
    for method in ("pm_card_visa", "pm_card_mastercard"):
        cards.keep(ada, enter(ada, stripe, now, method), gateway="stripe", may_charge=True, now=now)
    visa, mastercard = PaymentMethod.objects.order_by("pk")
    stripe.control("error_500", path="/v1/payment_methods")
    cards.remove(mastercard, now=now)
    cards.use_first(mastercard)
    cards.agree(mastercard, now=now)
    for method in (visa, mastercard):
        method.refresh_from_db()
    assert (visa.is_default, visa.charge_agreed_at, visa.removed_at) == (True, now, None)
    assert (mastercard.is_default, mastercard.charge_agreed_at, mastercard.removed_at) == (False, None, now)
