"""What is at risk and what was lost: invoices 90 days late, customers who ended unpaid, revenue that was kept."""

from dunning.figures.asking import BY_CUSTOMER, BY_MONTH
from dunning.figures.columns import Column, Kind, Share, Unit
from dunning.figures.question import CHOSEN, DAY
from dunning.figures.report import Report
from dunning.rules.figures.ageing import LATE

RISK_UNIT = Unit(
    sql=f"""
  SELECT invoice.id, invoice.customer_id, invoice.number AS label, issued.on_day, invoice.currency, invoice.amount,
    invoice.due_on + {LATE} <= %(as_of)s AS is_judged,
    invoice.due_on + {LATE} <= %(as_of)s AND coalesce(sum(entry.amount), 0) > 0 AS is_at_risk,
    sum(entry.amount) AS open_then
  FROM customers_invoice invoice
  CROSS JOIN LATERAL (SELECT coalesce(invoice.issued_on, invoice.due_on) AS on_day) AS issued
  JOIN customers_ledgerentry entry ON entry.invoice_id = invoice.id AND {DAY} <= %(as_of)s
    AND {DAY} <= greatest(invoice.due_on + {LATE}, (
      SELECT min({DAY}) FROM customers_ledgerentry entry WHERE entry.invoice_id = invoice.id))
  WHERE issued.on_day BETWEEN %(first)s AND %(until)s {CHOSEN}
  GROUP BY invoice.id, issued.on_day
""",
    page="customers_invoice",
    noun="invoice",
    measures={
        "issued": "count(*)",
        "judged": "count(*) FILTER (WHERE unit.is_judged)",
        "at_risk": "count(*) FILTER (WHERE unit.is_at_risk)",
        "amount": "sum(unit.amount)",
        "risk_amount": "coalesce(sum(unit.open_then) FILTER (WHERE unit.is_at_risk), 0)",
    },
    groups={**BY_MONTH, **BY_CUSTOMER},
)
RISK_COLUMNS = (
    Column("issued", "Invoices issued", Kind.COUNT, lambda m: m["issued"], only="TRUE"),
    Column("at_risk", "At risk", Kind.SHARE, lambda m: Share(m["at_risk"], m["issued"]), "unit.is_at_risk"),
    Column(
        "waiting",
        "Not 90 days past due yet",
        Kind.SHARE,
        lambda m: Share(m["issued"] - m["judged"], m["issued"]),
        "NOT unit.is_judged",
    ),
    Column("amount", "Billed", Kind.MONEY, lambda m: m["amount"]),
    Column("risk_amount", "At risk", Kind.MONEY, lambda m: m["risk_amount"], "unit.is_at_risk"),
)

AT_RISK = Report(
    key="risk",
    title="At risk",
    asks="How many invoices are still open 90 days past due?",
    definition=(
        f"At risk: something was open {LATE} days after the due date, whatever came later; its money is what was open "
        "on that day.",
    ),
    cohort="Invoices by the month in which they were issued (due, where that is not known), within the period.",
    in_progress="Invoices that are not yet 90 days past due stay in the whole; their share stands beside.",
    columns=RISK_COLUMNS,
    drawn="at_risk",
    unit=RISK_UNIT,
)
ISSUED = "coalesce(invoice.issued_on, invoice.due_on)"
# Once for each customer, month and currency in which they were there at its start, or in which something came or was
# written off. `later`: what moved since the first month, so that a balance at a month's start is today's less that.
CHURN_UNIT = Unit(
    sql=f"""
  WITH month AS (
    SELECT generate_series(date_trunc('month', %(first)s::timestamp), %(until)s::timestamp, '1 month')::date AS first
  ), later AS (
    SELECT entry.invoice_id, {DAY} AS day, entry.amount FROM customers_ledgerentry entry
    WHERE {DAY} >= date_trunc('month', %(first)s::timestamp)
  ), there AS (
    SELECT month.first, invoice.customer_id, invoice.currency
    FROM month JOIN customers_invoice invoice ON {ISSUED} < month.first AND {ISSUED} >= month.first - 365 {CHOSEN}
    UNION
    SELECT month.first, invoice.customer_id, invoice.currency
    FROM month JOIN customers_invoice invoice ON {ISSUED} < month.first - 365 {CHOSEN}
    LEFT JOIN later ON later.invoice_id = invoice.id AND later.day >= month.first
    WHERE invoice.balance > 0 OR invoice.id IN (SELECT invoice_id FROM later)
    GROUP BY month.first, invoice.id HAVING invoice.balance > coalesce(sum(later.amount), 0)
  ), moved AS (
    SELECT date_trunc('month', {DAY})::date AS first, invoice.customer_id, invoice.currency,
      -coalesce(sum(entry.amount) FILTER (
        WHERE kind IN ('paid', 'refunded') AND {DAY} > invoice.due_on), 0) AS kept,
      -coalesce(sum(entry.amount) FILTER (WHERE kind = 'written_off'), 0) AS given_up
    FROM customers_ledgerentry entry JOIN customers_invoice invoice ON invoice.id = entry.invoice_id
    WHERE {DAY} <= %(as_of)s AND date_trunc('month', {DAY})::date IN (SELECT first FROM month)
      AND kind IN ('paid', 'refunded', 'written_off') {CHOSEN}
    GROUP BY 1, 2, 3)
  SELECT customer_id AS id, customer_id, currency || ' in ' || to_char(first, 'YYYY-MM') AS label, first AS on_day,
    currency, coalesce(moved.kept, 0) AS amount, coalesce(moved.given_up, 0) AS given_up,
    there.first IS NOT NULL AS was_there, there.first IS NOT NULL AND (
      coalesce(moved.given_up > 0, FALSE) OR EXISTS (
        SELECT 1 FROM dunning_case ended WHERE ended.customer_id = there.customer_id AND ended.ending = 'handed_over'
          AND ended.closed_at >= there.first AND ended.closed_at < there.first + interval '1 month'
          AND ended.closed_at < %(end)s)) AS is_lost
  FROM there FULL JOIN moved USING (first, customer_id, currency)
""",
    page="customers_customer",
    noun="customer",
    measures={
        "customers": "count(DISTINCT unit.customer_id) FILTER (WHERE unit.was_there)",
        "lost": "count(DISTINCT unit.customer_id) FILTER (WHERE unit.is_lost)",
        "kept": "sum(unit.amount)",
        "given_up": "sum(unit.given_up)",
    },
    groups={**BY_MONTH, **BY_CUSTOMER},
)
CHURN_COLUMNS = (
    Column("customers", "Customers at the start", Kind.COUNT, lambda m: m["customers"], only="unit.was_there"),
    Column("lost", "Lost unpaid", Kind.SHARE, lambda m: Share(m["lost"], m["customers"]), "unit.is_lost"),
    Column("kept", "Revenue kept", Kind.MONEY, lambda m: m["kept"], "unit.amount > 0"),
    Column("given_up", "Written off", Kind.MONEY, lambda m: m["given_up"], "unit.given_up > 0"),
)

CHURN = Report(
    key="churn",
    title="Involuntary churn and revenue kept",
    asks="Whom did we lose because they did not pay, and what did we keep?",
    definition=(
        "Customers at the start: billed in the 365 days before the month, or still owing what was billed earlier. Lost "
        "unpaid: of these, in the month something was written off, or their case was handed over. The desk knows "
        "customers, not subscriptions.",
        "Revenue kept: money of the month for invoices past their due date, less what went back; it and what was "
        "written off are of all customers.",
        "Grouped otherwise than by month, a customer counts once for the whole period; the list behind names each "
        "month.",
    ),
    cohort="Customers of each month that the period touches, whole months up to the date.",
    in_progress="The month of the date itself goes as far as the date.",
    columns=CHURN_COLUMNS,
    drawn="lost",
    unit=CHURN_UNIT,
)
