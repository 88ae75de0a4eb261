"""A code to an address we know, before details are shown or changed. Paying needs none."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from customers.models import Customer, SuppressedAddress
from dunning.channels.base import Channel, Message, Receipt, Refused
from dunning.models import CustomerRequest, PageCode
from dunning.operations.page_codes import MOST_TRIES
from payments.models import Payment
from tests.people import owes, person, reachable
from tests.portal.conftest import Door, words
from tests.provider import Provider

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]
WHAT = "Consulting in January"


class Down(Channel):
    """A provider that surely takes nothing."""

    def send(self, message: Message) -> Receipt:
        raise Refused("down", permanent=False)


@pytest.fixture
def ada(db: None) -> Customer:
    customer = reachable("Ada Lindgren")
    owes(customer, "420.00", what=WHAT)
    return customer


def ask(at_door: Door, way: str = "email", **told: str) -> Any:
    return at_door.post("code/", do="ask", way=way, **told)


def code_in(provider: Provider) -> str:
    found = re.search(r"\b\d{6}\b", provider.accepted()[-1]["subject"])
    assert found
    return found[0]


def test_the_details_open_with_the_code_and_paying_needs_none(ada: Customer, door: Open, provider: Provider) -> None:
    at_door = door(ada)
    page = words(at_door.get())
    assert ("€420.00" in page, "Pay now" in page, WHAT in page) == (True, True, False)
    assert "a•••@example.com" in words(at_door.get("code/"))
    assert ask(at_door).url == at_door.get("code/").wsgi_request.path + "?to=details"  # type: ignore[attr-defined]
    answer = at_door.post("code/", do="enter", code=code_in(provider))
    assert answer.url == f"/p/{at_door.token}/"  # type: ignore[attr-defined]
    assert WHAT in words(at_door.get())
    assert "Thank you!" in words(at_door.pay())
    assert Payment.objects.count() == 1


def test_a_forwarded_link_shows_no_details_in_another_browser(ada: Customer, door: Open, provider: Provider) -> None:
    at_door = door(ada).known()
    stranger = Client()
    assert WHAT in words(at_door.get())
    assert WHAT not in words(stranger.get(f"/p/{at_door.token}/"))
    assert stranger.post(f"/p/{at_door.token}/data/").url.endswith("/code/?to=data")  # type: ignore[attr-defined]
    assert provider.accepted() == []


def test_looking_sends_nothing_and_two_presses_send_one(ada: Customer, door: Open, provider: Provider) -> None:
    at_door = door(ada)
    for _ in range(2):
        at_door.get("code/")
    assert provider.accepted() == []
    for _ in range(3):
        ask(at_door)
    assert (len(provider.accepted()), PageCode.objects.count()) == (1, 1)
    assert provider.accepted()[0]["to"] == "ada-lindgren@example.com"


def test_a_code_is_kept_as_a_hash_only(ada: Customer, door: Open, provider: Provider) -> None:
    ask(door(ada))
    row = PageCode.objects.values().get()
    assert code_in(provider) not in str({name: value for name, value in row.items() if not name.endswith("_at")})
    assert (row["state"], row["expires_at"] - row["asked_at"]) == ("sent", timedelta(minutes=10))


def test_a_code_takes_five_tries_and_is_used_once(ada: Customer, door: Open, provider: Provider) -> None:
    at_door = door(ada)
    ask(at_door)
    good = code_in(provider)
    wrong = f"{(int(good) + 1) % 1_000_000:06}"
    for _ in range(MOST_TRIES):
        assert at_door.post("code/", do="enter", code=wrong).status_code == 400
    assert at_door.post("code/", do="enter", code=good).status_code == 400
    PageCode.objects.update(tries=0)
    assert at_door.post("code/", do="enter", code=good).status_code == 302
    assert Door(ada).post("code/", do="enter", code=good).status_code == 400


def test_a_code_ends_and_belongs_to_its_link(ada: Customer, door: Open, provider: Provider) -> None:
    at_door, other = door(ada), door(person("Grace Okafor"))
    ask(at_door)
    assert other.post("code/", do="enter", code=code_in(provider)).status_code == 400
    PageCode.objects.update(expires_at=PageCode.objects.get().asked_at)
    assert at_door.post("code/", do="enter", code=code_in(provider)).status_code == 400


def test_codes_are_not_sent_without_end(ada: Customer, door: Open, provider: Provider) -> None:
    at_door = door(ada)
    for _ in range(5):
        ask(at_door)
        PageCode.objects.update(asked_at=PageCode.objects.latest("pk").asked_at - timedelta(minutes=2))
    answer = ask(at_door)
    assert (answer.status_code, len(provider.accepted())) == (429, 5)
    assert 0 < int(answer["Retry-After"]) <= 3600


def test_a_signature_of_another_customer_or_hour_opens_nothing(ada: Customer, door: Open) -> None:
    grace = person("Grace Okafor")
    at_door = door(ada)
    at_door.client.cookies["details"] = door(grace).known().client.cookies["details"].value
    assert WHAT not in words(at_door.get())
    at_door.client.cookies["details"] = at_door.known().client.cookies["details"].value[:-1] + "x"
    assert WHAT not in words(at_door.get())
    at_door.known().post("code/", do="forget")
    assert WHAT not in words(at_door.get())


def test_where_a_code_leads_comes_from_a_list(ada: Customer, door: Open) -> None:
    at_door = door(ada).known()
    for asked in ("//evil.example", "https://evil.example", "../../desk/", "javascript:alert(1)", "details"):
        assert at_door.post("code/", to=asked).url == f"/p/{at_door.token}/"  # type: ignore[attr-defined]
    assert at_door.get("code/?to=data").url == f"/p/{at_door.token}/data/"  # type: ignore[attr-defined]


def test_another_contact_needs_a_code_first(ada: Customer, door: Open) -> None:
    at_door = door(ada)
    for ask_for in (at_door.get, at_door.post):
        assert ask_for("help/contact/").url.endswith("/code/?to=contact")  # type: ignore[attr-defined]
    assert CustomerRequest.objects.count() == 0


def test_without_an_address_that_takes_mail_a_person_helps(ada: Customer, door: Open, provider: Provider) -> None:
    SuppressedAddress.objects.create(
        channel="email", address="ada-lindgren@example.com", reason="bounced", source="x", since=ada.created_at
    )
    at_door = door(ada)
    assert "We have no address" in words(at_door.get("code/"))
    assert (ask(at_door).status_code, provider.accepted()) == (400, [])


def test_a_provider_that_refuses_is_said_and_another_code_can_be_asked_for(
    ada: Customer, door: Open, settings: Settings
) -> None:
    settings.DUNNING_CHANNELS = {"email": {"class": f"{__name__}.Down"}}
    at_door = door(ada)
    for _ in range(2):
        answer = ask(at_door)
        assert (answer.status_code, "It could not be sent." in words(answer)) == (503, True)
    assert set(PageCode.objects.values_list("state", flat=True)) == {"refused"}


def test_a_mobile_gets_it_as_a_text_message(ada: Customer, door: Open, settings: Settings) -> None:
    settings.DUNNING_CHANNELS = {"sms": {"class": "dunning.channels.memory.MemoryChannel"}}
    ada.contacts.update(phone="+49 151 12345678")
    at_door = door(ada)
    assert "••• 78" in words(at_door.get("code/"))
    ask(at_door, "sms")
    assert PageCode.objects.get().state == "sent"
