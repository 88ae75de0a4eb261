"""Ageing: what was open at the end of a day, by days past due. Worked back from today's balances."""

from collections.abc import Sequence
from datetime import date, timedelta

from customers.rules.ageing import FIRST_DAYS
from dunning.figures.asking import BY_CUSTOMER, grouped
from dunning.figures.columns import Column, Kind, Row, Share, Unit
from dunning.figures.question import CHOSEN, Question
from dunning.figures.report import NOT_YET, Report
from dunning.rules.figures.ageing import BUCKETS


def due_at(end: str) -> str:
    """Joins `due`, whose `on_day` is the due date as it stood just before the moment `end`; as today's since then."""
    return f"""
  LEFT JOIN (
    SELECT invoice_id, was_due_on, changed_at,
      lag(changed_at, 1, '-infinity') OVER (PARTITION BY invoice_id ORDER BY id) AS since
    FROM customers_duechange) AS former
  ON former.invoice_id = invoice.id AND former.since < {end} AND {end} <= former.changed_at
  CROSS JOIN LATERAL (SELECT coalesce(former.was_due_on, invoice.due_on) AS on_day) AS due"""


# What each invoice came to at the end of the day; below nothing where credit is left.
BALANCES = f"""
  SELECT invoice.id, invoice.customer_id, invoice.number AS label, due.on_day, invoice.currency,
    invoice.balance - coalesce(later.amount, 0) AS amount, %(as_of)s - due.on_day AS days
  FROM customers_invoice invoice LEFT JOIN (
    SELECT invoice_id, sum(amount) AS amount FROM customers_ledgerentry entry WHERE {{after}} GROUP BY 1) AS later
  ON later.invoice_id = invoice.id {due_at("%(end)s")}
"""
OPEN = f"{BALANCES} WHERE invoice.balance - coalesce(later.amount, 0) > 0"
# The day of issue; where that is not known, no later than the desk knew of the invoice.
ISSUED = "coalesce(invoice.issued_on, least(invoice.due_on, (invoice.created_at AT TIME ZONE 'UTC')::date))"


def open_on(days: Sequence[date]) -> str:
    """As OPEN, but for several days, oldest first, in one pass over the ledger of those asked about.

    `day` says which. A balance is worked out where it changes, and stands for the days until the next change.
    """
    next_days = ", ".join(f"DATE '{day + timedelta(days=1)}'" for day in days)
    listed = ", ".join(f"DATE '{day}'" for day in days)
    return f"""
  SELECT invoice.id, invoice.customer_id, due.on_day AS due_on, invoice.currency, {ISSUED} AS issued_on, at.day,
    held.amount, at.day - due.on_day AS days
  FROM (
    SELECT invoice_id, place, sum(sum(amount)) OVER places AS amount, lead(place, 1, {len(days)}) OVER places AS until
    FROM (
      SELECT entry.invoice_id, entry.amount, width_bucket({{day}}, ARRAY[{next_days}]) AS place
      FROM customers_ledgerentry entry JOIN customers_invoice invoice
        ON invoice.id = entry.invoice_id {CHOSEN}) AS entry
    WHERE place < {len(days)}
    GROUP BY 1, 2 WINDOW places AS (PARTITION BY invoice_id ORDER BY place)) AS held
  JOIN customers_invoice invoice ON invoice.id = held.invoice_id
  CROSS JOIN LATERAL unnest((ARRAY[{listed}])[held.place + 1 : held.until]) AS at (day)
  {due_at("(at.day + 1)::timestamp AT TIME ZONE 'UTC'")}
  WHERE held.amount > 0
"""


BUCKET = f"width_bucket(unit.days, ARRAY{list(FIRST_DAYS)})"
UNIT = Unit(
    sql=OPEN,
    page="customers_invoice",
    noun="invoice",
    measures={"number": "count(*)", "amount": "sum(unit.amount)", "customers": "count(DISTINCT unit.customer_id)"},
    groups={
        "bucket": ("days past due", f"{BUCKET}::text"),
        **BY_CUSTOMER,
        "due": ("month due", "to_char(unit.on_day, 'YYYY-MM')"),
    },
)
COLUMNS = (
    Column("amount", "Open", Kind.MONEY, lambda m: m["amount"], only="TRUE"),
    Column(
        "share", "Share of what is open", Kind.SHARE, lambda m: Share(m["amount"], m["whole"], is_counted=False), "TRUE"
    ),
    Column("number", "Invoices", Kind.COUNT, lambda m: m["number"], only="TRUE"),
    Column("customers", "Customers", Kind.COUNT, lambda m: m["customers"], "TRUE", each="unit.customer_id"),
)


def ageing(question: Question) -> list[Row]:
    """Open amounts by bucket (or group) and currency."""
    found = grouped(UNIT, question)
    whole = {currency: sum(one["amount"] for one in found if one["currency"] == currency) for currency in _codes(found)}
    is_by_age = question.by in ("", "bucket")
    rows = []
    for one in found:
        measured = {**one, "whole": whole[one["currency"]]}
        label = BUCKETS[int(one["part"])] if is_by_age else one["part"]
        rows.append(Row(label, one["currency"], one["part"], tuple(column.of(measured) for column in COLUMNS)))
    return rows


def _codes(found: list[dict[str, object]]) -> list[object]:
    return list(dict.fromkeys(one["currency"] for one in found))


AGEING = Report(
    key="ageing",
    title="Ageing",
    asks="What was open at the end of the day, and for how long?",
    definition=(
        "The open balance of each invoice: the sum of its ledger entries up to the date of the report.",
        "Days count from the due date as it stood on that day; on the due day itself nothing is late.",
        "Invoices with credit left are not set off against others.",
    ),
    cohort="All invoices with an open balance at the end of the day; the dates of the period play no part.",
    in_progress=NOT_YET,
    columns=COLUMNS,
    answers=ageing,
    drawn="share",
    unit=UNIT,
    interval="A full count: no interval.",
    has_period=False,
)
