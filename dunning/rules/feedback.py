"""What customers are asked about our letters, and which answers need a person."""

from enum import StrEnum


class WhyLate(StrEnum):
    """Why a payment was late, in the customer's own choice."""

    FORGOT = "forgot"
    NOT_RECEIVED = "not_received"
    NO_MONEY = "no_money"
    APPROVAL = "approval"
    WRONG = "wrong"
    CARD = "card"
    OTHER = "other"


WHY_LATE = [
    (WhyLate.FORGOT.value, "forgot it"),
    (WhyLate.NOT_RECEIVED.value, "never got the invoice"),
    (WhyLate.NO_MONEY.value, "had no money"),
    (WhyLate.APPROVAL.value, "waits for an approval"),
    (WhyLate.WRONG.value, "the invoice is wrong"),
    (WhyLate.CARD.value, "the card did not work"),
    (WhyLate.OTHER.value, "something else"),
]


def is_low(*, is_clear: bool | None, is_kind: bool | None) -> bool:
    """True when somebody should look at what we wrote: it was not clear, or not kind."""
    return is_clear is False or is_kind is False
