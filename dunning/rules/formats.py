"""Amounts and dates as the customer writes them: by language and country, with ISO 4217 decimals.

Babel knows the patterns; what it gets wrong for money (CLDR's own digits, "KWD5", the French first) is put right here.
"""

from collections.abc import Sequence
from copy import copy
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_timedelta
from babel.lists import format_list
from babel.numbers import NumberPattern, get_currency_symbol

from customers.rules.money import minor_units

WITHOUT_COUNTRY = {"en": "en_001"}  # "1 March 2026" and "US$": right everywhere English is a foreign language
MOST_DECIMALS = 4  # as many as the database keeps
NO_BREAK_SPACE = "\u00a0"


@lru_cache(maxsize=1024)
def locale_of(language: str, country: str = "") -> Locale:
    """The locale of a customer: `language` as spoken in `country` where there is such a thing, English at worst."""
    base = language.replace("_", "-").partition("-")[0].lower()
    for name in (f"{base}_{country.upper()}" if country else "", WITHOUT_COUNTRY.get(base, base), "en_001"):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    raise AssertionError("English is always known.")


@lru_cache(maxsize=8192)
def money(amount: Decimal, currency: str, locale: Locale) -> str:
    """`amount` in words of `locale`: "€1,200.50", "1.200,50 €". Raises UnknownCurrency."""
    number = _money_pattern(locale, minor_units(currency)).apply(amount, locale, currency_digits=False)
    symbol = get_currency_symbol(currency, locale)
    before, _, after = number.partition("¤")
    if symbol[-1].isalpha() and after[:1].isdigit():  # KWD 5.000, not KWD5.000
        symbol += NO_BREAK_SPACE
    return f"{before}{symbol}{after}"


@lru_cache(maxsize=256)
def _money_pattern(locale: Locale, digits: int) -> NumberPattern:
    pattern: NumberPattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (digits, max(digits, MOST_DECIMALS))
    return pattern


@lru_cache(maxsize=8192)
def day(value: date, locale: Locale, *, short: bool = False) -> str:
    """`value` with the month by name ("1 March 2026"), or short as for a table ("1 Mar 2026", "01.03.2026")."""
    text = format_date(value, "medium" if short else "long", locale=locale)
    return text.replace("1 ", "1er ", 1) if locale.language == "fr" and text.startswith("1 ") else text


@lru_cache(maxsize=2048)
def named_day(value: date, locale: Locale) -> str:
    """`value` with its weekday: "Friday, 6 March 2026"."""
    text = format_date(value, "full", locale=locale)
    return text.replace(" 1 ", " 1er ", 1) if locale.language == "fr" else text


@lru_cache(maxsize=2048)
def days_away(days: int, locale: Locale) -> str:
    """How far a day is from today: "in 3 days", "1 day ago"."""
    return format_timedelta(timedelta(days=days), granularity="day", threshold=1e9, add_direction=True, locale=locale)


def all_of(items: Sequence[str], locale: Locale) -> str:
    """The items as one phrase: "A, B and C"."""
    return items[0] if len(items) == 1 else format_list(items, style="standard", locale=locale)
