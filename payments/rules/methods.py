"""Ways to pay without the customer's hand: what kinds there are, and what makes two of them the same card."""

from enum import StrEnum
from hashlib import sha256


class MethodKind(StrEnum):
    """What a stored method is. A card answers in seconds, a bank debit in days."""

    CARD = "card"
    SEPA_DEBIT = "sepa_debit"
    ACH_DEBIT = "ach_debit"


BRANDS = {"amex": "American Express", "cartes_bancaires": "Cartes Bancaires", "jcb": "JCB", "unionpay": "UnionPay"}


def brand_words(brand: str) -> str:
    """A brand as its cards bear it; gateways write it small. Empty for what has none."""
    return BRANDS.get(brand.lower(), brand[:1].upper() + brand[1:])


def method_name(kind: MethodKind, brand: str, last4: str) -> str:
    """A stored method as the desk calls it: "Visa ending 4242", "Bank account ending 3000"."""
    known_as = brand_words(brand) if kind is MethodKind.CARD else "Bank account"
    return f"{known_as or 'Card'} ending {last4}"


def fingerprint_of(token: str, told: str, *, gateway: str) -> str:
    """What tries of one card are counted under: the gateway's fingerprint, or one made of the token when it has none.

    Without either a card could be tried without end, because none of its tries would be found again.
    """
    return told or sha256(f"{gateway}/{token}".encode()).hexdigest()
