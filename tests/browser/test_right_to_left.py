"""The customer's page written from right to left: mirrored, no wider than a phone, accessible.

The page speaks no such language yet. A made-up Arabic, each letter of the English words replaced, proves the layout.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings as ours
from pytest_django import Settings

from customers.models import Customer
from tests.browser.test_portal import PHONE, Reader, overflow, reader
from tests.people import owes, reachable

__all__ = ["reader"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("gateway")]
LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه")
KEPT = re.compile(r"(%\(\w+\)s|%s|%%|\{\w+\})")
PAGES = (
    "help/",
    "help/later/",
    "help/parts/EUR/?parts=3",
    "help/dispute/",
    "preferences/",
    "card/",
    "code/",
    "nowhere/",
)


def mirrored(words: str) -> str:
    """The words with every letter an Arabic one; what is filled in later stays."""
    return "".join(part if KEPT.fullmatch(part) else part.lower().translate(LETTERS) for part in KEPT.split(words))


@pytest.fixture
def arabic(settings: Settings, tmp_path: Path) -> None:
    """A catalog of the made-up Arabic, from the phrases that the page asks to be translated."""
    with (ours.BASE_DIR / "dunning/locale/de/LC_MESSAGES/django.po").open("rb") as file:
        catalog = read_po(file, locale="de")
    for message in catalog:
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            told = tuple(map(mirrored, forms))
            message.string = told if message.pluralizable else told[0]
    folder = tmp_path / "ar/LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalog)
    settings.LANGUAGES = [*ours.LANGUAGES, ("ar", "العربية")]
    settings.LOCALE_PATHS = [*ours.LOCALE_PATHS, tmp_path]


def amina() -> Customer:
    customer = reachable("أمينة الصباح", number="K-1", language="ar", country="AE")
    owes(customer, "12345.67", what="Design")
    owes(customer, "890.00", number="RE-2026-000123456789012345678901234567890")
    return customer


@pytest.mark.usefixtures("arabic")
def test_the_page_is_mirrored_fits_a_phone_and_is_accessible(
    reader: Callable[..., Reader],  # noqa: F811
) -> None:
    at_door = reader(amina())
    page = at_door.open()

    def is_fine(what: str) -> None:
        assert (what, page.evaluate("getComputedStyle(document.body).direction")) == (what, "rtl")
        assert (what, overflow(page)) == (what, 0)
        violations = Axe().run(page).response["violations"]
        assert [(what, each["id"], [n["html"] for n in each["nodes"]]) for each in violations] == []

    assert page.viewport_size == PHONE
    is_fine("debt")
    row = page.locator("ul.invoices li").first
    number, amount = row.locator(".number").bounding_box(), row.locator(".sum").bounding_box()
    assert number and amount and amount["x"] < number["x"]
    radio, label = page.locator("input[name=how_much]").first, page.locator("label.choice span").first
    assert radio.bounding_box()["x"] > label.bounding_box()["x"]  # type: ignore[index]
    for path in PAGES:
        at_door.open(path)
        if path != "nowhere/":  # in the browser's language
            is_fine(path)
    at_door.open()
    at_door.pay("test_4242", part="12")
    is_fine("receipt")
    assert at_door.blocked() == []
