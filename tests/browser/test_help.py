"""Where customers say what they need, in a real browser: accessible, no wider than a small phone, without script."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dunning.models import CustomerRequest
from tests.browser.test_portal import PHONE, SMALLEST, Reader, müller, overflow, reader

__all__ = ["reader"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("gateway")]
PAGES = ("help/", "help/later/?on=friday", "help/parts/EUR/?parts=6", "help/dispute/", "help/call/", "help/difficulty/")


def test_every_form_is_accessible_and_fits_a_small_phone(reader: Callable[..., Reader]) -> None:  # noqa: F811
    at_door = reader(müller(), color_scheme="dark")
    page = at_door.page

    def is_fine(what: str) -> None:
        violations = Axe().run(page).response["violations"]
        assert [(what, each["id"], [n["html"] for n in each["nodes"]]) for each in violations] == []
        page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
        assert (what, overflow(page)) == (what, 0)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    for path in PAGES:
        at_door.open(path)
        is_fine(path)
    at_door.open("help/dispute/")
    page.click("form button")
    is_fine("please check")
    page.fill("textarea", "4242 4242 4242 4242")
    page.click("form button")
    is_fine("no card numbers")
    expect(page.locator("textarea")).to_have_value("")
    page.check("input[name=invoice] >> nth=0")
    page.fill("textarea", "Zwei Stunden zu viel")
    page.fill("input[name=amount]", "10")
    page.click("form button")
    is_fine("told")
    page.set_input_files("input[type=file]", {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"GIF89a"})
    page.click("form button")
    is_fine("no such file")
    page.fill("textarea", "Siehe Foto")
    page.set_input_files("input[type=file]", {"name": "x.pdf", "mimeType": "", "buffer": b"%PDF-1.7 %%EOF"})
    page.click("form button")
    is_fine("added to")
    expect(page.get_by_text("Sie haben ergänzt")).to_be_visible()
    expect(page.get_by_role("link", name="Anzeigen, was gesagt wurde")).to_be_visible()
    at_door.open()
    is_fine("page with a dispute")
    assert at_door.blocked() == []


def test_two_presses_in_two_tabs_without_script_make_one_plan(reader: Callable[..., Reader]) -> None:  # noqa: F811
    at_door = reader(müller(), java_script_enabled=False)
    first, second = at_door.page, at_door.page.context.new_page()
    for page in (first, second):
        page.goto(f"{at_door.home}help/parts/EUR/?parts=3")
    for page in (first, second):
        page.get_by_role("button", name="Diesen Terminen zustimmen").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Abgemacht. Vielen Dank!")
    assert CustomerRequest.objects.count() == 1
