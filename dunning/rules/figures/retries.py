"""What trying a card again brings, and what it wastes."""

from decimal import Decimal

from dunning.rules.figures.shares import rate

NARROW = Decimal("0.2")  # of a network's cap: below it a card has little room left


def retry_yield(succeeded: int, tried: int) -> Decimal | None:
    """Tries number k that succeeded ÷ tries number k, of payments first refused with the same code."""
    return rate(succeeded, tried)


def retry_waste(hopeless: int, tried: int) -> Decimal | None:
    """Tries after a refusal that says never, or not before the data changed ÷ tries."""
    return rate(hopeless, tried)


def head_room(cap: int, tried: int) -> int:
    """Tries that the network still allows for a card; never below 0."""
    return max(0, cap - tried)


def is_narrow(cap: int, tried: int) -> bool:
    """Less than 20 % of the cap is left."""
    return head_room(cap, tried) < cap * NARROW
