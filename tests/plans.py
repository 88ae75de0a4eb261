"""Instalment plans for tests, made by the product's own operation."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from customers.models import Customer, Invoice
from payments.models import InstalmentPlan
from payments.operations import instalment_plans
from payments.queries.invoices import sum_of
from payments.queries.plans import plannable
from payments.rules.instalments import Interval


def agree(
    customer: Customer,
    *,
    now: datetime,
    parts: int = 3,
    first_on: date | None = None,
    interval: Interval = Interval.MONTH,
    invoices: list[Invoice] | None = None,
    patience_days: int = 7,
    total: Decimal | None = None,
) -> InstalmentPlan:
    """A plan about all that is open, unless said otherwise; the first instalment falls due in ten days."""
    chosen = invoices if invoices is not None else list(plannable(customer.pk))
    return instalment_plans.make(
        customer,
        invoice_ids=[invoice.pk for invoice in chosen],
        total=sum_of(chosen) if total is None else total,
        parts=parts,
        first_on=first_on or now.date() + timedelta(days=10),
        interval=interval,
        patience_days=patience_days,
        now=now,
        by=None,
    )
