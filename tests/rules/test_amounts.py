from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.money import MINOR_UNITS
from dunning.rules.amounts import read_amount
from dunning.rules.formats import locale_of, money

LOCALES = [("en", ""), ("en", "GB"), ("de", "DE"), ("de", "CH"), ("fr", "FR"), ("es", "ES")]


@pytest.mark.parametrize(
    ("text", "language", "country", "meant"),
    [
        ("1.234,50", "de", "DE", "1234.50"),
        ("1234,5", "de", "DE", "1234.5"),
        ("12.50", "de", "DE", "12.50"),
        ("12,50", "en", "", "12.50"),
        ("1,234", "en", "", "1234"),
        ("1.234", "de", "DE", "1234"),
        ("1 234,50", "fr", "FR", "1234.50"),
        ("1'234.50", "de", "CH", "1234.50"),
        ("1’234.50", "de", "CH", "1234.50"),
        (" 12,50 € ", "de", "DE", "12.50"),
        ("€12.50", "en", "", "12.50"),
        ("EUR 12.50", "en", "", "12.50"),
        ("0012", "en", "", "12"),
    ],
)
def test_amount_is_read_as_it_is_meant(text: str, language: str, country: str, meant: str) -> None:
    assert read_amount(text, "EUR", locale_of(language, country)) == Decimal(meant)


@pytest.mark.parametrize(
    "text", ["", "-5", "+5", "1e3", "NaN", "Infinity", "12;50", "1.2.3,4", "USD 5", "٣", ".", "\x00"]
)
def test_what_has_no_clear_reading_is_not_read(text: str) -> None:
    for language, country in LOCALES:
        assert read_amount(text, "EUR", locale_of(language, country)) is None


def test_endless_text_is_not_read() -> None:
    assert read_amount("9" * 31, "EUR", locale_of("en")) is None


@given(st.integers(1, 10**10), st.sampled_from(sorted(MINOR_UNITS)), st.sampled_from(LOCALES))
def test_amount_as_the_page_writes_it_is_read_back(minor: int, currency: str, place: tuple[str, str]) -> None:
    amount = Decimal(minor).scaleb(-MINOR_UNITS[currency])
    assert read_amount(money(amount, currency, locale_of(*place)), currency, locale_of(*place)) == amount
