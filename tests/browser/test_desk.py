"""The desk in a real browser: nothing blocked, nothing broken, usable by keyboard, screen reader and phone."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.db.models import Model
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Page, Request
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer, Hold, Invoice, SuppressedAddress
from dunning.models import (
    Campaign,
    CampaignVersion,
    Case,
    HandOver,
    MailboxMessage,
    OutgoingEvent,
    Rehearsal,
    Reply,
    ReportAnswer,
    Task,
    Template,
)
from payments.models import BankLine, Claim, ClaimRule, InstalmentPlan
from tests.provider import Provider
from tests.screens.books import books_with

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1400, "height": 900}
# Alpine takes the cloak off once it has started.
IS_WHOLE = (
    "document.readyState === 'complete' && document.fonts.status === 'loaded' && !document.querySelector('[x-cloak]')"
)
NEXT_FRAME = "new Promise(requestAnimationFrame)"
MOST_FRAMES = 1800


@dataclass
class Visit:
    """A signed-in person's browser, and what it complained about."""

    page: Page
    server: str
    complaints: list[str] = field(default_factory=list)
    under_way: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.under_way.add(request))
        self.page.on("requestfinished", lambda request: self.under_way.discard(request))
        self.page.on("requestfailed", lambda request: self.under_way.discard(request))

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def open(self, url: str) -> Page:
        """The page once it is whole: everything it asked for has come, and its scripts have started."""
        answer = self.page.goto(self.server + url)
        assert answer is not None and answer.ok, url
        self.page.wait_for_function(IS_WHOLE)
        for _ in range(MOST_FRAMES):
            self.page.evaluate(NEXT_FRAME)
            if not self.under_way:
                return self.page
        pytest.fail(f"{url} still waits for {[request.url for request in self.under_way]}")


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer, provider: Provider) -> Iterator[Visit]:
    User.objects.create_superuser("frida", password="only for this test")
    books_with(2)
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    visit = Visit(context.new_page(), live_server.url)
    visit.open("/desk/login/")
    visit.page.fill("#id_username", "frida")
    visit.page.fill("#id_password", "only for this test")
    visit.page.click("button[type=submit]")
    visit.page.wait_for_url("**/desk/")
    yield visit
    context.close()


def waiting_line() -> BankLine:
    return BankLine.objects.filter(state="waiting").earliest("pk")


def row(model: type[Model], page: str = "change") -> str:
    """A page of the first row there is."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=[model._default_manager.order_by("pk").values_list("pk", flat=True)[0]])


def listed(model: type[Model], page: str = "changelist") -> str:
    """A page about all rows."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def pages_about_customers() -> dict[str, str]:
    return {
        "first page": "/desk/",
        "customer": row(Customer),
        "campaign chosen by hand": row(Customer, "choose_campaign"),
        "invoices": listed(Invoice),
        "invoice": row(Invoice),
        "cases": listed(Case),
        "case": row(Case),
        "pause": row(Case, "pause"),
        "tasks": listed(Task),
        "task": row(Task),
        "hand-over": row(HandOver),
        "event to the service": row(OutgoingEvent),
        "reports": listed(ReportAnswer, "reports"),
        "report": reverse("admin:dunning_reportanswer_report", args=["recovery"]),
        "month end": listed(ReportAnswer, "month_end"),
    }


def pages_about_letters() -> dict[str, str]:
    return {
        "campaign": row(Campaign),
        "version": row(CampaignVersion),
        "check": row(CampaignVersion, "check"),
        "moving cases": row(CampaignVersion, "move_cases"),
        "switching on": row(Campaign, "switch_on"),
        "import of a campaign": listed(Campaign, "import"),
        "text": row(Template),
        "mail": row(MailboxMessage),
        "replies": listed(Reply),
        "reply": row(Reply),
        "suppressed address": row(SuppressedAddress),
        "rehearse": listed(Rehearsal, "ask"),
        "rehearsal": row(Rehearsal),
        "calendar": listed(Rehearsal, "calendar"),
    }


def pages_about_money() -> dict[str, str]:
    return {
        "bank lines": listed(BankLine),
        "bank line": bank_line(),
        "bank file": listed(BankLine, "upload"),
        "plans": listed(InstalmentPlan),
        "plan": row(InstalmentPlan),
        "proposal": f"{listed(InstalmentPlan, 'propose')}?customer={Customer.objects.earliest('pk').pk}",
        "claims": listed(Claim),
        "claim": row(Claim),
        "law": row(ClaimRule),
    }


def bank_line() -> str:
    return reverse("admin:payments_bankline_change", args=[waiting_line().pk])


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical, by rule and place; the theme's own list markup is upstream's."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def test_every_page_is_accessible_fits_a_phone_and_loads_nothing_from_elsewhere(visit: Visit) -> None:
    """One walk for all that is asked of every page: opening each is what takes the time."""
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    for name, url in (pages_about_customers() | pages_about_letters() | pages_about_money()).items():
        page = visit.open(url)
        assert serious(page) == [], name
        assert (page.locator("main").count(), page.locator("h1").count()) == (1, 1), name
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        fits = "document.documentElement.scrollWidth <= window.innerWidth"
        page.wait_for_function(fits)  # charts take a moment to shrink
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
    assert visit.complaints == []
    assert [url for url in asked if not url.startswith((visit.server, "data:", "about:"))] == []


def test_a_case_is_paused_by_keyboard_alone(visit: Visit) -> None:
    page = visit.open(row(Case))
    page.get_by_role("link", name="Pause", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pause/")
    page.get_by_label("Reason").focus()
    page.keyboard.type("Asked for time")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    assert page.get_by_role("status").get_by_text("Paused until resumed: Asked for time").is_visible()
    assert Hold.objects.filter(kind=Hold.Kind.PAUSE).count() == 1
    assert page.get_by_role("link", name="Resume").is_visible()


def test_a_bank_line_is_matched_by_keyboard_alone(visit: Visit) -> None:
    line = waiting_line()
    page = visit.open(bank_line())
    page.get_by_role("button", name="Post to Ada Lindgren").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("posted to Ada Lindgren").wait_for()
    line.refresh_from_db()
    assert line.state == "posted"


def test_filters_and_menu_open_by_keyboard(visit: Visit) -> None:
    page = visit.open(listed(Case))
    page.get_by_role("button", name="Filters", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Apply Filters").wait_for()
    page.keyboard.press("Escape")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("button", name="Show or hide the menu").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Gateway invoices").wait_for()


def test_the_skip_link_is_the_first_stop(visit: Visit) -> None:
    page = visit.open("/desk/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"


def test_ages_are_drawn(visit: Visit) -> None:
    page = visit.open("/desk/")
    drawn = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v)"
    assert page.locator("canvas.chart").evaluate(drawn)


def test_links_in_a_mail_open_in_a_new_tab_and_its_scripts_stay_dead(visit: Visit) -> None:
    message = MailboxMessage.objects.order_by("pk").first()
    assert message is not None
    html = b"<p><a href='/desk/logout-page/'>Pay now</a></p><script>top.location = 'about:blank'</script>"
    message.raw = b"Subject: S\nContent-Type: text/html; charset=utf-8\n\n" + html
    message.save()
    page = visit.open(row(MailboxMessage))
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_text("Pay now").click()
    assert opened.value is not page
    assert page.url.endswith("/change/")
