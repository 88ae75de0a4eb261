"""Reading an amount as people type it, by the habits of their language and never a hundredfold wrong."""

import re
from decimal import Decimal

from babel import Locale
from babel.numbers import NumberFormatError, format_decimal, get_currency_symbol, parse_decimal

LONGEST = 30
BETWEEN_GROUPS = re.compile(r"[\s'’]")  # thousands in French, Swiss and everyday habit
ONE_READING = re.compile(r"\d+[.,]\d{1,2}")  # no language groups by one or two digits


def read_amount(text: str, currency: str, locale: Locale) -> Decimal | None:
    """The amount meant by `text`, None where it has no reading or two.

    "1.234,50" and "12.50" are read in German alike, because 12.50 can mean nothing else; signs, exponents and letters
    other than the currency's own are not read at all.
    """
    if len(text) > LONGEST:
        return None
    number = BETWEEN_GROUPS.sub("", _without_currency(text.strip(), currency, locale))
    if not re.fullmatch(r"[\d.,]+", number, re.ASCII):
        return None
    if ONE_READING.fullmatch(number):
        return Decimal(number.replace(",", "."))
    try:
        return parse_decimal(number, locale=locale, strict=True)
    except NumberFormatError:
        return None


def written(amount: Decimal, locale: Locale) -> str:
    """`amount` without its currency and without groups, as `read_amount` reads it back."""
    return format_decimal(amount, format="0.####", locale=locale)


def _without_currency(text: str, currency: str, locale: Locale) -> str:
    for name in (get_currency_symbol(currency, locale), currency):
        text = text.removeprefix(name).removesuffix(name)
    return text
