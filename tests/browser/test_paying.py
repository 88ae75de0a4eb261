"""Paying through Stripe's API in a real browser: out to the card company's page or the bank's, and back again."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer
from payments.models import ChargeAttempt, Payment, PaymentMethod
from tests.browser.test_portal import PHONE, SMALLEST, Reader, at_the_door, müller, overflow
from tests.people import owes, person
from tests.stripe_processor import StripeProcessor

pytestmark = pytest.mark.django_db(transaction=True)
DESKTOP = {"width": 1280, "height": 900}
VISA, TO_APPROVE, DEBIT = "pm_card_visa", "pm_card_authenticationRequired", "pm_sepa_debit"
PICTURES = os.environ.get("PICTURES", "")  # a folder for a picture of every page, to look at


@pytest.fixture
def reader(
    browser: Browser, live_server: LiveServer, stripe: StripeProcessor, settings: Settings
) -> Iterator[Callable[..., Reader]]:
    settings.BASE_URL = live_server.url
    contexts: list[BrowserContext] = []

    def open_one(customer: Customer, **options: object) -> Reader:
        contexts.append(browser.new_context(**{"viewport": PHONE, **options}))
        return at_the_door(customer, contexts[-1], live_server)

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren", country="GB")
    owes(ada, "420.00", what="Consulting in January")
    return ada


def choose(page: Page, method: str) -> None:
    """On the card company's page."""
    page.check(f"input[value={method}]")
    page.click("button[value=yes]")


def pay_with_new(reader: Reader, method: str = VISA) -> Page:
    page = reader.open()
    page.check("input[value=new]")
    page.click("form[method=post] button")
    choose(page, method)
    page.click("form[method=post] button")
    return page


def every_page(reader: Reader, stripe: StripeProcessor) -> Iterator[str]:
    """Lead the reader through the whole way; each name says what is on the screen now."""
    page = reader.open()
    yield "debt"
    page.click("form[method=post] button")
    yield "card company"
    choose(page, "pm_card_visa_chargeDeclinedInsufficientFunds")
    yield "card company refuses"
    page.click("button[value=no]")
    yield "no card entered"
    page.click("form[method=post] button")
    choose(page, TO_APPROVE)
    yield "pay with it"
    page.check("input[name=keep_card]")
    page.click("form[method=post] button")
    yield "bank"
    reader.open(f"payments/{ChargeAttempt.objects.get().pk}/")
    yield "approval"
    page.click(".button")
    page.click("button[value=yes]")
    yield "receipt"
    reader.open("card/")
    yield "cards"
    page.click("button[value=enter]")
    choose(page, VISA)
    yield "keep it"
    page.check("input[name=may_charge]")
    page.click("button[value=keep]")
    yield "two cards"
    yield from debts_left(reader)


def debts_left(reader: Reader) -> Iterator[str]:
    owes(Customer.objects.get(), "99.00")
    page = reader.open()
    yield "kept cards"
    unattended(PaymentMethod.objects.get(last4="3184"))
    reader.open()
    yield "approval asked for"
    page.click("section.notice button")
    page.click("button[value=no]")
    yield "refused at the bank"
    pay_with_new(reader, DEBIT)
    yield "bank debit"


STATES = 15


def unattended(method: PaymentMethod) -> None:
    """The engine tried the card, and its bank wanted the customer."""
    last = ChargeAttempt.objects.latest("pk")
    last.pk, last.state, last.decline_code = None, ChargeAttempt.State.DECLINED, "authentication_required"
    last.idempotency_key, last.is_attended, last.method, last.payment = "by-the-engine", False, method, None
    last.amount, last.gateway_reference = 99, ""
    last.save()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_way_is_accessible_fits_a_phone_and_is_not_blocked(
    reader: Callable[..., Reader], stripe: StripeProcessor, scheme: str
) -> None:
    at_door = reader(müller(), color_scheme=scheme)
    seen = []
    for state in every_page(at_door, stripe):
        seen.append(state)
        violations = Axe().run(at_door.page).response["violations"]
        assert [(state, each["id"], [n["html"] for n in each["nodes"]]) for each in violations] == []
        for name, size in (("phone", PHONE), ("desk", DESKTOP), ("", SMALLEST)):
            at_door.page.set_viewport_size(size)  # type: ignore[arg-type]
            if PICTURES and name:
                picture = Path(PICTURES) / f"{len(seen):02}-{state}-{name}-{scheme}.png"
                at_door.page.screenshot(path=picture, full_page=True)
        assert (state, overflow(at_door.page)) == (state, 0)
        at_door.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert (len(set(seen)), at_door.blocked()) == (STATES, [])


def test_new_card_pays_without_script(reader: Callable[..., Reader], ada: Customer) -> None:
    page = pay_with_new(reader(ada, java_script_enabled=False), TO_APPROVE)
    page.click("button[value=yes]")
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    assert [payment.amount for payment in Payment.objects.all()] == [420]


def test_new_card_pays_by_keyboard_alone(reader: Callable[..., Reader], ada: Customer) -> None:
    page = reader(ada).open()

    def press_at(selector: str, key: str = "Enter") -> None:
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                page.keyboard.press(key)
                return
        raise AssertionError(f"Tab does not reach {selector}")

    press_at("form[method=post] button")
    page.wait_for_url("**/pay/cs_test_*")
    press_at("button[value=yes]")
    page.wait_for_url("**/cards/*/")
    press_at("input[name=keep_card]", "Space")
    press_at("form[method=post] button")
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    assert PaymentMethod.objects.get().last4 == "4242"


def test_hasty_clicks_and_a_second_tab_are_one_charge(
    reader: Callable[..., Reader], ada: Customer, stripe: StripeProcessor
) -> None:
    at_door = reader(ada)
    page = at_door.open()
    page.click("form[method=post] button")
    choose(page, VISA)
    page.wait_for_url("**/cards/*/")
    second_tab = page.context.new_page()
    second_tab.goto(page.url)
    page.dblclick("form[method=post] button")
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    second_tab.click("form[method=post] button")
    expect(second_tab.get_by_role("heading", name="Thank you!")).to_be_visible()
    assert [amount for _, amount in stripe.taken()] == [420]


def test_back_button_after_paying_shows_the_receipt_and_takes_nothing(
    reader: Callable[..., Reader], ada: Customer, stripe: StripeProcessor
) -> None:
    page = pay_with_new(reader(ada))
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    assert [amount for _, amount in stripe.taken()] == [420]


def test_customer_who_closes_the_banks_page_finds_the_payment_again(
    reader: Callable[..., Reader], ada: Customer
) -> None:
    at_door = reader(ada)
    page = pay_with_new(at_door, TO_APPROVE)
    page.wait_for_url("**/approve/*")
    at_door.open().click(".hint a")
    page.get_by_role("link", name="Go to your bank").click()
    page.click("button[value=no]")
    expect(page.get_by_role("heading", name="The payment did not go through")).to_be_visible()
    assert ada.invoices.get().balance == 420
