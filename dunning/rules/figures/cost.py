"""What it costs to get money in."""

from decimal import Decimal

from dunning.rules.figures.shares import rate


def cost(*, messages: Decimal, fees: Decimal, calls: Decimal) -> Decimal:
    """Messages + fees of card tries + people's time for calls, all in one currency."""
    return messages + fees + calls


def cost_to_collect(cost: Decimal, collected: Decimal) -> Decimal | None:
    """Cost for each unit of money collected, both in one currency."""
    return rate(cost, collected)
