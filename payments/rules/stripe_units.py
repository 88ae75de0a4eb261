"""Amounts as Stripe counts them: ISO 4217 minor units, with Stripe's own exceptions.

Source: docs.stripe.com/currencies, "Zero-decimal currencies", "Three-decimal currencies" and "Special cases", 2026.
"""

from decimal import Decimal

from customers.rules.money import fits, minor_units

WHOLE_UNITS = frozenset({"MGA"})  # two decimals in ISO 4217, none at Stripe
WHOLE_BUT_WRITTEN_WITH_TWO = frozenset({"ISK", "UGX"})  # 5 ISK is written 500, and nothing between
REFUSED = frozenset({"BOV", "CLF", "IQD", "LYD", "UYI", "UYW"})  # Stripe takes none of them


class NotChargeable(ValueError):
    """Stripe cannot take this amount in this currency."""


def in_stripe_units(amount: Decimal, currency: str) -> int:
    """The whole number that Stripe wants for `amount`: 12.50 EUR is 1250, 12 JPY is 12, 5.120 KWD is 5120.

    Raises NotChargeable for a currency Stripe does not take and for decimals it does not take, UnknownCurrency for
    what is no currency.
    """
    digits = _digits(currency)
    units = amount.scaleb(digits)
    step = 100 if currency in WHOLE_BUT_WRITTEN_WITH_TWO else 10 if digits == 3 else 1  # banks want the third digit 0
    if currency in REFUSED or not fits(amount, currency) or units % step or units <= 0:
        raise NotChargeable(f"Stripe cannot take {amount} {currency}: too many decimals, or not this currency.")
    return int(units)


def from_stripe_units(units: int, currency: str) -> Decimal:
    """The amount that Stripe writes as `units`: 1250 is 12.50 EUR or 1250 JPY. Raises UnknownCurrency."""
    return Decimal(units).scaleb(-_digits(currency))


def _digits(currency: str) -> int:
    if currency in WHOLE_UNITS:
        return 0
    return 2 if currency in WHOLE_BUT_WRITTEN_WITH_TWO else minor_units(currency)
