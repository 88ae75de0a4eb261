"""What predictions know of customers, on any past day: three queries for a batch, whose money is that of the ledger."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection

from dunning.rules.prediction.books import LOOKED_BACK, Book, BookedInvoice

# Known by then: booked with that value date, or typed in by that day with a later one. What is old counts while it is
# open. Paid: by money at its end; the rest of a part payment may have been credited or written off.
INVOICES = """
SELECT invoice.customer_id, invoice.id, due_on, currency, invoice.amount, sum(entry.amount),
  min(least(occurred_on, recorded_at::date)) FILTER (WHERE kind = 'invoiced'),
  max(occurred_on) FILTER (WHERE kind <> 'invoiced'),
  (array_agg(kind ORDER BY occurred_on DESC, entry.id DESC) FILTER (WHERE entry.amount < 0))[1] = 'paid'
FROM customers_invoice invoice JOIN customers_ledgerentry entry ON entry.invoice_id = invoice.id
WHERE invoice.customer_id = ANY(%(customers)s) AND (due_on > %(since)s OR balance > 0 OR EXISTS (
    SELECT 1 FROM customers_ledgerentry later WHERE later.invoice_id = invoice.id AND later.occurred_on > %(as_of)s))
  AND (occurred_on <= %(as_of)s OR kind = 'invoiced' AND recorded_at::date <= %(as_of)s)
GROUP BY invoice.id ORDER BY due_on, invoice.id
"""
LETTERS = """
SELECT notice.customer_id, (calling_at AT TIME ZONE 'UTC')::date, notice.channel
FROM dunning_notice notice JOIN dunning_step step ON step.id = notice.step_id AND step.kind = 'reminder'
WHERE notice.customer_id = ANY(%(customers)s) AND state IN ('calling', 'sent', 'in_doubt')
  AND calling_at < %(as_of)s::date + 1 AND calling_at > %(since)s
ORDER BY calling_at, notice.id
"""
PROMISES = """
SELECT customer_id, (placed_at AT TIME ZONE 'UTC')::date,
  least(until_on, coalesce((released_at AT TIME ZONE 'UTC')::date, until_on))
FROM customers_hold
WHERE customer_id = ANY(%(customers)s) AND kind = 'promise' AND until_on IS NOT NULL
  AND placed_at < %(as_of)s::date + 1 AND until_on > %(since)s
"""
OWING = """
SELECT DISTINCT customer_id FROM customers_invoice invoice
WHERE customer_id > %(after)s AND (balance > 0 OR EXISTS (
  SELECT 1 FROM customers_ledgerentry entry WHERE entry.invoice_id = invoice.id AND occurred_on > %(as_of)s))
ORDER BY customer_id LIMIT %(most)s
"""
# Every second one, or third: as many as are too many go, and none of the old ones more than of the new.
SAMPLE = """
SELECT id FROM (
  SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS all_of_them FROM customers_customer
) AS customer
WHERE place %% greatest(1, (all_of_them + %(most)s - 1) / %(most)s) = 0 ORDER BY id
"""
BATCH = 2000


def books_of(customer_ids: Sequence[int], as_of: date) -> list[Book]:
    """The books of these customers at the end of `as_of`."""
    asked: dict[str, Any] = {"customers": list(customer_ids), "as_of": as_of, "since": as_of - LOOKED_BACK}
    invoices, letters, promises = (_by_customer(statement, asked) for statement in (INVOICES, LETTERS, PROMISES))
    return [
        Book(pk, tuple(_booked(*row) for row in invoices[pk]), tuple(letters[pk]), tuple(promises[pk]))
        for pk in customer_ids
    ]


def owing(as_of: date) -> Iterator[list[Book]]:
    """The books of whoever owed something at the end of `as_of`, in batches."""
    after = 0
    while customer_ids := _column(OWING, {"after": after, "as_of": as_of, "most": BATCH}):
        yield books_of(customer_ids, as_of)
        after = customer_ids[-1]


def sampled(as_of: date, *, most: int) -> list[Book]:
    """The books of customers from all over the portfolio, of at most `most`."""
    customer_ids = _column(SAMPLE, {"most": most})
    starts = range(0, len(customer_ids), BATCH)
    return [book for start in starts for book in books_of(customer_ids[start : start + BATCH], as_of)]


def _booked(*row: Any) -> BookedInvoice:
    pk, due_on, currency, amount, balance, known_on, last_on, is_paid = row
    has_ended = balance <= 0
    ended_on = (last_on or due_on) if has_ended else None
    return BookedInvoice(pk, due_on, currency, amount, balance, known_on or due_on, ended_on, has_ended and is_paid)


def _by_customer(statement: str, asked: dict[str, Any]) -> defaultdict[int, list[tuple[Any, ...]]]:
    grouped: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for customer_id, *row in _rows(statement, asked):
        grouped[customer_id].append(tuple(row))
    return grouped


def _column(statement: str, asked: dict[str, Any]) -> list[int]:
    return [value for (value,) in _rows(statement, asked)]


def _rows(statement: str, asked: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())
