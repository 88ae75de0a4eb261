"""Which invoices a payment settles: oldest due date first, in the payment's currency only."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple


class OpenInvoice(NamedTuple):
    """An invoice that can take money, in the payment's currency. Sort by due date before allocating."""

    id: int
    balance: Decimal


NOTHING: Mapping[int, Decimal] = {}


def allocate(
    amount: Decimal, invoices: Sequence[OpenInvoice], disputed: Mapping[int, Decimal] = NOTHING
) -> list[tuple[int, Decimal]]:
    """Spread `amount` over the invoices in the order given; what is left over stays unapplied.

    `disputed`: invoice id → how much of its balance is in dispute; that is settled once nothing else is open. Returns
    (invoice id, part) pairs with every part above 0 and no part above its invoice's balance.
    """
    parts: dict[int, Decimal] = {}
    undisputed = [(invoice.id, invoice.balance - disputed.get(invoice.id, Decimal(0))) for invoice in invoices]
    last = [(invoice.id, disputed[invoice.id]) for invoice in invoices if invoice.id in disputed]
    for invoice_id, wanted in (*undisputed, *last):
        part = min(amount, wanted)
        if part > 0:
            parts[invoice_id] = parts.get(invoice_id, Decimal(0)) + part
            amount -= part
    return list(parts.items())


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
