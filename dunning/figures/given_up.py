"""Write-offs: what was given up, one row per entry of the ledger."""

from dunning.figures.asking import BY_CUSTOMER, BY_MONTH
from dunning.figures.columns import Column, Kind, Unit
from dunning.figures.question import DAY
from dunning.figures.report import NOT_YET, Report

UNIT = Unit(
    sql=f"""
  SELECT invoice.id, invoice.customer_id, invoice.number AS label, {DAY} AS on_day, invoice.currency,
    -entry.amount AS amount, {DAY} - invoice.due_on AS days
  FROM customers_ledgerentry entry JOIN customers_invoice invoice ON invoice.id = entry.invoice_id
  WHERE entry.kind = 'written_off' AND {DAY} BETWEEN %(first)s AND %(until)s
""",
    page="customers_invoice",
    noun="write-off",
    measures={
        "number": "count(*)",
        "amount": "sum(unit.amount)",
        "days": "percentile_cont(0.5) WITHIN GROUP (ORDER BY unit.days)",
    },
    groups={**BY_MONTH, **BY_CUSTOMER},
)
COLUMNS = (
    Column("number", "Write-offs", Kind.COUNT, lambda m: m["number"], only="TRUE"),
    Column("amount", "Written off", Kind.MONEY, lambda m: m["amount"], only="TRUE"),
    Column("days", "Median days past due", Kind.DAYS, lambda m: m["days"]),
)

WRITE_OFFS = Report(
    key="write-offs",
    title="Write-offs",
    asks="What did we give up?",
    definition=("Entries of the ledger that write something off; the reason stands with each entry.",),
    cohort="Entries by the day on which the books knew them, within the period.",
    in_progress=NOT_YET,
    columns=COLUMNS,
    drawn="number",
    unit=UNIT,
    interval="A full count: no interval.",
)
