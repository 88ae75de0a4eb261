"""Questions and rows of a report as JSON and back, exactly: amounts stay decimals, shares stay shares."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from dunning.figures.columns import Estimate, Row, Share
from dunning.figures.question import Basis, Question


def as_json(rows: Sequence[Row]) -> list[list[Any]]:
    """For a JSON column."""
    return [[row.label, row.currency, row.part, [_packed(value) for value in row.values]] for row in rows]


def from_json(rows: Sequence[Sequence[Any]]) -> list[Row]:
    """The rows as they were."""
    return [Row(label, code, part, tuple(_unpacked(value) for value in values)) for label, code, part, values in rows]


def question_as_json(question: Question) -> dict[str, str]:
    """For a JSON column."""
    return {name: str(value) for name, value in asdict(question).items()}


def question_from_json(told: dict[str, str]) -> Question:
    """The question as it was."""
    days = {name: date.fromisoformat(told[name]) for name in ("as_of", "first", "last")}
    facts: dict[str, Any] = {**told, **days, "basis": Basis(told["basis"])}
    return Question(**facts)


def _packed(value: Any) -> Any:
    match value:
        case Share():
            return {"share": [_packed(value.part), _packed(value.whole), value.is_counted, value.is_each]}
        case Estimate():
            return {"estimate": [*value]}
        case Decimal():
            return {"decimal": str(value)}
        case _:
            return value


def _unpacked(value: Any) -> Any:
    match value:
        case {"share": [part, whole, is_counted, is_each]}:
            return Share(_unpacked(part), _unpacked(whole), is_counted, is_each)
        case {"estimate": [value, low, high]}:
            return Estimate(value, low, high)
        case {"decimal": written}:
            return Decimal(written)
        case _:
            return value
