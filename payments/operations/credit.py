"""Credit: money that settled nothing when it came. It settles what is open since, before anybody is reminded of it.

The rule: credit and an open invoice of one customer in one currency never stand side by side. The oldest credit goes to
the oldest due date. What is in dispute until somebody releases it is left out; it gets the money then.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Customer, Invoice
from customers.rules.days import local_day
from payments.models import Payment
from payments.operations.allocations import Part, settle
from payments.queries.invoices import MEETS_A_DEBT, disputed_among
from payments.rules.allocate import OpenInvoice, allocate_all

BATCH = 500
NEWS = "AND payment.customer_id IN (SELECT customer_id FROM customers_customerchange)"
# Looks at customers with credit only, by the partial index.
WHO = f"""
SELECT DISTINCT payment.customer_id FROM payments_payment payment
WHERE payment.unapplied > 0 AND {MEETS_A_DEBT} {{among}} ORDER BY 1
"""


def settle_what_is_open(*, now: datetime, deadline: Deadline = NO_DEADLINE, everywhere: bool = False) -> int:
    """Settle open invoices from credit, of the customers with news or of all; returns how many settlements were made.

    Each batch of customers is a transaction. What is left at the deadline, or by a kill, is found again.
    """
    among = "" if everywhere else NEWS
    with connection.cursor() as cursor:
        cursor.execute(WHO.format(among=among))
        ids = [customer_id for (customer_id,) in cursor.fetchall()]
    starts = range(0, len(ids), BATCH)
    return sum(settle_for(ids[start : start + BATCH], now=now) for start in starts if not deadline.is_over)


@transaction.atomic
def settle_for(customer_ids: Sequence[int], *, now: datetime, on: date | None = None) -> int:
    """Settle what is open of these customers from their credit; returns how many settlements were made.

    `on`: the value date, when the money has just come; None: today, as what waited settles what is new. As many queries
    for many customers as for one.
    """
    locked = Customer.objects.select_for_update(no_key=True).filter(pk__in=customer_ids).order_by("pk")
    zones = dict(locked.values_list("pk", "time_zone"))
    credit = Payment.objects.filter(customer__in=zones, unapplied__gt=0).in_bulk()
    invoices = _lock_invoices(sorted({payment.customer_id for payment in credit.values()}))
    disputed = disputed_among([invoice.pk for invoice in invoices])
    parts = [
        Part(payment_id, invoice_id, amount, on or local_day(now, zones[credit[payment_id].customer_id]))
        for payment_id, invoice_id, amount in _spread(list(credit.values()), invoices, disputed)
    ]
    if parts:
        settle({part.payment_id: credit[part.payment_id] for part in parts}, invoices, parts, now=now)
    return len(parts)


def _lock_invoices(customer_ids: Sequence[int]) -> list[Invoice]:
    open_ones = Invoice.objects.filter(customer__in=customer_ids, balance__gt=0)
    return list(open_ones.select_for_update().order_by("pk"))


def _spread(
    credit: Sequence[Payment], invoices: Sequence[Invoice], disputed: Mapping[int, Decimal]
) -> list[tuple[int, int, Decimal]]:
    """(payment, invoice, amount) of what settles what, customer by customer and currency by currency."""
    by_debt: dict[tuple[int, str], list[OpenInvoice]] = {}
    for invoice in sorted(invoices, key=lambda invoice: (invoice.due_on, invoice.pk)):
        rest = OpenInvoice(invoice.pk, invoice.balance - disputed.get(invoice.pk, Decimal(0)))
        by_debt.setdefault((invoice.customer_id, invoice.currency), []).append(rest)
    by_credit: dict[tuple[int, str], list[tuple[int, Decimal]]] = {}
    for payment in sorted(credit, key=lambda payment: (payment.received_on, payment.pk)):
        by_credit.setdefault((payment.customer_id, payment.currency), []).append((payment.pk, payment.unapplied))
    return [part for owner, left in by_credit.items() for part in allocate_all(left, by_debt.get(owner, []))]
