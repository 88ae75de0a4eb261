"""What credit notes explain of refunds: their invoices are taken back as well, so that nothing is owed again."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from customers.models import Customer, Invoice, LedgerEntry
from customers.operations.ledger import Posting, lock_invoices, post_to
from payments.models import Refund, RefundCredit
from payments.operations.reversals import release_holds


def covered(gateway: str, refund_reference: str) -> Decimal:
    """What of this refund credit notes speak of, by the gateway's word."""
    rows = RefundCredit.objects.filter(gateway=gateway, refund_reference=refund_reference)
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


@transaction.atomic
def post(refund: Refund, *, now: datetime) -> bool:
    """Take the refund's invoices back by what credit notes speak of, each note once; whether anything was posted.

    No further than an invoice is open: whoever paid again meanwhile has paid, and a person sees it. The hold that the
    refund began ends with the last of it.
    """
    Customer.objects.select_for_update(no_key=True, of=("self",)).get(payments__refunds=refund)
    notes = RefundCredit.objects.filter(gateway=refund.payment.provider, refund_reference=refund.reference)
    rows = list(notes.order_by("pk"))
    if not rows or hasattr(refund, "reversal"):
        return False
    parts = dict(refund.parts.values_list("invoice_id", "amount"))
    locked = lock_invoices(parts)
    posted = set(LedgerEntry.objects.filter(invoice__in=parts, source="refund").values_list("reference", flat=True))
    new = [row for row in rows if _reference(row) not in posted]
    postings = list(_postings(new, locked, parts, refund))
    post_to(locked, postings, now=now)
    if sum(row.amount for row in rows) >= refund.amount:
        release_holds(refund, now)
    return bool(postings)


def _reference(row: RefundCredit) -> str:
    return f"{row.credit_note}/{row.refund_reference}"[:128]


def _postings(
    rows: list[RefundCredit], locked: list[Invoice], parts: dict[int, Decimal], refund: Refund
) -> Iterator[Posting]:
    left = {invoice.pk: min(invoice.balance, parts[invoice.pk]) for invoice in locked}
    for row in rows:
        rest = row.amount
        for pk, most in left.items():
            if amount := min(rest, most):
                rest, left[pk] = rest - amount, most - amount
                note = f"credit note {row.credit_note} at {row.gateway}"
                yield Posting(
                    pk, LedgerEntry.Kind.CREDITED, -amount, refund.happened_on, "refund", _reference(row), note
                )
