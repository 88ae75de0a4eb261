"""Amounts and dates as customers write them."""

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.money import MINOR_UNITS, UnknownCurrency
from dunning.rules.formats import all_of, day, days_away, locale_of, money


@pytest.mark.parametrize(
    ("amount", "currency", "language", "country", "written"),
    [
        ("1240.5", "EUR", "en", "GB", "€1,240.50"),
        ("1240.5", "EUR", "de", "DE", "1.240,50 €"),
        ("1240.5", "CHF", "de", "CH", "CHF 1’240.50"),
        ("1240.5", "EUR", "fr", "FR", "1 240,50 €"),
        ("1240.5", "EUR", "es", "ES", "1.240,50 €"),
        ("1240.5", "MXN", "es", "MX", "$1,240.50"),
        ("20", "USD", "en", "US", "$20.00"),
        ("20", "USD", "en", "", "US$20.00"),
        ("20", "USD", "en", "JP", "US$20.00"),
        ("5000.0000", "JPY", "en", "", "JP¥5,000"),
        ("120", "KWD", "en", "", "KWD 120.000"),
        ("1", "ISK", "de", "", "1 ISK"),
        ("19", "IQD", "en", "", "IQD 19.000"),
        ("0.0001", "EUR", "en", "", "€0.0001"),
    ],
)
def test_money_is_written_as_at_home_with_iso_decimals(
    amount: str, currency: str, language: str, country: str, written: str
) -> None:
    words = money(Decimal(amount), currency, locale_of(language, country))
    assert words.replace("\u00a0", " ").replace("\u202f", " ") == written


def test_money_in_no_known_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        money(Decimal(1), "XXX", locale_of("en"))


@given(st.sampled_from(sorted(MINOR_UNITS)), st.integers(0, 10**17), st.sampled_from(["en", "de", "fr", "es"]))
def test_money_can_be_read_back_exactly(currency: str, units: int, language: str) -> None:
    locale = locale_of(language)
    amount = Decimal(units).scaleb(-MINOR_UNITS[currency])
    digits = "".join(c for c in money(amount, currency, locale) if c.isdigit() or c in ",.\u202f\u00a0")
    assert parse_decimal(digits.strip(" \u00a0\u202f."), locale=locale) == amount


@pytest.mark.parametrize(
    ("language", "country", "long", "short"),
    [
        ("en", "GB", "1 March 2026", "1 Mar 2026"),
        ("en", "US", "March 1, 2026", "Mar 1, 2026"),
        ("de", "", "1. März 2026", "01.03.2026"),
        ("fr", "", "1er mars 2026", "1er mars 2026"),
        ("es", "", "1 de marzo de 2026", "1 mar 2026"),
        ("tlh", "", "1 March 2026", "1 Mar 2026"),
    ],
)
def test_days_are_written_as_at_home(language: str, country: str, long: str, short: str) -> None:
    locale = locale_of(language, country)
    assert (day(date(2026, 3, 1), locale), day(date(2026, 3, 1), locale, short=True)) == (long, short)


def test_distances_and_lists_follow_the_language() -> None:
    german = locale_of("de-AT")
    assert [days_away(n, german) for n in (-400, -2, 2)] == ["vor 400 Tagen", "vor 2 Tagen", "in 2 Tagen"]
    assert [all_of(items, german) for items in (["A"], ["A", "B"], ["A", "B", "C"])] == ["A", "A und B", "A, B und C"]
