"""How customers want to be written to: kept as they say it, with source and time; another contact goes by a person."""

from collections.abc import Callable

import pytest
from django.test import Client

from customers.models import Contact, ContactStop, Customer
from dunning.models import CustomerRequest
from tests.people import person
from tests.portal.conftest import Door, words

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]


def choose(at_door: Door, language: str, *refused: str) -> str:
    client: Client = at_door.client
    told = {"language": language, "refused": list(refused)}
    return words(client.post(f"/p/{at_door.token}/preferences/", told, follow=True))


def in_force() -> set[tuple[str, str, str]]:
    return set(ContactStop.objects.filter(released_at=None).values_list("channel", "topic", "source"))


def test_language_is_kept_and_spoken_at_once(door: Open, ada: Customer) -> None:
    assert "Wir haben das notiert." in choose(door(ada), "de")
    ada.refresh_from_db()
    assert ada.language == "de"


def test_dialect_survives_when_only_something_else_is_chosen(door: Open) -> None:
    customer = person("Ada Lindgren", language="de-AT")
    choose(door(customer), "de", "calls")
    customer.refresh_from_db()
    assert customer.language == "de-AT"


def test_refusals_are_kept_with_their_source_and_taken_back(door: Open, ada: Customer) -> None:
    source, at_door = "on their own page", door(ada)
    choose(at_door, "en", "extras", "texts")
    assert in_force() == {("", "early", source), ("", "thanks", source), ("sms", "", source)}
    choose(at_door, "en", "texts")
    assert in_force() == {("sms", "", source)}
    assert 'value="texts" checked' in at_door.get("preferences/").content.decode()


def test_what_the_desk_noted_otherwise_stays(door: Open, ada: Customer) -> None:
    ContactStop.objects.create(customer=ada, source="By letter", since=ada.created_at)
    choose(door(ada), "en")
    assert in_force() == {("", "", "By letter")}


def test_half_of_a_refusal_that_the_desk_noted_stays(door: Open, ada: Customer) -> None:
    ContactStop.objects.create(customer=ada, topic="thanks", source="By phone", since=ada.created_at)
    choose(door(ada), "de")
    assert in_force() == {("", "thanks", "By phone")}


@pytest.mark.parametrize("told", [("xx", ()), ("en", ("everything",))])
def test_what_is_not_offered_is_not_kept(door: Open, ada: Customer, told: tuple[str, tuple[str, ...]]) -> None:
    choose(door(ada), told[0], *told[1])
    ada.refresh_from_db()
    assert (ada.language, in_force()) == ("en", set())


def test_another_contact_changes_nothing_until_a_person_has_looked(door: Open, ada: Customer) -> None:
    door(ada).known().post("help/contact/", name="Bo Nilsson", email="bo@example.com")
    request = CustomerRequest.objects.get()
    assert (request.kind, request.state, request.text) == ("contact", "waiting", "Bo Nilsson <bo@example.com>")
    assert not Contact.objects.filter(email="bo@example.com").exists()
