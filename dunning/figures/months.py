"""Month by month, from the ledger: opening balance, what moved, closing balance."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from customers.rules.ageing import FIRST_DAYS
from dunning.figures.asking import BY_MONTH, fetched, rows_of
from dunning.figures.columns import Column, Kind, Row, Share, Unit
from dunning.figures.owed import ISSUED
from dunning.figures.question import CHOSEN, DAY, Question
from dunning.figures.report import Report

NOTHING = Decimal(0)
# By month of the books, the month from which on the invoice is late at a month's end (due on the last day, it is not
# yet), and the month in which it was issued.
MOVED = f"""
SELECT invoice.currency, entry.kind, date_trunc('month', {DAY})::date, date_trunc('month', invoice.due_on + 1)::date,
  date_trunc('month', {ISSUED})::date, sum(entry.amount)
FROM customers_ledgerentry entry JOIN customers_invoice invoice ON invoice.id = entry.invoice_id
WHERE {DAY} <= %(as_of)s {CHOSEN}
GROUP BY 1, 2, 3, 4, 5
"""
KINDS = ("invoiced", "paid", "credited", "written_off", "refunded")
SALES = ("invoiced", "credited")  # together: net credit sales


@dataclass(slots=True)
class Month:
    """One month of one currency. `current`: what of the closing balance is not late. Signed as in the ledger.

    `issued`: what the books learnt in this month of net sales, by the month in which the invoices were issued.
    """

    first: date
    opening: Decimal = NOTHING
    closing: Decimal = NOTHING
    current: Decimal = NOTHING
    moved: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    issued: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def sales(self) -> Decimal:
        """Net credit sales that were booked in it: invoiced less credited."""
        return sum((self.moved[kind] for kind in SALES), NOTHING)

    @property
    def days(self) -> int:
        return (next_month(self.first) - self.first).days


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_day(first: date) -> date:
    return next_month(first) - timedelta(days=1)


class Moved(NamedTuple):
    """A sum of entries of the ledger, of one currency."""

    kind: str
    booked: date
    late_from: date
    issued: date
    amount: Decimal


def months_of(question: Question) -> dict[str, list[Month]]:
    """Currency → its months from the first entry on to the one of `as_of`, oldest first. One query."""
    sums: dict[str, list[Moved]] = defaultdict(list)
    for currency, *moved in fetched(MOVED, question):
        sums[currency].append(Moved(*moved))
    return {currency: list(_months(found, question.as_of)) for currency, found in sorted(sums.items())}


def _months(sums: list[Moved], as_of: date) -> Iterator[Month]:
    by_month: dict[date, list[Moved]] = defaultdict(list)
    for moved in sums:
        by_month[moved.booked].append(moved)
    late_from_on: dict[date, Decimal] = defaultdict(Decimal)
    first, balance = min(by_month), NOTHING
    while first <= as_of:
        month = Month(first, opening=balance)
        for moved in by_month.get(first, ()):
            month.moved[moved.kind] += moved.amount
            if moved.kind in SALES:
                month.issued[moved.issued] += moved.amount
            late_from_on[moved.late_from] += moved.amount
            balance += moved.amount
        month.closing = balance
        month.current = sum((amount for late, amount in late_from_on.items() if late > first), NOTHING)
        yield month
        first = next_month(first)


ENTRIES = Unit(
    sql="""
  SELECT invoice.id, invoice.customer_id, invoice.number AS label, {day} AS on_day, invoice.currency, entry.amount,
    entry.kind
  FROM customers_ledgerentry entry JOIN customers_invoice invoice ON invoice.id = entry.invoice_id
  WHERE {day} <= %(as_of)s
""",
    page="customers_invoice",
    noun="entry of the ledger",
    measures={},
    groups=BY_MONTH,
)
# The balances before the month of a row and at its end (or at the date, within it), each as a row of its own.
BEFORE = "(to_date(%(part)s, 'YYYY-MM') - 1)"
END = "least(%(as_of)s, (to_date(%(part)s, 'YYYY-MM') + interval '1 month')::date - 1)"
STOOD = Unit(
    sql=f"""
  SELECT invoice.id, invoice.customer_id, invoice.number AS label, invoice.due_on AS on_day, invoice.currency,
    at.side, at.amount, width_bucket(at.day - invoice.due_on, ARRAY{list(FIRST_DAYS)}) AS bucket
  FROM (
    SELECT entry.invoice_id, sum(entry.amount) FILTER (WHERE {DAY} <= {BEFORE}) AS before, sum(entry.amount) AS after
    FROM customers_ledgerentry entry WHERE {DAY} <= {END} GROUP BY 1) AS held
  JOIN customers_invoice invoice ON invoice.id = held.invoice_id
  CROSS JOIN LATERAL (VALUES ('before', {BEFORE}, before), ('end', {END}, after)) AS at (side, day, amount)
  WHERE at.amount <> 0
""",
    page="customers_invoice",
    noun="invoice",
    measures={},
    groups={"month": ("month", "%(part)s::text")},
)
AT_THE_END = "unit.side = 'end'"
MOVEMENT_COLUMNS = (
    Column("opening", "Opening", Kind.MONEY, lambda m: m["opening"], "unit.side = 'before'", unit=STOOD),
    *(
        Column(kind, title, Kind.MONEY, lambda m, kind=kind: m[kind], f"unit.kind = '{kind}'")  # type: ignore[misc]
        for kind, title in zip(KINDS, ("Invoiced", "Paid", "Credited", "Written off", "Refunded"), strict=True)
    ),
    Column("closing", "Closing", Kind.MONEY, lambda m: m["closing"], AT_THE_END, unit=STOOD),
    Column(
        "bad",
        "Bad debt, of sales",
        Kind.SHARE,
        lambda m: Share(-m["written_off"], m["sales"], is_counted=False),
        "unit.kind = 'written_off'",
    ),
)


def movements(question: Question) -> list[Row]:
    """Opening, what moved, and closing balance of each month and currency; the month of the date as far as it went."""
    found = []
    for currency, months in months_of(question).items():
        for month in months:
            if question.first.replace(day=1) <= month.first <= question.last:
                moved = {kind: month.moved[kind] for kind in KINDS}
                sums = {"opening": month.opening, "closing": month.closing, "sales": month.sales}
                found.append({"part": f"{month.first:%Y-%m}", "currency": currency, **moved, **sums})
    return rows_of(found, MOVEMENT_COLUMNS)


MOVEMENTS = Report(
    key="movements",
    title="Movements",
    asks="How did what is owed move from month to month?",
    definition=(
        "Opening + invoiced + paid + credited + written off + refunded = closing, as signed in the ledger. An entry "
        "belongs to the day on which the books knew it and its value had come.",
        "Bad debt: written off ÷ net sales (invoiced less credited) of the month.",
    ),
    cohort="Ledger entries by month.",
    in_progress="The month of the date itself goes as far as the date.",
    columns=MOVEMENT_COLUMNS,
    answers=movements,
    drawn="closing",
    unit=ENTRIES,
    interval="A full count: no interval.",
    span=365,
)
