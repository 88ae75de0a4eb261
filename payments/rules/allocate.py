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


def allocate_all(
    payments: Iterable[tuple[int, Decimal]], invoices: Iterable[OpenInvoice]
) -> list[tuple[int, int, Decimal]]:
    """Spread what is left of several payments, each in its turn, over the invoices in the order given.

    `payments` are (id, amount) pairs; the answer has (payment id, invoice id, part) with every part above 0.
    """
    left = list(invoices)
    spread = []
    for payment_id, amount in payments:
        parts = dict(allocate(amount, left))
        left = [OpenInvoice(i.id, i.balance - parts.get(i.id, Decimal(0))) for i in left]
        spread += [(payment_id, invoice_id, part) for invoice_id, part in parts.items()]
    return spread
