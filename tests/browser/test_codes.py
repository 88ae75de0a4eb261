"""A code, the details behind it, a page in the company's colours, a form that is closed: in a real browser."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from dunning.models import Brand, RefusedCard
from dunning.operations import brand
from tests.browser.test_portal import PHONE, SMALLEST, Reader, overflow, reader
from tests.people import owes, reachable
from tests.portal.test_brand import png
from tests.provider import Provider

__all__ = ["reader"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("gateway")]


def is_fine(page: Page, what: str) -> None:
    violations = Axe().run(page).response["violations"]
    assert [(what, each["id"], [n["html"] for n in each["nodes"]]) for each in violations] == []
    page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
    assert (what, overflow(page)) == (what, 0)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]


def test_the_way_to_the_details_is_accessible_without_script_and_in_the_brands_colours(
    reader: Callable[..., Reader],  # noqa: F811
    provider: Provider,
) -> None:
    ada = reachable("Ada Lindgren")
    owes(ada, "420.00", what="Consulting in January")
    told = {"accent": "#8a1538", "page": "#faf4f0", "sender_name": "Nordlicht", "footer": "Hafenweg 12", "logo": png()}
    brand.keep(brand.checked(**told), now=timezone.now(), by=None)
    at_door = reader(ada, color_scheme="dark")
    page = at_door.open()

    is_fine(page, "debt")
    expect(page.get_by_text("Consulting in January")).to_have_count(0)
    page.get_by_role("link", name="Show what was billed in detail").click()
    is_fine(page, "asking for a code")
    page.get_by_role("button", name="Send it to a•••@example.com").click()
    page.get_by_label("The six digits").fill("12")
    page.get_by_role("button", name="Open the details").click()
    is_fine(page, "wrong code")
    code = re.findall(r"\b\d{6}\b", provider.accepted()[-1]["subject"])[0]
    page.get_by_label("The six digits").fill(code)
    page.get_by_role("button", name="Open the details").click()
    expect(page.get_by_text("Consulting in January")).to_be_visible()
    page.emulate_media(color_scheme="light")
    is_fine(page, "details, by day")
    at_door.open("data/")
    is_fine(page, "data")
    with page.expect_download() as loaded:
        page.get_by_role("button", name="Download everything").click()
    assert loaded.value.suggested_filename.startswith("my-data-")
    at_door.open()
    for number in range(3):
        at_door.open()
        at_door.pay("test_0002", part="1")
        RefusedCard.objects.filter(card__regex="^[^c]|^c.{5}").update(card=f"c{number}")
    at_door.open()
    expect(page.get_by_text("we take no card for about an hour")).to_be_visible()
    is_fine(page, "closed for cards")
    assert Brand.objects.count() == 1
    assert at_door.blocked() == []
