"""Settling invoices with a payment's money: allocations, ledger and what is left over, in the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from customers.models import Invoice, LedgerEntry
from customers.operations.ledger import Posting, post_to
from payments.models import Allocation, Payment
from payments.operations import telling

LEFT = """
UPDATE payments_payment payment SET unapplied = left_over.amount
FROM unnest(%s::bigint[], %s::numeric[]) AS left_over (id, amount) WHERE payment.id = left_over.id
"""


class Part(NamedTuple):
    """What of a payment settles which invoice, in the currency of both; `on`: the value date."""

    payment_id: int
    invoice_id: int
    amount: Decimal
    on: date


def settle(payments: Mapping[int, Payment], locked: Sequence[Invoice], parts: Sequence[Part], *, now: datetime) -> None:
    """Write these parts, whose invoices and customers are locked, and take them off what the payments have left.

    The gateways of these invoices are told soon.
    """
    write_parts(payments, locked, parts, now=now)
    telling.look_at_soon([part.invoice_id for part in parts], now=now)


def write_parts(
    payments: Mapping[int, Payment], locked: Sequence[Invoice], parts: Sequence[Part], *, now: datetime
) -> None:
    """As `settle`, of money that the gateway itself has told of."""
    rows = Allocation.objects.bulk_create(
        Allocation(payment_id=part.payment_id, invoice_id=part.invoice_id, amount=part.amount, recorded_at=now)
        for part in parts
    )
    take_off(payments, [(part.payment_id, part.amount) for part in parts])
    post_to(locked, [_posting(row, part, payments) for row, part in zip(rows, parts, strict=True)], now=now)


def take_off(payments: Mapping[int, Payment], parts: Iterable[tuple[int, Decimal]]) -> None:
    """Take these (payment id, amount) off what the payments have left; their customers are locked."""
    for payment_id, amount in parts:
        payments[payment_id].unapplied -= amount
    with connection.cursor() as cursor:
        cursor.execute(LEFT, [list(payments), [payment.unapplied for payment in payments.values()]])


def _posting(row: Allocation, part: Part, payments: Mapping[int, Payment]) -> Posting:
    source, note = payments[part.payment_id].source, f"payment {part.payment_id}"
    return Posting(part.invoice_id, LedgerEntry.Kind.PAID, -part.amount, part.on, source, f"allocation {row.pk}", note)
