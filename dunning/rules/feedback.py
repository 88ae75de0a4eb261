"""What customers are asked about our letters, and which answers need a person."""

from enum import StrEnum

from customers.rules.choices import choices


class WhyLate(StrEnum):
    """Why a payment was late, in the customer's own choice."""

    FORGOT = "forgot"
    NOT_RECEIVED = "not_received"
    NO_MONEY = "no_money"
    APPROVAL = "approval"
    WRONG = "wrong"
    CARD = "card"
    OTHER = "other"


WHY_LATE = choices(
    {
        WhyLate.FORGOT: "forgot it",
        WhyLate.NOT_RECEIVED: "never got the invoice",
        WhyLate.NO_MONEY: "had no money",
        WhyLate.APPROVAL: "waits for an approval",
        WhyLate.WRONG: "the invoice is wrong",
        WhyLate.CARD: "the card did not work",
        WhyLate.OTHER: "something else",
    }
)


def is_low(*, is_clear: bool | None, is_kind: bool | None) -> bool:
    """True when somebody should look at what we wrote: it was not clear, or not kind."""
    return is_clear is False or is_kind is False
