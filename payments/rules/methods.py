"""Ways to pay without the customer's hand: what kinds there are, and what makes two of them the same card."""

from enum import StrEnum
from hashlib import sha256


class MethodKind(StrEnum):
    """What a stored method is. A card answers in seconds, a bank debit in days."""

    CARD = "card"
    SEPA_DEBIT = "sepa_debit"
    ACH_DEBIT = "ach_debit"


def fingerprint_of(token: str, told: str, *, gateway: str) -> str:
    """What tries of one card are counted under: the gateway's fingerprint, or one made of the token when it has none.

    Without either a card could be tried without end, because none of its tries would be found again.
    """
    return told or sha256(f"{gateway}/{token}".encode()).hexdigest()
