"""Amounts and currencies: ISO 4217 minor units, exact arithmetic, no mixing."""

from collections.abc import Iterable
from decimal import Decimal

# ISO 4217 list one (SIX Financial Information, maintenance agency). Two digits unless listed below.
TWO_DIGITS = frozenset(
    """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
    CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
    MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
    SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG
    YER ZAR ZMW ZWG""".split()
)
NO_DIGITS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
THREE_DIGITS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
FOUR_DIGITS = frozenset("CLF UYW".split())

MINOR_UNITS: dict[str, int] = {
    **dict.fromkeys(TWO_DIGITS, 2),
    **dict.fromkeys(NO_DIGITS, 0),
    **dict.fromkeys(THREE_DIGITS, 3),
    **dict.fromkeys(FOUR_DIGITS, 4),
}


class UnknownCurrency(ValueError):
    """The code is not an ISO 4217 currency in use."""


def minor_units(currency: str) -> int:
    """Digits after the decimal point of `currency` (JPY 0, EUR 2, KWD 3). Raises UnknownCurrency."""
    try:
        return MINOR_UNITS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


def fits(amount: Decimal, currency: str) -> bool:
    """True when `amount` can be paid in `currency`: no more decimals than its minor units."""
    return amount == amount.quantize(smallest_unit(currency))


def smallest_unit(currency: str) -> Decimal:
    """The smallest payable amount: 1 yen, 0.01 euro, 0.001 dinar."""
    return Decimal(1).scaleb(-minor_units(currency))


def in_words(amount: Decimal, currency: str) -> str:
    """The amount with exactly the decimals its currency has, and the code: 1,000.00 EUR, 10 JPY."""
    return f"{amount.quantize(smallest_unit(currency)):,} {currency}"


def totals(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Sum (currency, amount) pairs per currency, in order of first sight. Currencies are never added together."""
    sums: dict[str, Decimal] = {}
    for currency, amount in amounts:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return sums
