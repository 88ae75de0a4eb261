"""At the end of each month: days sales outstanding, and how what is late rolls on or is cured."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from customers.rules.ageing import FIRST_DAYS
from dunning.figures.asking import fetched, rows_of
from dunning.figures.columns import Column, Kind, Measured, Row, Share
from dunning.figures.months import AT_THE_END, NOTHING, STOOD, Month, last_day, months_of, next_month
from dunning.figures.owed import BUCKET, open_on
from dunning.figures.question import Question
from dunning.figures.report import NOT_YET, Report
from dunning.rules.figures import ageing, dso

QUARTER = 3  # months of sales that days sales outstanding are counted on
AGES = """
SELECT day, currency, date_trunc('month', issued_on)::date, sum(unit.amount * (day - issued_on))
FROM ({open}) AS unit GROUP BY 1, 2, 3
"""
DSO_COLUMNS = (
    Column("sales", "Sales of three months", Kind.MONEY, lambda m: m["sales"]),
    Column("closing", "Receivable", Kind.MONEY, lambda m: m["closing"], AT_THE_END),
    Column("simple", "DSO", Kind.DAYS, lambda m: m["simple"], AT_THE_END),
    Column("countback", "DSO, countback", Kind.DAYS, lambda m: m["countback"], AT_THE_END),
    Column("true", "True DSO", Kind.DAYS, lambda m: m["true"], f"{AT_THE_END} AND unit.amount > 0"),
    Column("best", "Best possible DSO", Kind.DAYS, lambda m: m["best"], f"{AT_THE_END} AND unit.bucket = 0"),
    Column("delay", "Average delay (ADD)", Kind.DAYS, lambda m: dso.average_delay(m["simple"], m["best"])),
    Column("cei", "Collection effectiveness (CEI)", Kind.NUMBER, lambda m: m["cei"]),
)


def _whole(months: list[Month], question: Question) -> Iterator[tuple[Month, list[Month]]]:
    """Months of the period that are over, each with itself and the ones before, newest first."""
    for place, month in enumerate(months):
        if month.first >= question.first.replace(day=1) and last_day(month.first) <= min(question.as_of, question.last):
            yield month, months[place::-1]


def days_sales_outstanding(question: Question) -> list[Row]:
    """DSO of each month that is over, on the sales of three months, per currency."""
    found = []
    by_currency = {currency: list(_whole(months, question)) for currency, months in months_of(question).items()}
    weighed = _weighed(
        question, sorted({last_day(month.first) for whole in by_currency.values() for month, _ in whole})
    )
    for currency, whole in by_currency.items():
        for month, back in whole:
            figures = _dso(back, weighed[last_day(month.first), currency])
            found.append({"part": f"{month.first:%Y-%m}", "currency": currency, **figures})
    return rows_of(found, DSO_COLUMNS)


def _weighed(question: Question, ends: list[date]) -> dict[tuple[date, str], dict[date, Decimal]]:
    """(last day, currency) → month of issue → Σ age × open amount at the end of that day."""
    weighed: dict[tuple[date, str], dict[date, Decimal]] = defaultdict(dict)
    if ends:
        for day, currency, month, sum_of_ages in fetched(AGES.format(open=open_on(ends)), question):
            weighed[day, currency][month] = sum_of_ages
    return weighed


def _dso(back: list[Month], weighed: dict[date, Decimal]) -> dict[str, Any]:
    """The figures of the month back[0]; the months before it follow.

    Sales belong to the month of issue, as far as the books knew of them at the end of back[0]. Of months before the
    books began they know only what was still open then, so that these have no sales.
    """
    period, month = back[:QUARTER], back[0]
    issued = _sales_known(back)
    sales, days = sum((issued[one.first] for one in period), NOTHING), sum(one.days for one in period)
    in_books = {one.first for one in back}
    owed = [dso.Owed(1, ages, issued[first] if first in in_books else NOTHING) for first, ages in weighed.items()]
    return {
        "sales": sales,
        "closing": month.closing,
        "simple": dso.simple(month.closing, sales, days),
        "countback": dso.countback(month.closing, [dso.Sales(issued[one.first], one.days) for one in back]),
        "true": dso.true(owed),
        "best": dso.best_possible(month.current, sales, days),
        "cei": dso.effectiveness(
            opening=_opening(period),
            sales=sales,
            months=len(period),
            closing=month.closing,
            closing_current=month.current,
        ),
    }


def _sales_known(months: list[Month]) -> dict[date, Decimal]:
    """Month of issue → net sales that were booked in these months."""
    known: dict[date, Decimal] = defaultdict(Decimal)
    for month in months:
        for issued, amount in month.issued.items():
            known[issued] += amount
    return known


def _opening(period: list[Month]) -> Decimal:
    """The receivable before these months, and what was issued before them and reached the books within them."""
    first = period[-1]
    brought = sum((amount for issued, amount in _sales_known(period).items() if issued < first.first), NOTHING)
    return first.opening + brought


DSO = Report(
    key="dso",
    title="Days sales outstanding",
    asks="How long does our money stay with customers?",
    definition=(
        "Sales: net sales (invoiced less credited) of the invoices issued in a month, as the books knew them at the "
        "end of the month of the row. Where the day of issue is not known, it is the due date or the day on which the "
        "desk first knew of the invoice, whichever is earlier.",
        "DSO: receivable at the month's end ÷ sales of three months × their days.",
        "Countback: months' sales are taken off the receivable backwards; days of full months and a part of the last. "
        "True: the sum over open invoices of age × amount ÷ sales of their month of issue; – while anything is open "
        "that was issued before the books began, because what was sold then is not known.",
        "Best possible: only what is not due yet ÷ sales × days. Average delay: DSO less best possible DSO.",
        "CEI: (opening + sales ÷ 3 − closing) ÷ (opening + sales ÷ 3 − what is not due of closing) × 100; 100 is all "
        "that could be collected. What was issued before the three months and reached the books within them counts as "
        "opening.",
    ),
    cohort="Months that are over at the date of the report. Fewer than three months of books: as many as there are.",
    in_progress=NOT_YET,
    columns=DSO_COLUMNS,
    answers=days_sales_outstanding,
    unit=STOOD,
    drawn="simple",
    interval="A full count: no interval.",
    span=365,
)
# By bucket what was open at each month's end; then how many were late, and who of them is not a month later.
STANDING = f"""
WITH standing AS MATERIALIZED (
  SELECT day, currency, unit.customer_id, {BUCKET} AS bucket, sum(unit.amount) AS amount
  FROM ({{open}}) AS unit GROUP BY 1, 2, 3, 4),
late AS MATERIALIZED (SELECT DISTINCT day, currency, customer_id FROM standing WHERE bucket > 0)
SELECT day, currency, bucket, sum(amount), NULL::bigint, NULL::bigint FROM standing GROUP BY 1, 2, 3
UNION ALL
SELECT before.day, before.currency, NULL, NULL, count(*), count(*) FILTER (WHERE after.customer_id IS NULL)
FROM late AS before LEFT JOIN late AS after ON after.customer_id = before.customer_id
  AND after.currency = before.currency AND after.day = (before.day + 1 + interval '1 month')::date - 1
GROUP BY 1, 2
"""
LAST = len(ageing.BUCKETS) - 2  # the roll into the last bucket: what is there stays there


@dataclass(slots=True)
class Standing:
    """A month's end in one currency. `cured`: how many of the customers late then have nothing late a month later."""

    open: dict[int, Decimal] = field(default_factory=dict)
    late: int = 0
    cured: int = 0


def _roll(place: int) -> Column:
    """From bucket `place` to the next; the last from both of them, because nothing leaves it but what is paid."""
    source = ageing.BUCKETS[place] if place < LAST else f"over {FIRST_DAYS[LAST - 1] - 1} days"

    def share(m: Measured) -> Share:
        before = sum((m["then"].get(one, NOTHING) for one in {place, *([LAST + 1] if place == LAST else [])}), NOTHING)
        return Share(m["now"].get(place + 1, NOTHING), before, is_counted=False)

    there = f"{AT_THE_END} AND unit.amount > 0 AND unit.bucket = {place + 1}"
    return Column(f"roll_{place}", f"{source} → {ageing.BUCKETS[place + 1]}", Kind.SHARE, share, there)


WERE_LATE = "unit.side = 'before' AND unit.amount > 0 AND unit.bucket > 0"
ARE_LATE = """EXISTS (
  SELECT 1 FROM unit AS still WHERE still.customer_id = unit.customer_id AND still.currency = unit.currency
    AND still.side = 'end' AND still.amount > 0 AND still.bucket > 0)"""
ROLL_COLUMNS = (
    *(_roll(place) for place in range(LAST + 1)),
    Column(
        "late", "Customers late a month before", Kind.COUNT, lambda m: m["late"], WERE_LATE, each="unit.customer_id"
    ),
    Column(
        "cured",
        "Cured",
        Kind.SHARE,
        lambda m: Share(m["cured"], m["late"]),
        f"{WERE_LATE} AND NOT {ARE_LATE}",
        each="unit.customer_id",
    ),
)


def rolls(question: Question) -> list[Row]:
    """What went from bucket to bucket within each month that is over, and whose debts were cured."""
    ends = [last_day(first) for first in _firsts(question)]
    if len(ends) < 2:
        return []
    standing, found = _standing(question, ends), []
    for then, now in zip(ends, ends[1:], strict=False):
        for currency in sorted(code for day, code in standing if day == then):
            before, after = standing[then, currency], standing.get((now, currency), Standing())
            sides = {"then": before.open, "now": after.open, "late": before.late, "cured": before.cured}
            found.append({"part": f"{now:%Y-%m}", "currency": currency, **sides})
    return rows_of(found, ROLL_COLUMNS)


def _firsts(question: Question) -> list[date]:
    """First days of the months of the period that are over, after one month before."""
    first = (question.first.replace(day=1) - timedelta(days=1)).replace(day=1)
    firsts = []
    while last_day(first) <= min(question.as_of, question.last):
        firsts.append(first)
        first = next_month(first)
    return firsts


def _standing(question: Question, ends: list[date]) -> dict[tuple[date, str], Standing]:
    """(last day, currency) → how it stood then. One query."""
    found: dict[tuple[date, str], Standing] = defaultdict(Standing)
    for day, currency, bucket, amount, late, cured in fetched(STANDING.format(open=open_on(ends)), question):
        one = found[day, currency]
        if bucket is None:
            one.late, one.cured = late, cured
        else:
            one.open[bucket] = amount
    return found


ROLLS = Report(
    key="rolls",
    title="Rolling and curing",
    asks="How much of what is late grows older, and who comes back?",
    definition=(
        "Roll: open in a bucket at the month's end ÷ open in the bucket before it a month earlier. It goes by amounts, "
        "not by single invoices: new debts of the same age count, too. The last one is what is open over 120 days ÷ "
        "what was open over 90 days, because nothing grows out of the last bucket.",
        "Cured: customers who were late a month earlier and have nothing late at the month's end.",
    ),
    cohort="Months that are over at the date of the report.",
    in_progress=NOT_YET,
    columns=ROLL_COLUMNS,
    answers=rolls,
    unit=STOOD,
    drawn="cured",
    span=180,
)
