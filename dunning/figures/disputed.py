"""Disputes: how much is disputed, for how long, and who was right."""

from dunning.figures.asking import BY_CUSTOMER, BY_MONTH, grouped, rows_of
from dunning.figures.columns import Column, Kind, Row, Share, Unit
from dunning.figures.question import DAY, Question
from dunning.figures.report import Report
from dunning.snapshot.promises import ABOUT, PLACED, stood

DISPUTE_UNIT = Unit(
    sql=f"""
  SELECT hold.id, hold.customer_id, hold.reason AS label, {PLACED} AS on_day, invoice.currency,
    sum(least(hold.disputed_amount, money.open)) AS amount, coalesce(hold.released_at < %(end)s, FALSE) AS is_closed,
    CASE WHEN hold.released_at < %(end)s THEN (hold.released_at AT TIME ZONE 'UTC')::date - {PLACED} END AS days,
    bool_or(money.let_off > 0) AS is_for_customer
  FROM customers_hold hold JOIN customers_invoice invoice ON {ABOUT}
  CROSS JOIN LATERAL (
    SELECT sum(entry.amount) FILTER (WHERE {stood(DAY)}) AS open,
      -coalesce(sum(entry.amount) FILTER (WHERE kind IN ('credited', 'written_off') AND NOT {stood(DAY)}
        AND {DAY} <= least((hold.released_at AT TIME ZONE 'UTC')::date, %(as_of)s)), 0) AS let_off
    FROM customers_ledgerentry entry WHERE entry.invoice_id = invoice.id) AS money
  WHERE hold.kind = 'dispute' AND hold.placed_at >= %(first_at)s AND hold.placed_at < %(end)s
    AND {PLACED} <= %(until)s AND money.open > 0
  GROUP BY hold.id, invoice.currency
""",
    page="customers_hold",
    noun="dispute",
    measures={
        "raised": "count(*)",
        "amount": "sum(unit.amount)",
        "closed": "count(*) FILTER (WHERE unit.is_closed)",
        "for_customer": "count(*) FILTER (WHERE unit.is_closed AND unit.is_for_customer)",
        "days": "percentile_cont(0.5) WITHIN GROUP (ORDER BY unit.days)",
    },
    groups={**BY_MONTH, **BY_CUSTOMER},
)
BILLED = Unit(
    sql=f"""
  SELECT invoice.id, invoice.customer_id, {DAY} AS on_day, invoice.currency, entry.amount
  FROM customers_ledgerentry entry JOIN customers_invoice invoice ON invoice.id = entry.invoice_id
  WHERE entry.kind = 'invoiced' AND {DAY} BETWEEN %(first)s AND %(until)s
""",
    page="customers_invoice",
    noun="bill",
    measures={"billed": "sum(unit.amount)"},
    groups=DISPUTE_UNIT.groups,
)
DISPUTE_COLUMNS = (
    Column("raised", "Disputes", Kind.COUNT, lambda m: m["raised"], only="TRUE"),
    Column("amount", "Disputed", Kind.MONEY, lambda m: m["amount"]),
    Column("rate", "Of what was billed", Kind.SHARE, lambda m: Share(m["amount"], m["billed"], is_counted=False)),
    Column("closed", "Closed", Kind.SHARE, lambda m: Share(m["closed"], m["raised"]), "unit.is_closed"),
    Column(
        "for_customer",
        "Decided for the customer",
        Kind.SHARE,
        lambda m: Share(m["for_customer"], m["closed"]),
        "unit.is_closed AND unit.is_for_customer",
    ),
    Column("days", "Median days open", Kind.DAYS, lambda m: m["days"]),
)


def disputes(question: Question) -> list[Row]:
    """Disputes, beside what was billed in the same days by the same group."""
    billed = {(one["part"], one["currency"]): one["billed"] for one in grouped(BILLED, question)}
    found = grouped(DISPUTE_UNIT, question)
    return rows_of([{**one, "billed": billed.get((one["part"], one["currency"]), 0)} for one in found], DISPUTE_COLUMNS)


DISPUTES = Report(
    key="disputes",
    title="Disputes",
    asks="How much is disputed, for how long, and who was right?",
    definition=(
        "Disputed: what was open of the invoice when it was disputed, or the amount named of it, if that is less. Its "
        "rate is of what was billed in the same days, to the same group.",
        "Decided for the customer: closed, and something was credited or written off while it was open, or on the day "
        "on which it was closed.",
        "Median days open: from raised to closed, of those that are closed.",
    ),
    cohort="Disputes by the day on which they were raised, within the period.",
    in_progress="Open disputes are in the number and the amount, not in days and decisions; the share closed stands "
    "beside.",
    columns=DISPUTE_COLUMNS,
    answers=disputes,
    drawn="rate",
    unit=DISPUTE_UNIT,
)
