"""What must hold at every public door, whatever is added: forms, cookies, headers, text fields."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from pytest_django import Settings

from customers.models import Customer
from dunning import portal
from dunning.portal.free_words import FreeWordsForm
from dunning.portal.guards import remember
from dunning.rules.doors import LIMITS, Deed, Limit
from tests.people import owes
from tests.portal.conftest import Door, words

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]
# Who posts here is no browser with our cookie: each says who it is by a signature of its own.
SIGNED = {
    "webhook",
    "mail-news",
    "mail-replies",
    "sms-reports",
    "sms-answers",
    "in-app-notices",
    "in-app-shown",
    "in-app-dismissed",
    "from-app",
    "unsubscribe",
}
NUMBER = "4242 4242 4242 4242"


def patterns(found: list[Any]) -> Iterator[URLPattern]:
    for entry in found:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from patterns(entry.url_patterns)


def test_s38_every_form_needs_its_token_but_those_that_are_signed() -> None:
    exempt = {
        pattern.name
        for pattern in patterns(get_resolver().url_patterns)
        if getattr(pattern.callback, "csrf_exempt", False)
    }
    assert exempt == SIGNED


@pytest.mark.parametrize("path", ["code/", "data/", "help/contact/", "help/erasure/", "preferences/", "feedback/"])
def test_s38_forms_of_the_page_are_refused_without_their_token(ada: Customer, path: str) -> None:
    at_door = Door(ada).known()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = at_door.client.cookies
    answer = strict.post(f"/p/{at_door.token}/{path}", {"do": "ask", "way": "email"})
    assert (answer.status_code, "Please try once more" in words(answer)) == (403, True)


def test_s37_downloads_errors_and_refusals_carry_the_headers(ada: Customer, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = False, 3600
    at_door = Door(ada).known()
    asked = [
        at_door.post("data/"),
        at_door.get("nowhere/at/all/"),
        at_door.post("code/", do="enter"),
        Client().get("/p/x/"),
    ]
    for answer in [*asked, Client().get("/brand/x.css"), Client().get("/billing/facts/")]:
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert "charset" in answer["Content-Type"] or answer["Content-Type"] in ("application/zip", "application/json")
    secure = at_door.client.get(f"/p/{at_door.token}/", secure=True)
    assert secure["Strict-Transport-Security"] == "max-age=3600"


def test_the_cookie_that_opens_details_is_signed_short_and_for_the_page_only(ada: Customer) -> None:
    made = HttpResponse()
    remember(made, ada, now=timezone.now())
    kept = made.cookies["details"]
    assert (kept["path"], kept["httponly"], kept["samesite"], kept["max-age"]) == ("/p/", True, "Lax", 3600)
    assert ada.number not in kept.value


def text_fields(form: type[forms.Form]) -> list[str]:
    told = getattr(form, "base_fields", {})
    return [name for name, field in told.items() if type(field) in (forms.CharField, forms.EmailField)]


def test_no_card_number_is_taken_in_any_text_field() -> None:
    taken = {}
    for found in pkgutil.iter_modules(portal.__path__, "dunning.portal."):
        for form in vars(importlib.import_module(found.name)).values():
            if isinstance(form, type) and issubclass(form, forms.Form) and not issubclass(form, FreeWordsForm):
                taken[form.__name__] = text_fields(form)
    # An amount is read as a number up to what is open; the key is compared; nothing else is text.
    assert {name: fields for name, fields in taken.items() if fields} == {"PayForm": ["key", "amount"]}


def test_a_card_number_as_the_code_is_kept_nowhere(ada: Customer) -> None:
    at_door = Door(ada)
    page = at_door.post("code/", do="enter", code=NUMBER)
    assert (page.status_code, "4242" in words(page)) == (400, False)


def test_s21_wrong_passwords_are_limited_and_a_good_one_waits_too(
    django_user_model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, Deed.LOGIN, Limit(3, timedelta(days=1)))
    django_user_model.objects.create_superuser("frida", password="a good password")

    def sign_in(password: str, name: str = "frida") -> str:
        return Client().post("/desk/login/", {"username": name, "password": password}).content.decode()

    assert all("Too many" not in sign_in("wrong") for _ in range(3))
    assert "Too many wrong passwords. Try again in" in sign_in("a good password")
    assert "Too many" not in sign_in("wrong", "karl")


def test_a_link_used_after_payment_shows_thanks_and_takes_nothing(ada: Customer, door: Open) -> None:
    owes(ada, "420.00")
    at_door, other_tab = door(ada), door(ada)
    key = other_tab.key()
    at_door.pay()
    assert "Everything is paid. Thank you!" in words(other_tab.get())
    again = other_tab.client.post(
        f"/p/{other_tab.token}/pay/EUR/", {"key": key, "how_much": "all", "card": "test_4242"}, follow=True
    )
    assert "Thank you!" in words(again)
    assert ada.charge_attempts.count() == 1
