"""What credit notes explain of refunds: their invoices are taken back as well, so that nothing is owed again."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from customers.models import Customer, Invoice, LedgerEntry
from customers.operations.ledger import Posting, lock_invoices, post_to
from payments.models import Refund, RefundCredit, RefundPart
from payments.operations.reversals import release_holds


def covered(gateway: str, refund_reference: str) -> Decimal:
    """What of this refund credit notes speak of, by the gateway's word."""
    rows = RefundCredit.objects.filter(gateway=gateway, refund_reference=refund_reference)
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


@transaction.atomic
def post(refund: Refund, *, now: datetime) -> bool:
    """Take the refund's invoices back by what credit notes speak of, each note once; whether anything was posted.

    No further than an invoice is open: for whoever paid again meanwhile the next sync has a finding. The hold that the
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
    new = [row for row in rows if reference(row) not in posted]
    postings = list(_postings(new, locked, parts, refund))
    post_to(locked, postings, now=now)
    if sum(row.amount for row in rows) >= refund.amount:
        release_holds(refund, now)
    return bool(postings)


def of_notes(gateway: str, notes: Collection[str]) -> list[RefundCredit]:
    """What these credit notes say of refunds."""
    return list(RefundCredit.objects.filter(gateway=gateway, credit_note__in=notes).order_by("pk"))


def credited(rows: Collection[RefundCredit]) -> dict[str, Decimal]:
    """What was taken off invoices for each of these, by `reference`."""
    parts = RefundPart.objects.filter(refund__reference__in={row.refund_reference for row in rows})
    posted = LedgerEntry.objects.filter(
        kind=LedgerEntry.Kind.CREDITED,
        source="refund",
        invoice__in=parts.values("invoice"),
        reference__in={reference(row) for row in rows},
    )
    return dict(posted.values_list("reference").annotate(sum=-Sum("amount")))


def not_credited(gateway: str, rows: Collection[RefundCredit]) -> dict[str, Decimal]:
    """By note what could not be credited though its refund is in the books: the invoices were not open so far."""
    done = credited(rows)
    references = {row.refund_reference for row in rows}
    known = Refund.objects.filter(payment__provider=gateway, reference__in=references, reversal=None)
    in_books = set(known.values_list("reference", flat=True))
    rest: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.refund_reference in in_books:
            rest[row.credit_note] += row.amount - done.get(reference(row), Decimal(0))
    return {note: amount for note, amount in rest.items() if amount}


def recorded_by_hand(invoice_ids: Collection[int]) -> set[tuple[int, Decimal]]:
    """What persons recorded as given back of these invoices, as (invoice, amount): no credit note explains it."""
    explained = RefundCredit.objects.filter(
        gateway=OuterRef("refund__payment__provider"), refund_reference=OuterRef("refund__reference")
    )
    parts = RefundPart.objects.filter(~Exists(explained), invoice__in=invoice_ids)
    return set(parts.values_list("invoice_id", "amount"))


def reference(row: RefundCredit) -> str:
    """Of its entry in the ledger."""
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
                    pk, LedgerEntry.Kind.CREDITED, -amount, refund.happened_on, "refund", reference(row), note
                )
