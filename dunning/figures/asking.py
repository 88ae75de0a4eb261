"""The two statements behind the reports that count things: grouped figures, and the things behind a number."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction

from dunning.figures.columns import Column, Measured, Row, Unit
from dunning.figures.question import Question

GROUPED = """
WITH unit AS ({unit})
SELECT {group}, {measures}
FROM unit JOIN customers_customer customer ON customer.id = unit.customer_id
WHERE {conditions} GROUP BY {places}
"""
BEHIND = """
WITH unit AS ({unit}),
counted AS (
  SELECT {one} unit.*, customer.name, customer.number FROM unit
  JOIN customers_customer customer ON customer.id = unit.customer_id
  WHERE {conditions} ORDER BY {sorted}unit.on_day DESC, unit.id DESC),
listed AS (SELECT * FROM counted ORDER BY on_day DESC, id DESC LIMIT %(most)s)
SELECT listed.id, listed.label, listed.on_day, listed.currency, listed.amount, listed.customer_id, listed.name,
  listed.number, (
    SELECT id FROM dunning_case c WHERE c.customer_id = listed.customer_id AND c.about = '' AND c.opened_at < %(end)s
    ORDER BY opened_at DESC LIMIT 1)
FROM listed ORDER BY listed.on_day DESC, listed.id DESC
"""
OF_CUSTOMERS = {"segment": "customer.segment", "country": "customer.country", "currency": "unit.currency"}
# The same filters for statements of one's own.
FOR_CUSTOMER = """(%(segment)s = '' OR customer.segment = %(segment)s)
  AND (%(country)s = '' OR customer.country = %(country)s)"""
BY_CUSTOMER = {
    "segment": ("segment", "coalesce(nullif(customer.segment, ''), 'no segment')"),
    "country": ("country", "coalesce(nullif(customer.country, ''), 'not known')"),
    "language": ("language", "customer.language"),
}
BY_MONTH = {"month": ("month", "to_char(unit.on_day, 'YYYY-MM')")}
LISTED = 1000
ROOM_TO_SORT = "64MB"  # of memory; with the usual four a large book is sorted on disk


class Behind(NamedTuple):
    """One thing behind a number, with its customer and their case."""

    id: int
    label: str
    on: date
    currency: str
    amount: Decimal | None
    customer_id: int
    customer: str
    customer_number: str
    case_id: int | None


def grouped(unit: Unit, question: Question, within: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The unit's measures for each group and currency, and for each value of its columns `within`: one query."""
    group = ", ".join([f"{_group(unit, question.by)} AS part, unit.currency", *(f"unit.{one}" for one in within)])
    names = ("part", "currency", *within, *unit.measures)
    statement = GROUPED.format(
        unit=unit.sql,
        group=group,
        measures=", ".join(f"{sql} AS {name}" for name, sql in unit.measures.items()),
        conditions=_conditions(unit, question),
        places=", ".join(str(place) for place in range(1, 3 + len(within))),
    )
    found = [dict(zip(names, row, strict=True)) for row in fetched(statement, question, unit)]
    return sorted(found, key=lambda one: (str(one["currency"]), in_order(str(one["part"]))))


def in_order(label: str) -> list[tuple[int, str]]:
    """For sorting as people count: day +5 before day +11."""
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in re.split(r"(\d+)", label)]


def behind(
    unit: Unit, question: Question, *, part: str, currency: str, only: str, each: str = "", most: int | None = LISTED
) -> list[Behind]:
    """The things behind one number, newest first, no more than `most`; `each`: one for each of these values."""
    question = _within(unit, question, part)
    conditions = f"{_conditions(unit, question)} AND {_group(unit, question.by)} = %(part)s AND {only or 'TRUE'}"
    if currency:
        conditions += " AND unit.currency = %(of_currency)s"
    one = f"DISTINCT ON ({each})" if each else ""
    statement = BEHIND.format(unit=unit.sql, conditions=conditions, one=one, sorted=f"{each}, " if each else "")
    asked = {"part": part, "of_currency": currency, "most": most}
    return [Behind(*row) for row in fetched(statement, question, unit, asked)]


def _within(unit: Unit, question: Question, part: str) -> Question:
    """The question about the month of the row alone, where rows are months: the others need not be looked at."""
    if unit.groups.get(question.by, next(iter(unit.groups.values()))) != BY_MONTH["month"]:
        return question
    first = date.fromisoformat(f"{part}-01")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return replace(question, first=max(first, question.first), last=min(last, question.last))


def rows_of(measured: Sequence[Measured], columns: Sequence[Column]) -> list[Row]:
    """What was measured, as the report's rows."""
    return [
        Row(one["part"], one["currency"], one["part"], tuple(column.of(one) for column in columns)) for one in measured
    ]


def fetched(
    statement: str, question: Question, unit: Unit | None = None, asked: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Rows of a statement about this question."""
    facts = {**question.facts(), **(unit.facts(question) if unit else {}), **(asked or {})}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [ROOM_TO_SORT])
        cursor.execute(question.sql(statement), facts)
        return list(cursor.fetchall())


def _group(unit: Unit, by: str) -> str:
    return unit.groups.get(by, next(iter(unit.groups.values())))[1]


def _conditions(unit: Unit, question: Question) -> str:
    known = {**OF_CUSTOMERS, **unit.filters}
    return " AND ".join(f"{sql} = %({name})s" for name, sql in known.items() if getattr(question, name)) or "TRUE"
