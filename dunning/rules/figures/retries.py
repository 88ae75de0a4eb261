"""How much a network's cap on tries leaves."""

from decimal import Decimal

NARROW = Decimal("0.2")  # of a network's cap: below it a card has little room left


def head_room(cap: int, tried: int) -> int:
    """Tries that the network still allows for a card; never below 0."""
    return max(0, cap - tried)


def is_narrow(cap: int, tried: int) -> bool:
    """Less than 20 % of the cap is left."""
    return head_room(cap, tried) < cap * NARROW
