"""Ageing: what was open at the end of a day, by days past due. Worked back from today's balances."""

from collections.abc import Sequence
from datetime import date

from dunning.figures.asking import BY_CUSTOMER, grouped
from dunning.figures.columns import Column, Kind, Row, Share, Unit
from dunning.figures.question import Question
from dunning.figures.report import NOT_YET, Report
from dunning.rules.figures.ageing import BUCKETS, FIRST_DAYS

LATER = "SELECT invoice_id, sum(amount) AS amount FROM customers_ledgerentry entry WHERE {after} GROUP BY 1"
OPEN = f"""
  SELECT invoice.id, invoice.customer_id, invoice.number AS label, invoice.due_on AS on_day, invoice.currency,
    invoice.issued_on, invoice.balance - coalesce(later.amount, 0) AS amount, %(as_of)s - invoice.due_on AS days
  FROM customers_invoice invoice LEFT JOIN ({LATER}) AS later ON later.invoice_id = invoice.id
  WHERE invoice.balance - coalesce(later.amount, 0) > 0
"""


def open_on(days: Sequence[date]) -> str:
    """As OPEN, but for several days up to `as_of` in one pass over the ledger; `day` says which."""
    sums = ", ".join(f"sum(entry.amount) FILTER (WHERE entry.day <= DATE '{day}')" for day in days)
    listed = ", ".join(f"DATE '{day}'" for day in days)
    return f"""
  SELECT invoice.id, invoice.customer_id, invoice.due_on AS on_day, invoice.currency, invoice.issued_on, at.day,
    at.amount, at.day - invoice.due_on AS days
  FROM (
    SELECT entry.invoice_id, ARRAY[{sums}] AS balances
    FROM (
      SELECT invoice_id, amount, {{day}} AS day FROM customers_ledgerentry entry WHERE {{day}} <= %(as_of)s) AS entry
    GROUP BY 1) AS summed
  JOIN customers_invoice invoice ON invoice.id = summed.invoice_id
  CROSS JOIN LATERAL unnest(summed.balances, ARRAY[{listed}]) AS at (amount, day)
  WHERE at.amount > 0
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
    Column("share", "Share of what is open", Kind.SHARE, lambda m: Share(m["amount"], m["whole"], is_counted=False)),
    Column("number", "Invoices", Kind.COUNT, lambda m: m["number"], only="TRUE"),
    Column("customers", "Customers", Kind.COUNT, lambda m: m["customers"]),
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
        "Days count from the due date as it stands today; on the due day itself nothing is late.",
        "Invoices with credit left are not set off against others.",
    ),
    cohort="All invoices with an open balance at the end of the day; the dates of the period play no part.",
    in_progress=NOT_YET,
    columns=COLUMNS,
    answers=ageing,
    drawn="share",
    unit=UNIT,
    interval="A full count: no interval.",
)
