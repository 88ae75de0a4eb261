"""Which invoices are owed again when money goes back."""

from collections.abc import Sequence
from decimal import Decimal


def take_back(
    amount: Decimal, *, unapplied: Decimal, settled: Sequence[tuple[int, Decimal]]
) -> list[tuple[int, Decimal]]:
    """Spread `amount` over what the payment did: first what it left unapplied, then the invoice it settled last.

    `settled` holds (invoice id, part) in the order in which they were settled; the answer has the same form, without
    parts of 0. Raises ValueError for more than the payment holds.
    """
    amount -= min(amount, unapplied)
    parts = []
    for invoice_id, part in reversed(settled):
        back = min(amount, part)
        if back > 0:
            parts.append((invoice_id, back))
            amount -= back
    if amount > 0:
        raise ValueError("more than the payment holds")
    return parts
