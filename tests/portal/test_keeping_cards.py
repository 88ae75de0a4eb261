"""Cards kept for next time: when asked, and with a place to choose them."""

from collections.abc import Callable

import pytest

from customers.models import Customer
from payments.gateways.sandbox import SandboxGateway
from payments.models import PaymentMethod
from tests.charging import balances
from tests.people import owes
from tests.portal.conftest import Door, kept_card, words

pytestmark = pytest.mark.django_db


Open = Callable[[Customer], Door]


def test_card_is_kept_when_asked_and_offered_first_next_time(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    at_door.pay("part", amount="100", keep_card="on")
    page = at_door.get()
    assert "Visa •••• 4242 Your stored card" in words(page)
    assert f'value="{kept_card()}" required checked' in page.content.decode()
    at_door.pay(card=kept_card())
    assert balances(ada) == [0]


def test_card_is_not_kept_unasked(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    door(ada).pay()
    assert PaymentMethod.objects.count() == 0


def test_cards_can_be_stored_without_paying(ada: Customer, door: Open, gateway: SandboxGateway) -> None:
    at_door = door(ada)
    assert "No card is stored." in words(at_door.get("card/"))
    for token, last4 in (("test_4242", "4242"), ("test_3155", "3155")):
        page = at_door.client.post(f"/p/{at_door.token}/card/", {"card": token}, follow=True)
        assert "Your card is stored. Nothing was taken from it." in words(page)
        assert f"•••• {last4}" in words(page)
    assert list(PaymentMethod.objects.order_by("pk").values_list("last4", "is_default", "charge_agreed_at")) == [
        ("4242", False, None),
        ("3155", True, None),
    ]
    assert gateway.lines() == []


@pytest.mark.parametrize("token", ["", "kept", "4242424242424242", "test_1111"])
def test_card_that_was_not_offered_is_not_stored(ada: Customer, door: Open, token: str) -> None:
    page = door(ada).post("card/", card=token)
    assert (page.status_code, "Please choose a card." in words(page)) == (400, True)
    assert PaymentMethod.objects.count() == 0
