"""How much of what was not paid in time came in after all, and how it ended. Counted by the day of the failure."""

from decimal import Decimal
from enum import StrEnum

from dunning.rules.figures.shares import Number, rate


class Ended(StrEnum):
    """How an unpaid invoice stands at the date of the report."""

    RECOVERED = "recovered"  # settled, at least in part by money
    CREDITED = "credited"  # settled without money
    WRITTEN_OFF = "written off"  # settled, at least in part by giving up
    IN_PROGRESS = "in progress"


class CardOutcome(StrEnum):
    """How a failed card payment ended: four outcomes and what is not over yet."""

    CARD_UPDATE = "card update"  # paid by the customer, or from another card
    RETRY = "retry"  # the same card was charged again and paid
    ACTIVE_CANCEL = "active cancel"  # settled by a credit note: the customer left, or was let off
    PASSIVE_CHURN = "passive churn"  # written off
    IN_PROGRESS = "in progress"


def ended(*, still_open: Decimal, paid: Decimal, written_off: Decimal) -> Ended:
    """How it stands. `paid`: net of money that went back; all amounts since it was late, above 0."""
    if still_open > 0:
        return Ended.IN_PROGRESS
    if written_off > 0:
        return Ended.WRITTEN_OFF
    return Ended.RECOVERED if paid > 0 else Ended.CREDITED


def card_outcome(how: Ended, *, same_card: bool) -> CardOutcome:
    """Of a failed card payment. `same_card`: a later try of the card that failed brought money."""
    match how:
        case Ended.RECOVERED:
            return CardOutcome.RETRY if same_card else CardOutcome.CARD_UPDATE
        case Ended.CREDITED:
            return CardOutcome.ACTIVE_CANCEL
        case Ended.WRITTEN_OFF:
            return CardOutcome.PASSIVE_CHURN
        case Ended.IN_PROGRESS:
            return CardOutcome.IN_PROGRESS


def failure_rate(first_failed: int, first_tries: int) -> Decimal | None:
    """Payment failure rate: first attempts that failed ÷ first attempts."""
    return rate(first_failed, first_tries)


def recovery_rate(recovered: Number, failed: Number) -> Decimal | None:
    """Recovered ÷ failed of the same cohort, in invoices or in money. What is in progress stays in the whole."""
    return rate(recovered, failed)


def quiet_recovery(before_first_message: int, failed: int) -> Decimal | None:
    """Recovered before anything was written ÷ failed."""
    return rate(before_first_message, failed)


def step_contribution(recovered_before_next: int, reached: int) -> Decimal | None:
    """Recovered after a step and before the next ÷ reached by it. Describes; says nothing about cause."""
    return rate(recovered_before_next, reached)


def involuntary_churn(ended_unpaid: int, at_start: int) -> Decimal | None:
    """Customers lost to a final action for want of payment ÷ customers at the start of the period."""
    return rate(ended_unpaid, at_start)
