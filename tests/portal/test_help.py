"""What customers say on their page besides paying: the forms, what becomes of them, and what must not happen."""

import logging
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from customers.models import Customer, Hold
from dunning.models import CustomerRequest
from payments.gateways.sandbox import TEST_CARDS
from payments.models import InstalmentPlan
from payments.operations import cards
from tests.people import owes, person
from tests.portal.conftest import Door, words

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]
NUMBER = "4242 4242 4242 4242"


def in_days(days: int) -> str:
    return str(timezone.localdate() + timedelta(days=days))


@pytest.fixture
def at_door(door: Open, ada: Customer) -> Door:
    owes(ada, "300.00", number="R-1")
    owes(ada, "80.00", number="R-2")
    return door(ada)


def test_page_offers_what_else_there_is_to_say(at_door: Door) -> None:
    page = words(at_door.get("help/"))
    for way in ("Pay later", "Pay in parts", "I need more time", "An invoice is wrong", "I have already paid"):
        assert way in page
    assert "You cannot pay now, or something is wrong?" in words(at_door.get())


def test_later_is_agreed_at_once_and_shown_on_the_page(at_door: Door) -> None:
    page = at_door.client.post(f"/p/{at_door.token}/help/later/", {"on": in_days(7)}, follow=True)
    assert "Agreed. Thank you!" in words(page)
    assert "Until then we send you no reminders." in words(at_door.get())
    assert at_door.get("help/extension/").status_code == 302


def test_second_tab_finds_what_the_first_one_made(at_door: Door) -> None:
    first = at_door.post("help/later/", on=in_days(7))
    second = at_door.post("help/later/", on=in_days(9))
    assert first["Location"] == second["Location"]
    assert CustomerRequest.objects.count() == 1


@pytest.mark.parametrize("day", ["", "tomorrow", "2020-01-01", in_days(0), in_days(400), "9999-12-31"])
def test_day_that_cannot_be_meant_is_asked_for_again(at_door: Door, day: str) -> None:
    assert at_door.post("help/later/", on=day).status_code == 400
    assert not CustomerRequest.objects.exists()


def test_prepared_choice_is_filled_in_and_changes_nothing(at_door: Door) -> None:
    html = at_door.get("help/later/?on=friday").content.decode()
    [filled] = [line for line in html.split('value="') if line[:4] == str(timezone.localdate().year)][:1] or [""]
    assert date.fromisoformat(filled[:10]).isoweekday() == 5
    assert not (CustomerRequest.objects.exists() or Hold.objects.exists())


def test_parts_are_shown_first_and_agreed_to_by_one_press(at_door: Door) -> None:
    shown = words(at_door.get("help/parts/EUR/?parts=2"))
    assert shown.count("€190.00") == 2
    told = {"parts": "2", "start": in_days(0), "total": "380.0000"}
    page = at_door.client.post(f"/p/{at_door.token}/help/parts/EUR/", told, follow=True)
    assert "Pay the first part now" in words(page)
    plan = InstalmentPlan.objects.get()
    assert (plan.amount, plan.instalments.count(), plan.covered.count()) == (380, 2, 2)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"parts": "2", "total": "379"}, 409),
        ({"parts": "1", "total": "380"}, 200),
        ({"parts": "25", "total": "380"}, 200),
        ({"parts": "x", "total": "NaN"}, 409),
        ({}, 409),
    ],
)
def test_parts_that_were_not_shown_are_not_agreed(at_door: Door, told: dict[str, str], status: int) -> None:
    assert at_door.post("help/parts/EUR/", **told).status_code == status
    assert not InstalmentPlan.objects.exists()


def test_disputed_invoice_is_marked_and_not_called_due(at_door: Door) -> None:
    wrong = at_door.customer.invoices.get(number="R-2")
    at_door.post("help/dispute/", invoice=str(wrong.pk), amount="20", text="Two hours too many")
    page = words(at_door.get())
    assert "You told us that €20.00 of it is wrong." in page
    assert "€360.00 of it is due now." in page
    at_door.post("help/dispute/", invoice=str(at_door.customer.invoices.get(number="R-1").pk), text="Never ordered")
    page = words(at_door.get())
    assert "You told us that it is wrong. A person looks at it." in page
    assert "€60.00 of it is due now." in page
    assert CustomerRequest.objects.earliest("pk").amount == 20


def test_what_would_be_about_nothing_is_not_offered(at_door: Door) -> None:
    for invoice in at_door.customer.invoices.all():
        at_door.post("help/dispute/", invoice=str(invoice.pk), text="Wrong")
    page = at_door.get("help/").content.decode()
    assert "help/dispute/" not in page and "help/parts/" not in page and "help/paid/" in page
    for path in ("help/dispute/", "help/parts/EUR/"):
        assert at_door.get(path)["Location"] == f"/p/{at_door.token}/help/"
    at_door.customer.invoices.update(balance=0)
    assert at_door.get("help/paid/")["Location"] == f"/p/{at_door.token}/help/"


def test_nobody_disputes_what_is_anothers(at_door: Door) -> None:
    foreign = owes(person("Bo Nilsson"), "50.00")
    assert at_door.post("help/dispute/", invoice=str(foreign.pk), text="x").status_code == 400
    assert not CustomerRequest.objects.exists()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("help/extension/", {"on": in_days(3), "text": f"Take it from {NUMBER}"}),
        ("help/dispute/", {"text": NUMBER}),
        ("help/paid/", {"on": in_days(-1), "reference": NUMBER}),
        ("help/paid/", {"on": in_days(-1), "reference": NUMBER + " and much more" * 20}),
        ("help/call/", {"day_part": "noon", "phone": NUMBER}),
        ("help/stranger/", {"text": f"{NUMBER} 12/28"}),
        ("help/difficulty/", {"what": "closing", "text": NUMBER.replace(" ", "")}),
    ],
)
def test_card_number_is_refused_in_every_field_and_kept_nowhere(
    at_door: Door, path: str, told: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    told = {"invoice": str(at_door.customer.invoices.earliest("pk").pk), **told}
    with caplog.at_level(logging.DEBUG):
        page = at_door.post(path, **told)
    assert page.status_code == 400
    assert "This looks like the number of a card." in words(page)
    assert "4242" not in page.content.decode()
    assert not any(
        "4242" in str(record.args) + record.getMessage() for record in caplog.records if "sql" not in record.name
    )
    assert not CustomerRequest.objects.exists()


def test_customer_in_difficulty_reaches_a_person(at_door: Door) -> None:
    page = at_door.client.post(f"/p/{at_door.token}/help/difficulty/", {"what": "closing"}, follow=True)
    at_door.customer.refresh_from_db()
    assert "A person looks at it and answers by" in words(page)
    assert at_door.customer.vulnerable_since


def test_requests_of_others_are_not_found(at_door: Door, door: Open) -> None:
    at_door.post("help/later/", on=in_days(7))
    stranger = door(person("Bo Nilsson"))
    assert stranger.get(f"help/{CustomerRequest.objects.get().pk}/").status_code == 404
    assert stranger.get("help/nonsense/").status_code == 404


def test_who_owes_nothing_is_offered_no_time(door: Open, ada: Customer) -> None:
    at_door = door(ada)
    assert "Pay later" not in words(at_door.get("help/"))
    assert at_door.get("help/later/").status_code == 302
    assert at_door.get("help/parts/EUR/").status_code == 302


def test_card_is_charged_on_the_day_its_owner_named(at_door: Door) -> None:
    card = TEST_CARDS["test_4242"].card
    cards.keep(at_door.customer, card, gateway="sandbox", may_charge=True, now=timezone.now())
    page = at_door.client.post(f"/p/{at_door.token}/help/later/", {"on": in_days(3), "charge": "on"}, follow=True)
    assert "we charge what is then open to Visa •••• 4242" in words(page)
