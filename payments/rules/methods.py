"""Ways to pay without the customer's hand: what kinds there are."""

from enum import StrEnum


class MethodKind(StrEnum):
    """What a stored method is. A card answers in seconds, a bank debit in days."""

    CARD = "card"
    SEPA_DEBIT = "sepa_debit"
    ACH_DEBIT = "ach_debit"
