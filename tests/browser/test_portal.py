"""The customer's page in a real browser: every state, light and dark, on a phone, without script, by keyboard alone."""

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer, Invoice
from customers.operations.ledger import credit
from dunning.operations import brand
from dunning.operations.brand import BIGGEST_LOGO
from dunning.operations.links import issue
from payments.gateways.sandbox import SandboxGateway
from payments.models import BankAccount, ChargeAttempt, Payment
from tests.gateways import LosesTheAnswer, use_gateway
from tests.people import owes, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("gateway")]
PHONE = {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 640}  # WCAG 1.4.10
EXPECTED = ("404", "400", "403", "409", "429")  # the browser notes every such answer; the page is what was asked for


@dataclass
class Reader:
    """A customer's browser at the customer's page, with what it complained about and what it fetched."""

    page: Page
    home: str
    complaints: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", lambda answer: self.answers.append(answer))

    def open(self, path: str = "") -> Page:
        self.page.goto(self.home + path)
        return self.page

    def pay(self, card: str = "test_4242", part: str = "") -> None:
        self.page.check(f"input[value={card}]")
        if part:
            self.page.check("input[value=part]")
            self.page.fill("#amount", part)
        self.page.click("form[method=post] button")

    def blocked(self) -> list[str]:
        """Complaints other than the browser's note of a status."""
        return [text for text in self.complaints if not any(f"status of {status}" in text for status in EXPECTED)]


def at_the_door(customer: Customer, context: BrowserContext, server: LiveServer) -> Reader:
    """A new tab for the customer's own page, which is not open yet."""
    token = issue(customer, now=timezone.now())[1]
    return Reader(context.new_page(), f"{server.url}/p/{token}/")


@pytest.fixture
def reader(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Reader]]:
    contexts: list[BrowserContext] = []

    def at_the_door_of(customer: Customer, **options: Any) -> Reader:
        contexts.append(browser.new_context(**{"viewport": PHONE, **options}))
        return at_the_door(customer, contexts[-1], live_server)

    yield at_the_door_of
    for context in contexts:
        context.close()


def müller() -> Customer:
    """A customer with long names in German, two invoices of a year ago and one that is not due."""
    name = "Großhandelsgesellschaft für Feinmechanik Müller-Lüdenscheidt & Söhne mbH"
    customer = person(name, number="K-73401", language="de", country="DE")
    owes(customer, "12345.67", what="Instandhaltungsvertrag für die Werkzeugmaschinen im Werk Castrop-Rauxel")
    owes(customer, "890.00", number="RE-2026-000123456789012345678901234567890", what="Ersatzteile")
    owes(customer, "50.00", due=(timezone.now().date() + timedelta(days=30)).isoformat())
    return customer


def amina() -> Customer:
    """A customer who owes in two currencies, without decimals and with three."""
    customer = person("Amina Al-Sabah", country="KW")
    owes(customer, "1250000", "JPY", what="Design work")
    owes(customer, "1234.567", "KWD", what="Hosting")
    return customer


def every_state(reader: Reader, settings: Settings, gateway: SandboxGateway) -> Iterator[str]:
    """Lead the reader through every page there is; each name says what is on the screen now."""
    yield from choosing(reader)
    yield from what_becomes_of_payments(reader)
    yield from trouble(reader, settings, gateway)


def choosing(reader: Reader) -> Iterator[str]:
    page, invoice = reader.page, Invoice.objects.order_by("pk")[0]
    reader.open()
    yield "debt"
    page.check("input[value=part]")
    yield "part chosen"
    page.check("ul.invoices li:nth-child(2) input")
    page.click("form[method=get] button")
    yield "one invoice"
    reader.open()
    reader.pay(part="abc")
    yield "wrong amount"
    credit(invoice, Decimal(1), reason="late", now=timezone.now(), on=timezone.now().date(), by=None)
    reader.pay(part="1")
    yield "changed meanwhile"
    reader.open("card/")
    yield "no card"
    page.check("input[value=test_3155]")
    page.click("form[method=post] button")
    yield "card stored"


def what_becomes_of_payments(reader: Reader) -> Iterator[str]:
    page = reader.page
    reader.open()
    reader.pay("test_9995", part="1")
    yield "no funds"
    page.click("a.button")
    reader.pay("test_0002", part="1")
    yield "declined"
    page.click("a.button")
    reader.pay("test_3155", part="1")
    yield "approval"
    reader.open()
    yield "approval waits"
    page.click(".hint a")
    page.click("button[value=no]")
    yield "not approved"
    reader.open()
    reader.pay("test_4242", part="12.50")
    yield "receipt"


def trouble(reader: Reader, settings: Settings, gateway: SandboxGateway) -> Iterator[str]:
    page = reader.page
    use_gateway(settings, LosesTheAnswer, gateway.journal)
    reader.open()
    reader.pay("test_0002", part="2")
    yield "in doubt"
    reader.open()
    yield "still checking"
    ChargeAttempt.objects.filter(state="in_doubt").update(state="declined", finished_at=timezone.now())
    use_gateway(settings, SandboxGateway, gateway.journal)
    for _ in range(2):
        reader.open()
        reader.pay("test_0002", part="1")
    yield "too many failures"
    page.context.clear_cookies()
    reader.open("card/")
    page.check("input[value=test_4242]")
    page.context.clear_cookies()
    page.click("form[method=post] button")
    yield "no cookie"
    reader.open("payments/0/")
    yield "not found"


STATES = 18


def overflow(page: Page) -> int:
    """How many pixels stick out to the right."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_is_accessible_fits_a_small_phone_and_is_not_blocked(
    reader: Callable[..., Reader], settings: Settings, gateway: SandboxGateway, scheme: str
) -> None:
    at_door = reader(müller(), color_scheme=scheme)
    seen = []
    for state in every_state(at_door, settings, gateway):
        seen.append(state)
        violations = Axe().run(at_door.page).response["violations"]
        assert [(state, each["id"], [n["html"] for n in each["nodes"]]) for each in violations] == []
        at_door.page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
        assert (state, overflow(at_door.page)) == (state, 0)
        at_door.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert (len(set(seen)), at_door.blocked()) == (STATES, [])


def test_two_currencies_then_one_then_nothing_to_pay_are_accessible_too(reader: Callable[..., Reader]) -> None:
    at_door = reader(amina())
    page = at_door.page
    for title in ("Still open", "Still open KWD 1,234.567", "Nothing to pay"):
        at_door.open()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert Axe().run(page).response["violations"] == []
        assert overflow(page) == 0
        if title == "Still open":
            page.click("a.button[href$='/pay/JPY/']")
        if title != "Nothing to pay":
            at_door.pay()


def with_a_large_logo() -> None:
    """Noise, which takes nearly as much as a logo may."""
    file = io.BytesIO()
    Image.frombytes("RGB", (90, 90), random.Random(1).randbytes(90 * 90 * 3)).save(file, "PNG")
    told = brand.checked(accent="#17605a", page="#f5f4f0", sender_name="", footer="", logo=file.getvalue())
    assert len(brand.keep(told, now=timezone.now(), by=None).logo) > 0.9 * BIGGEST_LOGO


def test_pages_are_light_and_come_from_one_house(reader: Callable[..., Reader], live_server: LiveServer) -> None:
    customer = person("Ada Lindgren")
    for number in range(300):
        owes(customer, "10.00", number=f"R-{number:03}", what="Subscription, one month")
    BankAccount.objects.create(currency="EUR", holder="Example Company", iban="DE89370400440532013000")
    with_a_large_logo()
    at_door = reader(customer)
    at_door.open().wait_for_load_state("networkidle")
    assert all(answer.url.startswith(live_server.url) for answer in at_door.answers)
    assert len(at_door.answers) <= 5
    assert sum(len(answer.body()) for answer in at_door.answers) <= 100_000


def test_paying_works_without_script(reader: Callable[..., Reader]) -> None:
    at_door = reader(müller(), java_script_enabled=False)
    page = at_door.open()
    expect(page.locator("#amount")).to_be_hidden()
    at_door.pay("test_3155", part="1.234,50")
    page.click("button[value=yes]")
    expect(page.get_by_text("1.234,50 €").first).to_be_visible()
    assert [str(payment.amount) for payment in Payment.objects.all()] == ["1234.5000"]


def test_paying_and_asking_for_later_work_by_keyboard_alone(reader: Callable[..., Reader]) -> None:
    customer = person("Ada Lindgren")
    owes(customer, "420.00")
    page = reader(customer).open()

    def tab_to(selector: str) -> None:
        for _ in range(25):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab does not reach {selector}")

    tab_to("input[name=how_much]")
    page.keyboard.press("ArrowDown")
    tab_to("#amount")
    page.keyboard.type("20")
    tab_to("input[name=card]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    tab_to("input[name=keep_card]")
    page.keyboard.press("Space")
    tab_to("button")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    attempt = ChargeAttempt.objects.get()
    assert (attempt.amount, attempt.method is not None) == (20, True)
    tab_to("main a[href$='/']")  # what is still open
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Still open €400.00")
    tab_to("a[href$='/help/later/']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay later")
    tab_to("input[type=date]")
    on = timezone.now().date() + timedelta(days=5)
    page.keyboard.type(on.strftime("%m%d%Y"))  # as this browser's fields for a day are typed
    tab_to("form button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Agreed. Thank you!")).to_be_visible()
    assert [asked.asked_on for asked in customer.requests.all()] == [on]


def test_hasty_clicks_are_one_charge(reader: Callable[..., Reader], gateway: SandboxGateway) -> None:
    customer = person("Ada Lindgren")
    owes(customer, "420.00")
    at_door = reader(customer)
    second_tab = at_door.page.context.new_page()
    second_tab.goto(at_door.home)
    at_door.open().dblclick("form[method=post] button")
    for tab in (at_door.page, second_tab):
        if tab is second_tab:
            tab.click("form[method=post] button")
        expect(tab.get_by_role("heading", name="Thank you!")).to_be_visible()
    assert [line.captured for line in gateway.lines()] == [420]


def test_page_cannot_be_framed(reader: Callable[..., Reader], live_server: LiveServer) -> None:
    customer = person("Ada Lindgren")
    owes(customer, "420.00")
    at_door = reader(customer)
    at_door.page.set_content(f'<iframe src="{at_door.home}"></iframe>')
    at_door.page.wait_for_load_state("networkidle")
    framed = [frame for frame in at_door.page.frames if frame.parent_frame]
    assert all("Still open" not in frame.content() for frame in framed)
    assert any("frame" in text for text in at_door.complaints)
