"""The page speaks en, de, fr and es: nothing untranslated, catalogs compiled, numbers and dates by habit."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

from customers.models import Customer
from tests.people import owes, person
from tests.portal.conftest import Door, words

ROOT = Path(settings.BASE_DIR)
TRANSLATIONS = ["de", "fr", "es"]
SOURCES = [
    *ROOT.glob("templates/portal/**/*.html"),
    *ROOT.glob("templates/*.html"),
    *ROOT.glob("dunning/portal/*.py"),
    ROOT / "payments/gateways/sandbox.py",
]
KEYWORDS = {"_": None, "gettext": None, "gettext_noop": None, "gettext_lazy": None, "ngettext": (1, 2)}
Open = Callable[[Customer], Door]


def catalog(language: str) -> Catalog:
    with (ROOT / f"dunning/locale/{language}/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale=language)


def spoken(words: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Phrase → translation, each with all its forms."""
    return {forms(message.id): forms(message.string) for message in words if message.id}


def forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def asked_for() -> set[str | tuple[str, ...]]:
    """Every phrase that the page asks to be translated."""
    phrases = set()
    for path in SOURCES:
        text = path.read_text()
        code = templatize(text, origin=str(path)) if path.suffix == ".html" else text
        for _, phrase, _, _ in extract("python", io.BytesIO(code.encode()), KEYWORDS):
            phrases.add(phrase)
    return phrases


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_nothing_is_untranslated_or_doubtful(language: str) -> None:
    messages = {message.id: message for message in catalog(language) if message.id}
    assert len(asked_for()) > 90
    assert asked_for() - set(messages) == set(), "run: manage.py makemessages --no-wrap --no-location -l de -l fr -l es"
    assert [m.id for m in messages.values() if m.fuzzy or not all([*m.string] if m.pluralizable else [m.string])] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_placeholders_survive_translation(language: str) -> None:
    def names(text: str | tuple[str, ...]) -> set[str]:
        return set(re.findall(r"%\((\w+)\)s", " ".join(text) if isinstance(text, tuple) else text))

    assert [m.id for m in catalog(language) if m.id and names(m.id) != names(m.string)] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_compiled_catalog_is_of_these_words(language: str) -> None:
    with (ROOT / f"dunning/locale/{language}/LC_MESSAGES/django.mo").open("rb") as file:
        compiled = spoken(read_mo(file))
    written = spoken(catalog(language))
    assert compiled == written, "run: pybabel compile -D django -d dunning/locale"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "country", "said"),
    [
        ("en", "", ["Still open", "€1,234.50", "16 February 2026", "Pay now"]),
        ("de", "DE", ["Noch offen", "1.234,50 €", "16. Februar 2026", "Jetzt bezahlen"]),
        ("de-AT", "CH", ["Noch offen", "1’234.50", "16. Februar 2026"]),
        ("fr", "FR", ["Reste à payer", "1 234,50 €", "16 février 2026", "Payer maintenant"]),
        ("es", "ES", ["Pendiente", "1.234,50 €", "16 de febrero de 2026", "Pagar ahora"]),
        ("pt", "BR", ["Still open", "16 February 2026", "Pay now"]),
    ],
)
def test_page_speaks_the_customers_language(door: Open, language: str, country: str, said: list[str]) -> None:
    customer = person("Ada Lindgren", language=language, country=country)
    owes(customer, "1234.50", due="2026-02-16")
    at_door = door(customer)
    at_door.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr-CA, ja"
    page = at_door.get()
    spoken = language[:2] if language[:2] in ("de", "fr", "es") else "en"
    assert f'<html lang="{spoken}">' in page.content.decode()
    assert page["Content-Language"] == spoken
    for phrase in said:
        assert phrase in words(page)


@pytest.mark.django_db
def test_page_of_a_broken_link_speaks_the_browsers_language(door: Open, ada: Customer) -> None:
    at_door = door(ada)
    page = at_door.client.get("/p/broken/", headers={"accept-language": "de-AT,de;q=0.9"})
    assert "Dieser Link lässt sich nicht öffnen" in words(page)
