"""Which invoices a payment settles: oldest due date first, in the payment's currency only."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple


class OpenInvoice(NamedTuple):
    """An invoice that can take money, in the payment's currency. Sort by due date before allocating."""

    id: int
    balance: Decimal


def allocate(amount: Decimal, invoices: Iterable[OpenInvoice]) -> list[tuple[int, Decimal]]:
    """Spread `amount` over the invoices in the order given; what is left over stays unapplied.

    Returns (invoice id, part) pairs with every part above 0 and no part above its invoice's balance.
    """
    parts = []
    for invoice in invoices:
        part = min(amount, invoice.balance)
        if part > 0:
            parts.append((invoice.id, part))
            amount -= part
    return parts
