"""What collecting costs: messages, calls and card tries at the desk's own rates, beside what came in."""

from decimal import Decimal

from dunning.figures.asking import BY_MONTH, FOR_CUSTOMER, fetched, grouped, rows_of
from dunning.figures.columns import Column, Kind, Measured, Row, Unit
from dunning.figures.question import DAY, Question
from dunning.figures.report import NOT_YET, Report
from dunning.rules.figures.shares import rate

RATE = """
    SELECT rate.amount FROM dunning_costrate rate
    WHERE rate.kind = spent.kind AND rate.currency = spent.currency AND rate.valid_from <= spent.on_day
    ORDER BY rate.valid_from DESC LIMIT 1"""
# A call and a letter belong to the currency of the debt: of the letter's first line, or of the customer's newest
# invoice at that moment.
NEWEST = """
      SELECT currency FROM customers_invoice WHERE customer_id = {of}.customer_id AND created_at <= {at}
      ORDER BY id DESC LIMIT 1"""
SPENT = f"""
  SELECT spent.*, rate.amount
  FROM (
    SELECT notice.id, notice.customer_id, 'message' AS label, (notice.finished_at AT TIME ZONE 'UTC')::date AS on_day,
      coalesce(notice.lines->0->>'currency', newest.currency) AS currency, notice.channel AS kind
    FROM dunning_notice notice
    LEFT JOIN LATERAL ({NEWEST.format(of="notice", at="notice.finished_at")}) AS newest ON TRUE
    WHERE notice.state = 'sent' AND notice.finished_at >= %(first_at)s AND notice.finished_at < %(end)s
    UNION ALL
    SELECT called.id, called.customer_id, 'call', (called.called_at AT TIME ZONE 'UTC')::date, newest.currency, 'call'
    FROM dunning_call called
    CROSS JOIN LATERAL ({NEWEST.format(of="called", at="called.called_at")}) AS newest
    WHERE called.called_at >= %(first_at)s AND called.called_at < %(end)s
    UNION ALL
    SELECT attempt.id, attempt.customer_id, 'card try', (attempt.started_at AT TIME ZONE 'UTC')::date,
      attempt.currency, 'charge'
    FROM payments_chargeattempt attempt
    WHERE attempt.started_at >= %(first_at)s AND attempt.started_at < %(end)s) AS spent
  LEFT JOIN LATERAL ({RATE}) AS rate ON TRUE
  WHERE spent.on_day <= %(until)s AND spent.currency IS NOT NULL
"""
UNIT = Unit(
    sql=SPENT,
    page="",
    noun="message, call or try",
    measures={
        "number": "count(*)",
        "cost": "coalesce(sum(unit.amount), 0)",
        "unpriced": "count(*) FILTER (WHERE unit.amount IS NULL)",
    },
    groups={**BY_MONTH, "kind": ("what it was", "replace(unit.kind, '_', ' ')")},
    filters={"channel": "unit.kind"},
)
COLLECTED = f"""
SELECT CASE WHEN %(by)s = 'kind' THEN '' ELSE to_char({DAY}, 'YYYY-MM') END, invoice.currency, -sum(entry.amount)
FROM customers_ledgerentry entry JOIN customers_invoice invoice ON invoice.id = entry.invoice_id
JOIN customers_customer customer ON customer.id = invoice.customer_id
WHERE entry.kind IN ('paid', 'refunded') AND {DAY} BETWEEN %(first)s AND %(until)s AND {DAY} > invoice.due_on
  AND {FOR_CUSTOMER}
GROUP BY 1, 2
"""


def _per_hundred(measured: Measured) -> Decimal | None:
    each = rate(measured["cost"], measured["collected"]) if measured["is_all"] else None
    return None if each is None else 100 * each


COLUMNS = (
    Column("number", "Messages, calls and tries", Kind.COUNT, lambda m: m["number"], only="TRUE"),
    Column("cost", "Cost", Kind.MONEY, lambda m: m["cost"]),
    Column("collected", "Collected late", Kind.MONEY, lambda m: m["collected"]),
    Column("each", "Cost per 100 collected", Kind.NUMBER, _per_hundred),
    Column("unpriced", "Without a rate", Kind.COUNT, lambda m: m["unpriced"], only="unit.amount IS NULL"),
)


def costs(question: Question) -> list[Row]:
    """What was spent, by month or kind, and what came in late in the same months (or in the whole period)."""
    is_by_kind = question.by == "kind"
    collected = {
        (part, currency): amount for part, currency, amount in fetched(COLLECTED, question, asked={"by": question.by})
    }
    found = grouped(UNIT, question)
    rows = [
        {
            **one,
            "collected": collected.get(("" if is_by_kind else one["part"], one["currency"]), 0),
            "is_all": not question.channel,
        }
        for one in found
    ]
    return rows_of(rows, COLUMNS)


COSTS = Report(
    key="costs",
    title="Cost to collect",
    asks="What does a unit of recovered money cost?",
    definition=(
        "Each message, call and card try at the rate of its day, from the table of cost rates, in the currency of the "
        "debt then. What has no rate in that currency costs nothing here, and is counted beside.",
        "Collected late: money after the due date, less what went back. Grouped by what it was, each line holds its "
        "part of the cost per 100; with one channel chosen there is none, as nobody knows what that channel brought.",
    ),
    cohort="What was done, and what came in, within the period.",
    in_progress=NOT_YET,
    columns=COLUMNS,
    answers=costs,
    drawn="each",
    filters=("segment", "currency", "country", "channel"),
    unit=UNIT,
    interval="A full count: no interval.",
)
