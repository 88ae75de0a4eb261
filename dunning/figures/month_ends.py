"""At the end of each month: days sales outstanding, and how what is late rolls on or is cured."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dunning.figures.asking import FOR_CUSTOMER, fetched, rows_of
from dunning.figures.columns import Column, Kind, Row, Share
from dunning.figures.months import NOTHING, Month, last_day, months_of, next_month
from dunning.figures.owed import open_on
from dunning.figures.question import Question
from dunning.figures.report import NOT_YET, Report
from dunning.rules.figures import ageing, dso

QUARTER = 3  # months of sales that days sales outstanding are counted on
ASKED_OF = f"""
WHERE (%(currency)s = '' OR currency = %(currency)s) AND {FOR_CUSTOMER}
"""
TRUE_PARTS = f"""
SELECT day, currency, date_trunc('month', coalesce(issued_on, on_day))::date,
  sum(unit.amount * (day - coalesce(issued_on, on_day)))
FROM ({{open}}) AS unit JOIN customers_customer customer ON customer.id = unit.customer_id {ASKED_OF}
GROUP BY 1, 2, 3
"""
DSO_COLUMNS = (
    Column("sales", "Sales of three months", Kind.MONEY, lambda m: m["sales"]),
    Column("closing", "Receivable", Kind.MONEY, lambda m: m["closing"]),
    Column("simple", "DSO", Kind.DAYS, lambda m: m["simple"]),
    Column("countback", "DSO, countback", Kind.DAYS, lambda m: m["countback"]),
    Column("true", "True DSO", Kind.DAYS, lambda m: m["true"]),
    Column("best", "Best possible DSO", Kind.DAYS, lambda m: m["best"]),
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
        for day, currency, month, sum_of_ages in fetched(TRUE_PARTS.format(open=open_on(ends)), question):
            weighed[day, currency][month] = sum_of_ages
    return weighed


def _dso(back: list[Month], weighed: dict[date, Decimal]) -> dict[str, Any]:
    """The figures of the month back[0]; the months before it follow."""
    period = back[:QUARTER]
    sales, days, month = sum((one.sales for one in period), NOTHING), sum(one.days for one in period), back[0]
    of_month = {one.first: one.sales for one in back}
    owed = [dso.Owed(1, amount, of_month.get(issued, NOTHING)) for issued, amount in weighed.items()]
    return {
        "sales": sales,
        "closing": month.closing,
        "simple": dso.simple(month.closing, sales, days),
        "countback": dso.countback(month.closing, [dso.Sales(one.sales, one.days) for one in back]),
        "true": dso.true(owed),
        "best": dso.best_possible(month.current, sales, days),
        "cei": dso.effectiveness(
            opening=period[-1].opening,
            sales=sales,
            months=len(period),
            closing=month.closing,
            closing_current=month.current,
        ),
    }


DSO = Report(
    key="dso",
    title="Days sales outstanding",
    asks="How long does our money stay with customers?",
    definition=(
        "DSO: receivable at the month's end ÷ net sales of three months (invoiced less credited) × their days.",
        "Countback: months' sales are taken off the receivable backwards; days of full months and a part of the last. "
        "True: the sum over open invoices of age × amount ÷ net sales of the month of issue.",
        "Best possible: only what is not due yet ÷ sales × days. Average delay: DSO less best possible DSO.",
        "CEI: (opening + sales ÷ 3 − closing) ÷ (opening + sales ÷ 3 − what is not due of closing) × 100; 100 is all "
        "that could be collected.",
    ),
    cohort="Months that are over at the date of the report. Fewer than three months of books: as many as there are.",
    in_progress=NOT_YET,
    columns=DSO_COLUMNS,
    answers=days_sales_outstanding,
    drawn="simple",
    interval="A full count: no interval.",
    span=365,
)
BUCKETED = f"""
SELECT day, currency, width_bucket(unit.days, ARRAY{list(ageing.FIRST_DAYS)}), sum(unit.amount)
FROM ({{open}}) AS unit JOIN customers_customer customer ON customer.id = unit.customer_id {ASKED_OF}
GROUP BY 1, 2, 3
"""
# A month's end and the one after it: who is late at both, and who only at the first.
CURED = f"""
WITH late AS MATERIALIZED (
  SELECT DISTINCT day, currency, unit.customer_id
  FROM ({{open}}) AS unit JOIN customers_customer customer ON customer.id = unit.customer_id {ASKED_OF} AND days > 0)
SELECT before.day, before.currency, count(*), count(*) FILTER (WHERE after.customer_id IS NULL)
FROM late AS before LEFT JOIN late AS after ON after.customer_id = before.customer_id
  AND after.currency = before.currency AND after.day = (before.day + 1 + interval '1 month')::date - 1
GROUP BY 1, 2
"""
ROLLED = 5
ROLL_COLUMNS = (
    *(
        Column(
            f"roll_{place}",
            f"{ageing.BUCKETS[place]} → {ageing.BUCKETS[place + 1]}",
            Kind.SHARE,
            lambda m, place=place: Share(m["now"].get(place + 1, 0), m["then"].get(place, 0), is_counted=False),  # type: ignore[misc]
        )
        for place in range(ROLLED)
    ),
    Column("late", "Customers late a month before", Kind.COUNT, lambda m: m["late"]),
    Column("cured", "Cured", Kind.SHARE, lambda m: Share(m["cured"], m["late"])),
)


def rolls(question: Question) -> list[Row]:
    """What went from bucket to bucket within each month that is over, and whose debts were cured."""
    ends = [last_day(first) for first in _firsts(question)]
    if len(ends) < 2:
        return []
    standing, found = _by_bucket(question, ends), []
    cured = {(day, code): counts for day, code, *counts in fetched(CURED.format(open=open_on(ends)), question)}
    for then, now in zip(ends, ends[1:], strict=False):
        for currency in sorted(code for day, code in standing if day == then):
            late, back = cured.get((then, currency), (0, 0))
            sides = {"then": standing[then, currency], "now": standing.get((now, currency), {})}
            found.append({"part": f"{now:%Y-%m}", "currency": currency, "late": late, "cured": back, **sides})
    return rows_of(found, ROLL_COLUMNS)


def _firsts(question: Question) -> list[date]:
    """First days of the months of the period that are over, after one month before."""
    first = (question.first.replace(day=1) - timedelta(days=1)).replace(day=1)
    firsts = []
    while last_day(first) <= min(question.as_of, question.last):
        firsts.append(first)
        first = next_month(first)
    return firsts


def _by_bucket(question: Question, ends: list[date]) -> dict[tuple[date, str], dict[int, Decimal]]:
    found: dict[tuple[date, str], dict[int, Decimal]] = defaultdict(dict)
    for day, currency, place, amount in fetched(BUCKETED.format(open=open_on(ends)), question):
        found[day, currency][place] = amount
    return found


ROLLS = Report(
    key="rolls",
    title="Rolling and curing",
    asks="How much of what is late grows older, and who comes back?",
    definition=(
        "Roll: open in a bucket at the month's end ÷ open in the bucket before it a month earlier. It goes by amounts, "
        "not by single invoices: new debts of the same age count, too.",
        "Cured: customers who were late a month earlier and have nothing late at the month's end.",
    ),
    cohort="Months that are over at the date of the report.",
    in_progress=NOT_YET,
    columns=ROLL_COLUMNS,
    answers=rolls,
    drawn="cured",
    span=180,
)
