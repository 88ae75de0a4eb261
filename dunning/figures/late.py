"""Recovery: what was not paid in time, and what became of it. One row per invoice that was late."""

from collections import defaultdict
from typing import Any

from dunning.figures.asking import BY_CUSTOMER, BY_MONTH, grouped, rows_of
from dunning.figures.columns import Column, Estimate, Kind, Row, Share, Unit
from dunning.figures.question import CHOSEN, DAY, Question
from dunning.figures.report import Report
from dunning.rules.figures.survival import Point, Seen, curve, median, paid_by

BY_DAY = (1, 3, 7, 14, 30)
# `late_on`: the due date, or the first day on which the books knew the invoice, if that is later.
SETTLED = """
    CASE WHEN sum(moved) <= 0 THEN max(next_day) FILTER (WHERE running.balance > 0) END AS settled_on"""
LATE = f"""
  SELECT late.*, late.due_on AS on_day, late.failed AS amount,
    CASE WHEN still_open > 0 THEN 'open' WHEN written_off > 0 THEN 'written_off' WHEN paid > 0 THEN 'recovered'
      ELSE 'credited' END AS ended,
    CASE WHEN still_open <= 0 AND written_off <= 0 AND paid > 0 THEN settled_on ELSE %(as_of)s END - due_on AS days,
    late_on - due_on AS entered,
    greatest(least(paid, failed), 0) AS came_in,
    settled_on IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM dunning_notice notice WHERE notice.customer_id = late.customer_id AND notice.state = 'sent'
        AND (notice.finished_at AT TIME ZONE 'UTC')::date > late.due_on
        AND (notice.finished_at AT TIME ZONE 'UTC')::date <= late.settled_on) AS is_quiet
  FROM (
    SELECT invoice.id, invoice.customer_id, invoice.number AS label, invoice.currency, invoice.due_on,
      min(late_on) AS late_on, sum(moved) FILTER (WHERE day <= late_on) AS failed, sum(moved) AS still_open,
      coalesce(sum(paid) FILTER (WHERE day > late_on), 0) AS paid,
      coalesce(sum(written_off) FILTER (WHERE day > late_on), 0) AS written_off, {SETTLED}
    FROM (
      SELECT day.*, sum(moved) OVER byday AS balance, lead(day) OVER byday AS next_day,
        greatest(due_on, min(day) OVER (PARTITION BY invoice_id)) AS late_on
      FROM (
        SELECT entry.invoice_id, invoice.due_on, {DAY} AS day, sum(entry.amount) AS moved,
          -coalesce(sum(entry.amount) FILTER (WHERE entry.kind IN ('paid', 'refunded')), 0) AS paid,
          -coalesce(sum(entry.amount) FILTER (WHERE entry.kind = 'written_off'), 0) AS written_off
        FROM customers_invoice invoice JOIN customers_ledgerentry entry ON entry.invoice_id = invoice.id
        WHERE invoice.due_on BETWEEN %(first)s AND %(until)s AND invoice.due_on < %(as_of)s AND {DAY} <= %(as_of)s
          {CHOSEN}
        GROUP BY 1, 2, 3) AS day
      WINDOW byday AS (PARTITION BY invoice_id ORDER BY day)) AS running
    JOIN customers_invoice invoice ON invoice.id = running.invoice_id
    GROUP BY invoice.id) AS late
  WHERE failed > 0
"""
UNIT = Unit(
    sql=LATE,
    page="customers_invoice",
    noun="invoice",
    measures={
        "failed": "count(*)",
        "recovered": "count(*) FILTER (WHERE unit.ended = 'recovered')",
        "credited": "count(*) FILTER (WHERE unit.ended = 'credited')",
        "written_off": "count(*) FILTER (WHERE unit.ended = 'written_off')",
        "open": "count(*) FILTER (WHERE unit.ended = 'open')",
        "quiet": "count(*) FILTER (WHERE unit.ended = 'recovered' AND unit.is_quiet)",
        "failed_amount": "sum(unit.failed)",
        "came_in": "sum(unit.came_in)",
        "lost": "sum(unit.written_off)",
    },
    groups={**BY_MONTH, **BY_CUSTOMER, "all": ("nothing", "'all'")},
)


def _of(name: str) -> Column:
    titles = {"written_off": "Written off", "credited": "Credited", "open": "In progress"}
    return Column(name, titles[name], Kind.SHARE, lambda m: Share(m[name], m["failed"]), f"unit.ended = '{name}'")


def _by(day: int) -> Column:
    return Column(f"day_{day}", f"By day {day}", Kind.ESTIMATE, lambda m: m["days"][day])


COLUMNS = (
    Column("failed", "Late", Kind.COUNT, lambda m: m["failed"], only="TRUE"),
    Column(
        "recovered", "Recovered", Kind.SHARE, lambda m: Share(m["recovered"], m["failed"]), "unit.ended = 'recovered'"
    ),
    _of("open"),
    _of("written_off"),
    _of("credited"),
    Column(
        "quiet",
        "Before any message",
        Kind.SHARE,
        lambda m: Share(m["quiet"], m["failed"]),
        "unit.ended = 'recovered' AND unit.is_quiet",
    ),
    Column("failed_amount", "Late", Kind.MONEY, lambda m: m["failed_amount"], only="TRUE"),
    Column("came_in", "Came in", Kind.MONEY, lambda m: m["came_in"], "unit.came_in > 0"),
    Column(
        "came_share",
        "Came in, of the amount",
        Kind.SHARE,
        lambda m: Share(m["came_in"], m["failed_amount"], is_counted=False),
    ),
    *(_by(day) for day in BY_DAY),
    Column("median", "Half paid by day", Kind.ESTIMATED_DAYS, lambda m: m["median"]),
)


def recovery(question: Question) -> list[Row]:
    """Late invoices by cohort and currency, with how long it took until money came."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in grouped(UNIT, question, within=("entered", "days", "ended")):
        found[one["part"], one["currency"]].append(one)
    return rows_of([_cohort(*group, parts) for group, parts in found.items()], COLUMNS)


def _cohort(part: str, currency: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The measures of a cohort, added up, and its curve."""
    sums = {name: sum(one[name] for one in parts) for name in UNIT.measures}
    seen = {Seen(one["entered"], one["days"], one["ended"] == "recovered"): 0 for one in parts}
    for one in parts:
        seen[Seen(one["entered"], one["days"], one["ended"] == "recovered")] += one["failed"]
    points = curve(seen)
    by_day = {day: _estimate(paid_by(points, day)) for day in BY_DAY}
    half = median(points)
    return {"part": part, "currency": currency, **sums, "days": by_day, "median": Estimate(*half) if half else None}


def _estimate(point: Point | None) -> Estimate | None:
    return Estimate(point.paid, *point.interval) if point else None


RECOVERY = Report(
    key="recovery",
    title="Recovery",
    asks="Of what was not paid in time, how much came in after all, and how fast?",
    definition=(
        "Late: open at the end of its due date, or of the first day on which the books knew it, if that is later.",
        "Recovered: settled at the date of the report, by money and without a write-off. Came in: money since it was "
        "late, less what went back, at most what was late.",
        "By day n: the share paid n days after the due date, estimated by Kaplan and Meier; what was written off or "
        "credited counts as not paid. Empty where nobody could be followed so long. An invoice that reached the books "
        "late is looked at from then on only.",
        "Before any message: settled before any letter or message to the customer after the due date.",
    ),
    cohort="Invoices by the month (or group) of their due date within the period, never by the day of the recovery.",
    in_progress="What is still open stays in the whole; its share stands beside. A cohort is final when it is 0 %.",
    columns=COLUMNS,
    answers=recovery,
    drawn="recovered",
    unit=UNIT,
    interval="Shares of counts carry their 95 % interval (Wilson), days and shares by day theirs (Greenwood).",
)
