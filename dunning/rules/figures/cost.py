"""What it costs to get money in."""

from decimal import Decimal

from dunning.rules.figures.shares import rate


def cost(*, messages: Decimal, fees: Decimal, minutes: int, per_minute: Decimal) -> Decimal:
    """Fees + messages + minutes of people × what a minute costs, in one currency."""
    return messages + fees + minutes * per_minute


def cost_to_collect(cost: Decimal, collected: Decimal) -> Decimal | None:
    """Cost for each unit of money collected, both in one currency."""
    return rate(cost, collected)
