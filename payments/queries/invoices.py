"""What is owed, what is disputed, what was paid and went back: per invoice, as money sees it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet, Sum

from customers.models import Customer, Invoice, LedgerEntry
from payments.gateways import owns_retries
from payments.models import Allocation, GatewayInvoice

# What of an invoice is in dispute until somebody releases it: all of it, unless the hold says how much.
DISPUTED = """(
  SELECT CASE WHEN count(*) = 0 THEN 0 WHEN bool_or(hold.disputed_amount IS NULL) THEN invoice.balance
         ELSE least(sum(hold.disputed_amount), invoice.balance) END
  FROM customers_hold hold WHERE hold.customer_id = invoice.customer_id AND hold.invoice_id = invoice.id
    AND hold.kind = 'dispute' AND hold.released_at IS NULL AND hold.until_on IS NULL)"""
# Of a payment with credit: there is an open invoice that it settles.
MEETS_A_DEBT = f"""EXISTS (
  SELECT 1 FROM customers_invoice invoice WHERE invoice.customer_id = payment.customer_id
    AND invoice.currency = payment.currency AND invoice.balance > {DISPUTED})"""
# Whose money is on its way, or probably waits at the bank: nothing is held against them meanwhile.
PAYING = """
SELECT customer_id FROM payments_chargeattempt WHERE state IN ('queued', 'calling', 'pending', 'in_doubt')
UNION ALL SELECT customer_id FROM payments_likelypayer
"""


def open_invoices(customer: Customer) -> QuerySet[Invoice]:
    """What this customer still owes, oldest due date first."""
    return Invoice.objects.filter(customer=customer, balance__gt=0).order_by("due_on", "pk")


def disputed_among(invoice_ids: Sequence[int]) -> dict[int, Decimal]:
    """Those of these open invoices that are in dispute until somebody releases it → how much of what is open is."""
    statement = f"SELECT id, {DISPUTED} FROM customers_invoice invoice WHERE id = ANY(%s) AND balance > 0"
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(invoice_ids)])
        return {pk: disputed for pk, disputed in cursor.fetchall() if disputed > 0}


def undisputed(customer: Customer) -> list[Invoice]:
    """What is open and no part of which is in dispute, oldest due first."""
    found = list(open_invoices(customer))
    disputed = disputed_among([invoice.pk for invoice in found])
    return [invoice for invoice in found if invoice.pk not in disputed]


def sum_of(invoices: Iterable[Invoice]) -> Decimal:
    """What is open of these invoices, which share one currency."""
    return sum((invoice.balance for invoice in invoices), Decimal(0))


def paid_net(invoice_id: int) -> Decimal:
    """What was paid for an invoice by whatever way, less what went back."""
    money = LedgerEntry.objects.filter(invoice=invoice_id, kind__in=[LedgerEntry.Kind.PAID, LedgerEntry.Kind.REFUNDED])
    return -(money.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))


def went_back(invoice_id: int) -> Decimal:
    """What of the money for an invoice went back, so that it is owed again here and nowhere else."""
    back = LedgerEntry.objects.filter(invoice=invoice_id, kind=LedgerEntry.Kind.REFUNDED)
    return back.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def whole_payments(invoice_id: int, gateway: str) -> list[str]:
    """References of the charges we made at this gateway for this invoice alone, oldest first."""
    parts = Allocation.objects.filter(invoice=invoice_id, amount=F("payment__amount"), payment__refunds=None)
    ours = parts.filter(payment__provider=gateway, payment__attempt__is_elsewhere=False)
    return list(ours.order_by("pk").values_list("payment__reference", flat=True))


def retried_elsewhere(invoice_ids: Sequence[int]) -> set[int]:
    """Of these invoices, those that a gateway's own engine tries again: ours must never charge them by itself."""
    owners = [alias for alias in settings.PAYMENT_GATEWAYS if owns_retries(alias)]
    if not (owners and invoice_ids):
        return set()
    theirs = GatewayInvoice.objects.filter(invoice__in=invoice_ids, gateway__in=owners)
    return set(theirs.values_list("invoice_id", flat=True))
