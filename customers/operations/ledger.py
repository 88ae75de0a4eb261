"""The only way to move an invoice's balance: post an entry, and the stored balance moves with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from customers.models import Customer, Invoice, LedgerEntry
from customers.queries import write_off_limit
from customers.rules.money import fits, in_words


class LedgerRefusal(ValueError):
    """The posting would make the books wrong; the message says why."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement. `amount` is signed, in the invoice's currency: invoiced and refunded add, the others take away."""

    invoice_id: int
    kind: LedgerEntry.Kind
    amount: Decimal
    occurred_on: date
    source: str
    reference: str = ""
    note: str = ""


POST = """
    WITH posted AS (
      INSERT INTO customers_ledgerentry (invoice_id, kind, amount, occurred_on, recorded_at, source, reference, note)
      SELECT invoice_id, kind, amount, occurred_on, %(now)s, source, reference, note
      FROM unnest(%(invoices)s::bigint[], %(kinds)s::text[], %(amounts)s::numeric[], %(days)s::date[],
                  %(sources)s::text[], %(references)s::text[], %(notes)s::text[])
        AS posting (invoice_id, kind, amount, occurred_on, source, reference, note)
      ON CONFLICT DO NOTHING
      RETURNING invoice_id, amount
    ), moved AS (
      UPDATE customers_invoice invoice SET balance = balance + sums.amount, updated_at = %(now)s
      FROM (SELECT invoice_id, sum(amount) AS amount FROM posted GROUP BY invoice_id) AS sums
      WHERE invoice.id = sums.invoice_id
      RETURNING invoice.customer_id
    ), told AS (
      INSERT INTO customers_customerchange (customer_id) SELECT DISTINCT customer_id FROM moved ORDER BY 1
    )
    SELECT count(*) FROM posted
"""


@transaction.atomic
def post(postings: Sequence[Posting], *, now: datetime) -> int:
    """Post entries and move the balances; returns how many were new.

    A posting whose (invoice, kind, source, reference) is already in the book is left out silently: it is the same
    fact seen again. Customers, then invoices are locked in order of id, so that no two posters wait for each other.

    Raises LedgerRefusal for an amount with more decimals than the currency has.
    """
    return post_to(lock_invoices(posting.invoice_id for posting in postings), postings, now=now)


def post_to(locked: Iterable[Invoice], postings: Sequence[Posting], *, now: datetime) -> int:
    """As `post`, for a caller whose transaction has locked these invoices and their customers already."""
    invoices = {invoice.pk: invoice for invoice in locked}
    for posting in postings:
        currency = invoices[posting.invoice_id].currency
        if not fits(posting.amount, currency):
            raise LedgerRefusal(f"{posting.amount} has more decimals than {currency} knows.")
    return _post(postings, now)


def lock_invoices(invoice_ids: Iterable[int]) -> list[Invoice]:
    """Lock the customers of these invoices, then the invoices, in order of id; returns the invoices as they are then.

    Everyone locks in this order: customer, case, invoices, notice.
    """
    wanted = Invoice.objects.filter(pk__in=set(invoice_ids))
    customers = Customer.objects.filter(pk__in=wanted.values("customer"))
    list(customers.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return list(wanted.select_for_update().order_by("pk"))


def _post(postings: Sequence[Posting], now: datetime) -> int:
    """Store the entries, move the balances and announce it, in one statement; how many entries were new."""
    columns: dict[str, Any] = {
        "now": now,
        "invoices": [posting.invoice_id for posting in postings],
        "kinds": [posting.kind.value for posting in postings],
        "amounts": [posting.amount for posting in postings],
        "days": [posting.occurred_on for posting in postings],
        "sources": [posting.source for posting in postings],
        "references": [posting.reference for posting in postings],
        "notes": [posting.note for posting in postings],
    }
    with connection.cursor() as cursor:
        cursor.execute(POST, columns)
        return int(cursor.fetchone()[0])


@transaction.atomic
def credit(
    invoice: Invoice, amount: Decimal, *, reason: str, now: datetime, on: date, by: User | None, reference: str = ""
) -> None:
    """Record a credit note of `amount` (positive, invoice currency) on `invoice`.

    Raises LedgerRefusal when nothing or more than the balance would be credited, or `reference` was used before.
    """
    [locked] = lock_invoices([invoice.pk])
    kind = LedgerEntry.Kind.CREDITED
    _take_away(locked, Posting(locked.pk, kind, -amount, on, "desk", reference, _signed(reason, by)), now)


@transaction.atomic
def write_off(invoice: Invoice, *, reason: str, now: datetime, on: date, by: User | None, reference: str = "") -> None:
    """Give up what is still open of `invoice`.

    Raises LedgerRefusal when nothing is open, or `reference` was used before.
    """
    [locked] = lock_invoices([invoice.pk])
    kind = LedgerEntry.Kind.WRITTEN_OFF
    _take_away(locked, Posting(locked.pk, kind, -locked.balance, on, "desk", reference, _signed(reason, by)), now)


@transaction.atomic
def write_off_alone(
    invoice: Invoice, *, reason: str, now: datetime, on: date, by: User | None, reference: str = ""
) -> None:
    """As `write_off`, decided by one person. Raises LedgerRefusal above the limit for one pair of eyes as well."""
    [locked] = lock_invoices([invoice.pk])
    limit = write_off_limit(locked.currency, on=now.date())
    if locked.balance > limit:
        alone = in_words(limit, locked.currency)
        raise LedgerRefusal(f"One person may write off up to {alone}. Propose it on the case: two managers decide.")
    write_off(locked, reason=reason, now=now, on=on, by=by, reference=reference)


def _take_away(locked: Invoice, posting: Posting, now: datetime) -> None:
    if posting.reference and (earlier := _posted_as(posting)):
        amount = in_words(-earlier.amount, locked.currency)
        raise LedgerRefusal(
            f"This is already recorded: {amount} {earlier.get_kind_display()}. Nothing was done a second time; "
            "for another one go back and press the button again."
        )
    if not 0 < -posting.amount <= locked.balance:
        raise LedgerRefusal(f"Choose an amount above 0, up to the {in_words(locked.balance, locked.currency)} open.")
    post_to([locked], [posting], now=now)


def _posted_as(posting: Posting) -> LedgerEntry | None:
    same = LedgerEntry.objects.filter(invoice=posting.invoice_id, kind=posting.kind, source=posting.source)
    return same.filter(reference=posting.reference).first()


def _signed(reason: str, by: User | None) -> str:
    return (f"{reason} ({by.get_username()})" if by else reason)[:300]
