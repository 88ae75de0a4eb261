"""Limits by link and by address, shared by all processes; and cards that are tried out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from customers.models import Customer
from dunning.models import Case, DoorCount, RefusedCard, Task
from dunning.operations import doors
from dunning.rules.doors import LIMITS, Deed
from payments.gateways.base import Card, CardOnOffer, ChargeRequest, ChargeResult
from payments.gateways.sandbox import SandboxGateway
from payments.models import CardPage, ChargeAttempt, PaymentMethod
from tests.campaigns import standard_campaign
from tests.gateways import use_gateway
from tests.people import NOW, owes, person
from tests.portal.conftest import DECLINED, NO_FUNDS, Door, words

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]
ADDRESS = "81.2.69.142"
KINDLY = "Several cards were refused."


def few(monkeypatch: pytest.MonkeyPatch, **most: int) -> None:
    for name, number in most.items():
        deed = Deed(name)
        monkeypatch.setitem(LIMITS, deed, doors_limit(deed, number))


def doors_limit(deed: Deed, most: int) -> Any:
    return type(LIMITS[deed])(most, timedelta(days=1))  # a long window: no seam within the test


def test_s21_guessing_links_is_limited_by_address_and_counts_for_nobody_else(
    ada: Customer, door: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch, guess=3)
    at_door = door(ada)
    asked = [Client(REMOTE_ADDR=ADDRESS).get(f"/p/{'x' * 42}{n}/") for n in range(5)]
    assert [answer.status_code for answer in asked] == [404, 404, 404, 429, 429]
    assert int(asked[-1]["Retry-After"]) > 0
    assert asked[-1]["Cache-Control"] == "no-store"
    assert Client(REMOTE_ADDR=ADDRESS).get(f"/p/{at_door.token}/").status_code == 200  # a good link is no guess
    assert Client(REMOTE_ADDR="81.2.69.143").get("/p/wrong/").status_code == 404
    assert ADDRESS not in str(list(DoorCount.objects.values()))


@pytest.mark.parametrize(("deed", "who"), [("send", {}), ("send_from", {"REMOTE_ADDR": ADDRESS})])
def test_s21_forms_are_limited_by_link_and_by_address(
    ada: Customer, door: Open, monkeypatch: pytest.MonkeyPatch, gateway: SandboxGateway, deed: str, who: dict[str, str]
) -> None:
    owes(ada, "420.00")
    few(monkeypatch, **{deed: 2})
    at_door = door(ada)
    at_door.client = Client(**who)  # type: ignore[arg-type]
    sent = [at_door.post("pay/EUR/", key=at_door.key(), how_much="none", card="x") for _ in range(3)]
    assert [answer.status_code for answer in sent] == [400, 400, 429]
    assert "Nothing was taken." in words(sent[-1])
    assert (at_door.get().status_code, gateway.lines()) == (200, [])


def test_s21_feedback_has_a_limit_of_its_own(ada: Customer, door: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, feedback=2)
    at_door = door(ada)
    sent = [at_door.post("feedback/", clear="", words="") for _ in range(3)]
    assert [answer.status_code for answer in sent] == [400, 400, 429]


def test_s21_counts_are_kept_in_the_database_and_swept_when_over(ada: Customer, door: Open) -> None:
    door(ada).post("feedback/", clear="yes")
    assert {row.deed for row in DoorCount.objects.all()} == {"send", "feedback"}
    last = DoorCount.objects.latest("window_at").window_at
    assert doors.sweep(now=last) == 0
    assert doors.sweep(now=last + timedelta(days=2)) == 2


class ManyCards(SandboxGateway):
    """Every token is another card, and each is refused."""

    def cards_on_offer(self) -> list[CardOnOffer]:
        return [CardOnOffer(Card(f"stolen_{n}", "visa", f"000{n}"), "stolen") for n in range(9)]

    def charge(self, request: ChargeRequest) -> ChargeResult:
        refused = super().charge(replace(request, card=DECLINED))
        return replace(refused, card=Card(request.card, "visa", "0002", fingerprint=request.card))


@pytest.fixture
def thief(ada: Customer, door: Open, gateway: SandboxGateway, settings: Settings) -> Door:
    use_gateway(settings, ManyCards, gateway.journal)
    owes(ada, "420.00")
    Case.objects.create(customer=ada, version=standard_campaign(now=NOW), opened_at=NOW, next_action_at=NOW)
    return door(ada)


def test_s22_several_refused_cards_close_the_form_for_cards_and_tell_the_desk(thief: Door) -> None:
    for n in range(3):
        assert "did not go through" in words(thief.pay("part", amount="1", card=f"stolen_{n}")) or n == 2
    page = words(thief.get())
    assert (KINDLY in page, "Pay now" in page, "€420.00" in page) == (True, False, True)
    key = ChargeAttempt.objects.latest("pk").idempotency_key
    assert thief.post("pay/EUR/", key=key, how_much="all", card="stolen_4").status_code == 302
    assert ChargeAttempt.objects.count() == 3
    task = Task.objects.get(kind="cards")
    assert ("revoke the personal link" in task.script, task.case.customer) == (True, thief.customer)
    assert RefusedCard.objects.exclude(closed_until=None).count() == 1


def test_s22_the_form_stays_closed_for_who_kept_the_page_open(thief: Door) -> None:
    for n in range(3):
        thief.pay("part", amount="1", card=f"stolen_{n}")
    RefusedCard.objects.update(link=thief.customer.portal_links.get())
    fresh = Door(thief.customer)
    assert KINDLY not in words(fresh.get())  # another link, and nobody knows the address
    key = fresh.key()
    answer = thief.post("pay/EUR/", key=key, how_much="part", amount="1", card="stolen_5")
    assert (answer.status_code, "Nothing was taken." in words(answer)) == (429, True)
    page = CardPage.objects.create(customer=thief.customer, gateway="sandbox", currency="EUR", opened_at=NOW)
    for path, told in (("card/", {"do": "enter"}), ("card/", {"card": "stolen_5"}), (f"cards/{page.pk}/", {})):
        answer = thief.post(path, **told)
        assert (path, answer.status_code, "Several payments" in words(answer)) == (path, 429, True)
    RefusedCard.objects.update(refused_at=RefusedCard.objects.latest("pk").refused_at - timedelta(hours=2))
    assert KINDLY not in words(thief.get())


def test_s22_a_closed_form_keeps_nobody_from_taking_back_what_they_gave(thief: Door) -> None:
    told = {"token": "stolen_9", "last4": "0009", "stored_at": NOW, "charge_agreed_at": NOW, "is_default": True}
    kept = PaymentMethod.objects.create(customer=thief.customer, gateway="sandbox", **told)
    for n in range(3):
        thief.pay("part", amount="1", card=f"stolen_{n}")
    assert "Change the stored cards" in words(thief.get())
    thief.post("card/", do="disagree", method=str(kept.pk))
    kept.refresh_from_db()
    assert kept.charge_agreed_at is None
    assert "removed" in thief.post("card/", do="remove", method=str(kept.pk))["Location"]


def test_s22_cards_tried_by_many_links_from_one_address_close_it_too(
    thief: Door, gateway: SandboxGateway, door: Open
) -> None:
    for n in range(5):
        customer = person(f"Grace Okafor of house {n}")
        owes(customer, "10.00")
        at_door = door(customer)
        at_door.client = Client(REMOTE_ADDR=ADDRESS)
        at_door.pay("part", amount="1", card=f"stolen_{n}")
    thief.client = Client(REMOTE_ADDR=ADDRESS)
    assert KINDLY in words(thief.get())
    thief.client = Client(REMOTE_ADDR="81.2.69.143")
    assert KINDLY not in words(thief.get())


def test_s22_one_card_that_is_refused_again_closes_nothing(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    for _ in range(3):
        at_door.pay("part", amount="1", card=NO_FUNDS)
    assert KINDLY not in words(at_door.get())
