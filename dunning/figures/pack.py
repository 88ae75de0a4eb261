"""The month-end pack: ageing, movements that reconcile, recoveries, promises, forecast and write-offs, as tables.

PDF and spreadsheet are made of the same tables. Each asks a report for the last day of the month.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dunning.figures.asking import behind, fetched
from dunning.figures.book import REPORTS
from dunning.figures.columns import Column, Estimate, Kind, Row, Share
from dunning.figures.months import KINDS
from dunning.figures.owed import BALANCES
from dunning.figures.question import Question
from dunning.figures.report import Report
from dunning.figures.shown import PER_CENT

Ask = Callable[[Report, Question], list[Row]]


class Rate(float):
    """A fraction of one, printed as per cent."""


Value = str | int | Decimal | float | None
QUARTER = 92  # days before the month's end whose due dates the recoveries are about
SUMS = f"SELECT currency, sum(amount) FROM ({BALANCES}) AS unit GROUP BY 1"


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. Money is a Decimal in the currency its row names; other numbers are ints, floats, or a Rate."""

    title: str
    says: str
    head: tuple[str, ...]
    rows: list[tuple[Value, ...]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pack:
    """All tables of the month that ends on `as_of`. `wrong`: currencies whose movements do not reconcile."""

    as_of: date
    tables: list[Table]
    wrong: list[str]


def questions(as_of: date) -> dict[str, Question]:
    """What the pack of the month whose last day is `as_of` asks of each report."""
    month = Question(as_of, as_of.replace(day=1), as_of)
    return {
        "ageing": month,
        "movements": month,
        "recovery": Question(as_of, as_of - timedelta(days=QUARTER), as_of),
        "promises": Question(as_of, as_of + timedelta(days=1), as_of + timedelta(days=31)),
        "forecast": month,
        "forecast-past": month,
        "write-offs": month,
    }


def pack(as_of: date, ask: Ask) -> Pack:
    """The pack of that month; `ask` answers its reports."""
    asked = questions(as_of)
    rows = {key: ask(REPORTS[key], question) for key, question in asked.items()}
    tables = {key: _table(REPORTS[key], told) for key, told in rows.items()}
    tables["movements"], wrong = _movements(rows["movements"], asked["movements"])
    told = tables["promises"]
    tables["promises"] = Table("Promises due", "Promises for the 31 days after the month.", told.head, told.rows)
    return Pack(as_of, [*tables.values(), _given_up(asked["write-offs"])], wrong)


def _table(report: Report, rows: list[Row]) -> Table:
    """A report as a table; a share is shown as its rate."""
    head = (next(iter(report.groups.values()), "what"), "currency", *(column.title for column in report.columns))
    values: list[tuple[Value, ...]] = [
        (row.label, row.currency, *map(_value, report.columns, row.values)) for row in rows
    ]
    return Table(report.title, " ".join((*report.definition, report.in_progress)), head, values)


def _value(column: Column, value: Any) -> Value:
    if isinstance(value, Share):
        value = value.rate
    if isinstance(value, Estimate):
        value = value.value
    if value is None or column.kind in (Kind.COUNT, Kind.MONEY):
        as_it_is: Value = value
        return as_it_is
    return Rate(value) if column.kind in PER_CENT else float(value)


def _movements(told: list[Row], month: Question) -> tuple[Table, list[str]]:
    """The month's movements, and beside them the sum of all balances on its last day: they must be equal."""
    balances = dict(fetched(SUMS, month))
    rows, wrong = [], []
    names = [column.name for column in REPORTS["movements"].columns]
    for row in told:
        values = dict(zip(names, row.values, strict=True))
        moved = [values[kind] for kind in KINDS]
        closing = values["opening"] + sum(moved)
        by_balances = balances.get(row.currency, Decimal(0))
        rows.append((row.currency, values["opening"], *moved, closing, by_balances, closing - by_balances))
        if closing != by_balances or closing != values["closing"]:
            wrong.append(row.currency)
    heads = (
        "currency",
        "opening",
        *(kind.replace("_", " ") for kind in KINDS),
        "closing",
        "sum of balances",
        "difference",
    )
    says = "Opening + invoiced + paid + credited + written off + refunded = closing, signed as in the ledger."
    return Table("Movements", says, heads, rows), wrong


def _given_up(month: Question) -> Table:
    """Every write-off of the month."""
    unit = REPORTS["write-offs"].unit
    assert unit
    found = behind(unit, month, part=f"{month.first:%Y-%m}", currency="", only="TRUE", most=None)
    rows: Sequence[tuple[Value, ...]] = [
        (one.label, one.customer_number, str(one.on), one.currency, one.amount) for one in found
    ]
    return Table(
        "Each write-off", "The newest first.", ("invoice", "customer", "day", "currency", "written off"), list(rows)
    )
