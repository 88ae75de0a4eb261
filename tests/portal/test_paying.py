"""Paying on the customer's page: how much, which invoice, once, in which currency."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import Customer
from customers.operations.ledger import credit
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt, Payment
from tests.charging import balances, taken
from tests.people import owes, person
from tests.portal.conftest import Door, words

pytestmark = pytest.mark.django_db


Open = Callable[[Customer], Door]


def test_page_shows_what_is_owed_invoice_by_invoice(ada: Customer, door: Open) -> None:
    owes(ada, "420.00", due="2026-02-01", number="R-1", what="Consulting in January")
    owes(ada, "80.50", due="2026-02-10", number="R-2")
    page = words(door(ada).known().get())
    for part in ("Ada Lindgren", "€500.50", "R-1 Consulting in January Due since 1 February 2026", "€420.00", "€80.50"):
        assert part in page


def test_paying_everything_settles_it_and_shows_a_receipt(ada: Customer, door: Open) -> None:
    owes(ada, "420.00", due="2026-02-01", number="R-1")
    owes(ada, "80.50", due="2026-02-10", number="R-2")
    receipt = door(ada).pay()
    payment = Payment.objects.get()
    assert balances(ada) == [0, 0]
    assert receipt.status_code == 200
    for part in ("Thank you!", "€500.50", payment.reference, "R-1", "€420.00", "Nothing else is open."):
        assert part in words(receipt)


def test_page_after_everything_is_paid_says_thank_you_and_lists_the_payment(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    at_door.pay()
    page = at_door.get()
    assert "Everything is paid. Thank you!" in words(page)
    assert f"payments/{ChargeAttempt.objects.get().pk}/" in page.content.decode()


def test_what_is_due_can_be_paid_alone(ada: Customer, door: Open) -> None:
    owes(ada, "420.00", due="2026-02-01")
    later = timezone.now().date() + timedelta(days=30)
    owes(ada, "99.00", due=later.isoformat())
    at_door = door(ada)
    assert "€420.00 of it is due now." in words(at_door.get())
    at_door.pay("due")
    assert balances(ada) == [0, 99]


def test_part_is_read_in_the_customers_own_writing(door: Open) -> None:
    jonas = person("Jonas Weiß", language="de", country="DE")
    owes(jonas, "2000.00")
    door(jonas).pay("part", amount="1.234,50")
    assert balances(jonas) == [Decimal("765.50")]


@pytest.mark.parametrize("amount", ["", "0", "-5", "420.01", "1e2", "12.345", "abc", "9" * 30, "NaN", "1,2,3", "\x00"])
def test_wrong_amount_is_said_kindly_and_nothing_is_taken(
    ada: Customer, door: Open, gateway: SandboxGateway, amount: str
) -> None:
    owes(ada, "420.00")
    page = door(ada).pay("part", amount=amount)
    assert page.status_code == 400
    assert "Nothing was taken yet." in words(page)
    assert (gateway.lines(), ChargeAttempt.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"how_much": "double"},
        {"how_much": ""},
        {"card": "4242"},
        {"card": ""},
        {"card": "kept-1"},
        {"card": "new"},
        {"card": "page-1"},
    ],
)
def test_choice_that_was_not_offered_is_refused(
    ada: Customer, door: Open, gateway: SandboxGateway, fields: dict[str, str]
) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    sent = {"key": at_door.key(), "how_much": "all", "card": "test_4242", **fields}
    assert at_door.post("pay/EUR/", **sent).status_code == 400
    assert gateway.lines() == []


def test_amount_and_currency_in_the_form_change_nothing(ada: Customer, door: Open, gateway: SandboxGateway) -> None:
    owes(ada, "420.00")
    door(ada).pay("all", amount="0.01", sum="0.01", total="0.01", invoice_ids="1,2,3")
    assert taken(gateway) == [420]
    assert gateway.lines()[0].currency == "EUR"


def test_one_invoice_can_be_paid_alone(ada: Customer, door: Open) -> None:
    owes(ada, "420.00", due="2026-02-01")
    young = owes(ada, "80.50", due="2026-02-10", number="R-2")
    at_door = door(ada)
    assert "Pay invoice R-2" in words(at_door.get(f"pay/EUR/?invoice={young.pk}"))
    at_door.pay("all", invoice=str(young.pk))
    assert balances(ada) == [420, 0]


def test_some_invoices_are_ticked_and_paid_together(ada: Customer, door: Open) -> None:
    owed = [owes(ada, amount, number=f"R-{amount}") for amount in ("420.00", "80.50", "19.50")]
    at_door = door(ada)
    ticked = "&".join(f"invoice={invoice.pk}" for invoice in owed[1:])
    page = at_door.get(f"pay/EUR/?{ticked}")
    assert "Pay 2 invoices" in words(page)
    assert page.content.decode().count(" checked") == 4  # both invoices, all of them, and the first card
    told = {"key": at_door.key(), "how_much": "all", "card": "test_4242", "invoice": [str(one.pk) for one in owed[1:]]}
    at_door.client.post(f"/p/{at_door.token}/pay/EUR/", told)
    assert balances(ada) == [420, 0, 0]


def test_two_tabs_and_a_double_click_are_one_charge(ada: Customer, door: Open, gateway: SandboxGateway) -> None:
    owes(ada, "420.00")
    one, two = door(ada), door(ada)
    sent = {"key": one.key(), "how_much": "part", "amount": "100", "card": "test_4242"}
    assert two.key() == sent["key"]
    answers = [tab.post("pay/EUR/", **sent) for tab in (one, one, two)]
    attempt = ChargeAttempt.objects.get()
    assert [answer.url.endswith(f"/payments/{attempt.pk}/") for answer in answers] == [True] * 3
    assert taken(gateway) == [100]


def test_double_click_on_the_last_payment_shows_its_receipt(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    at_door = door(ada)
    sent = {"key": at_door.key(), "how_much": "all", "card": "test_4242"}
    assert at_door.post("pay/EUR/", **sent).url == at_door.post("pay/EUR/", **sent).url


def test_page_that_shows_an_old_amount_takes_nothing_and_says_so(
    ada: Customer, door: Open, gateway: SandboxGateway
) -> None:
    invoice = owes(ada, "420.00")
    at_door = door(ada)
    key = at_door.key()
    credit(invoice, Decimal(20), reason="late", now=timezone.now(), on=timezone.now().date(), by=None)
    page = at_door.post("pay/EUR/", key=key, how_much="all", card="test_4242")
    assert page.status_code == 409
    assert "Something has changed" in words(page)
    assert "€400.00" in words(page)
    assert gateway.lines() == []


@pytest.mark.parametrize("key", ["", "guessed", "0" * 64, "\x00"])
def test_made_up_key_takes_nothing(ada: Customer, door: Open, gateway: SandboxGateway, key: str) -> None:
    owes(ada, "420.00")
    assert door(ada).post("pay/EUR/", key=key, how_much="all", card="test_4242").status_code == 409
    assert gateway.lines() == []


def test_each_currency_is_totalled_and_paid_by_itself(ada: Customer, door: Open) -> None:
    owes(ada, "420.00", due="2026-02-01")
    owes(ada, "1250000", "JPY", due="2026-02-02")
    owes(ada, "5.125", "KWD", due="2026-02-03")
    at_door = door(ada)
    page = words(at_door.get())
    for total in ("€420.00", "JP¥1,250,000", "KWD 5.125"):
        assert f"Pay {total} or a part" in page
    at_door.pay(currency="KWD")
    assert balances(ada) == [420, 1250000, 0]


def test_paid_currency_and_paid_invoice_lead_back_to_the_overview(ada: Customer, door: Open) -> None:
    invoice = owes(ada, "420.00")
    at_door = door(ada)
    key = at_door.key()
    at_door.pay()
    home = f"/p/{at_door.token}/"
    assert at_door.get("pay/EUR/").url == home
    assert at_door.get(f"pay/EUR/?invoice={invoice.pk}").url == home
    Payment.objects.update(reference="elsewhere")
    ChargeAttempt.objects.update(idempotency_key="another")
    assert at_door.post("pay/EUR/", key=key, how_much="all", card="test_4242").url == home


def test_hundreds_of_invoices_are_a_light_page_with_the_rest_one_click_away(ada: Customer, door: Open) -> None:
    for number in range(45):
        owes(ada, "10.00", number=f"R-{number:03}")
    at_door = door(ada)
    page = at_door.get()
    assert words(page).count("R-0") == 40
    assert "Show all 45 invoices" in words(page)
    assert words(at_door.get("pay/EUR/?all")).count("R-0") == 45
    assert len(page.content) < 60_000
    at_door.pay()
    assert sum(balances(ada)) == 0


@pytest.mark.parametrize("invoices", [1, 3])
def test_page_takes_as_many_queries_for_three_invoices_as_for_one(  # type: ignore[no-untyped-def]
    ada: Customer, door: Open, invoices: int, django_assert_num_queries
) -> None:
    for _ in range(invoices):
        owes(ada, "10.00")
    at_door = door(ada)
    at_door.get()  # the first visit is remembered
    with django_assert_num_queries(15):
        at_door.get()
