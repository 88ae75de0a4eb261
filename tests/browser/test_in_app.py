"""The script that an app's pages include, on a page of another origin: banner, dialog, wall; by keyboard; and gone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer
from customers.operations import consideration
from dunning.models import InAppNotice, Notice
from dunning.operations import delivery_news
from dunning.operations.tick import tick
from dunning.rules.words import Tone
from tests.in_app import in_app_campaign, switch_on, token
from tests.people import owes, pays, reachable

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
POLICY = "default-src 'none'; script-src {desk}; connect-src {desk}"  # an app that lets in nothing else
IS_INSIDE = "document.activeElement === document.body || !!document.activeElement.dataset.billingNotice"
PAGE = """<!DOCTYPE html><html lang="de"><title>App</title><body><main><h1>Die App</h1><button>Arbeiten</button></main>
<script src="{desk}/static/in_app/notices.js" data-token="{token}" defer></script></body></html>"""


@pytest.fixture
def ada(settings: Settings) -> Customer:
    switch_on(settings)
    cache.clear()
    now = timezone.now().replace(hour=12, minute=0) - DAY
    in_app_campaign(now=now - 9 * DAY)
    ada = reachable(time_zone="UTC", language="de", country="DE")
    owes(ada, "120.00", due=str((now - DAY).date()))
    tick(now=now)
    return ada


@pytest.fixture
def app(browser: Browser, live_server: LiveServer, ada: Customer, settings: Settings) -> Iterator[Page]:
    """A page of the app, on a server of its own and with the strictest policy, that complains of nothing."""
    settings.BASE_URL = live_server.url
    html = PAGE.format(desk=live_server.url, token=token(ada.number, now=timezone.now()))
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    with served(html, POLICY.format(desk=live_server.url)) as address:
        settings.IN_APP_ORIGINS = [address]
        page.goto(address)
        yield page
    assert complaints == []
    assert context.cookies() == []
    context.close()


@contextmanager
def served(html: str, policy: str) -> Iterator[str]:
    class App(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = html.encode() if self.path == "/" else b""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), App) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def is_complaint(said: ConsoleMessage) -> bool:
    """A token that has ended is the browser's own remark, not the script's."""
    return said.type in ("error", "warning") and "status of 403" not in said.text


def comes_back(page: Page, token: str) -> None:
    """Somebody comes back to the tab, which has had this token since it was loaded."""
    has_token(page, token)
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def has_token(page: Page, token: str) -> None:
    page.evaluate("token => { document.querySelector('script').dataset.token = token }", token)


def drawn(page: Page) -> Locator:
    return page.locator("[data-billing-notice] .notice")


def says(page: Page, tone: Tone) -> Locator:
    """The app's page while the notice has this tone."""
    InAppNotice.objects.update(tone=tone, dismissed_at=None)
    page.reload()
    expect(drawn(page)).to_be_visible()
    return drawn(page)


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")]


def test_a_banner_lets_people_work_is_dismissed_by_keyboard_and_stays_away(app: Page, ada: Customer) -> None:
    with app.expect_request("**/shown/"):
        banner = says(app, Tone.FRIENDLY)
    expect(banner).to_have_accessible_name("Ihr Konto bei Example Company")
    expect(banner).to_contain_text("120,00\N{NO-BREAK SPACE}€ sind noch offen")
    app.get_by_role("button", name="Arbeiten").click()
    later = banner.get_by_role("button", name="Jetzt nicht")
    later.focus()
    has_token(app, "ended")
    with app.expect_response("**/dismissed/") as unheard:
        app.keyboard.press("Escape")
    expect(drawn(app)).to_have_count(0)
    with app.expect_response("**/dismissed/") as heard:
        comes_back(app, token(ada.number, now=timezone.now()))
    assert (unheard.value.status, heard.value.status) == (403, 204)
    expect(drawn(app)).to_have_count(0)
    delivery_news.apply_news(now=timezone.now())
    assert Notice.objects.get().delivery == "delivered"
    with app.expect_response("**/in-app/notices/"):
        app.reload()
    expect(drawn(app)).to_have_count(0)


def test_a_dialog_keeps_the_focus_and_opens_the_page_beside_the_app(app: Page, ada: Customer) -> None:
    dialog = says(app, Tone.CLEAR)
    assert serious(app) == []
    expect(dialog.get_by_role("link", name="Ansehen und bezahlen")).to_be_focused()
    for _ in range(3):
        app.keyboard.press("Tab")
        assert app.evaluate(IS_INSIDE)
    assert app.evaluate("document.documentElement.scrollWidth") <= 390
    with app.context.expect_page() as opened:
        dialog.get_by_role("link").click()
    assert "120,00" in opened.value.locator("main").inner_text()
    opened.value.close()
    app.context.clear_cookies()
    pays(ada, "120.00", timezone.now())
    comes_back(app, token(ada.number, now=timezone.now()))
    expect(drawn(app)).to_have_count(0)


def test_a_firm_dialog_comes_back_and_a_wall_goes_only_with_its_reason_or_the_token(app: Page, ada: Customer) -> None:
    says(app, Tone.FIRM)
    app.keyboard.press("Escape")
    expect(drawn(app)).to_have_count(0)
    app.evaluate("sessionStorage.clear()")
    wall = says(app, Tone.FORMAL)
    expect(wall).to_have_role("alertdialog")
    assert serious(app) == []
    for _ in range(3):
        app.keyboard.press("Escape")
    expect(wall).to_be_visible()
    assert InAppNotice.objects.get().dismissed_at is None
    consideration.mark_vulnerable(ada, note="Call first", now=timezone.now(), by=None)
    comes_back(app, token(ada.number, now=timezone.now()))
    expect(app.locator("[data-billing-notice=banner] .notice")).to_be_visible()
    consideration.unmark_vulnerable(ada, now=timezone.now())
    comes_back(app, token(ada.number, now=timezone.now()))
    expect(wall).to_have_role("alertdialog")
    comes_back(app, "ended")
    expect(wall).to_have_count(0)
