"""How good predictions would have been in past months, each learnt from nothing but what was known before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dunning.rules.prediction.books import STARTS, Book, Seen, cell_at
from dunning.rules.prediction.judging import Band, Foretold, brier, calibration, money
from dunning.rules.prediction.learning import counted, learn
from dunning.rules.prediction.model import RULES, Model, outlook

MONTH = 30
MONTHS_BACK = 3


@dataclass(frozen=True, slots=True)
class Month:
    """The thirty days after `day`, in one currency: foretold at its end, and what came, each invoice in full."""

    day: date
    currency: str
    expected: Decimal
    by_rules: Decimal
    came: Decimal


@dataclass(frozen=True, slots=True)
class Judged:
    """`error`, `error_of_rules`: mean squared distance between chance and outcome."""

    months: tuple[Month, ...]
    bands: tuple[Band, ...]
    error: float
    error_of_rules: float


def judge_past(books: Sequence[Book], seen: Sequence[Seen], typical: dict[str, Decimal], as_of: date) -> Judged:
    """The last months before `as_of`, oldest first."""
    days = [as_of - timedelta(days=MONTH * back) for back in range(MONTHS_BACK, 0, -1)]
    told = [(day, *_both(books, seen, typical, day)) for day in days]
    learnt = [one for _, by_model, _ in told for one in by_model]
    ruled = [one for _, _, by_rules in told for one in by_rules]
    months = tuple(month for day, by_model, by_rules in told for month in _months(day, by_model, by_rules))
    return Judged(months, tuple(calibration(learnt)), brier(learnt), brier(ruled))


def _both(books: Sequence[Book], seen: Sequence[Seen], typical: dict[str, Decimal], day: date) -> tuple[Any, Any]:
    model = learn(counted(seen, day), name=str(day))
    return list(_foretold(books, model, typical, day)), list(_foretold(books, RULES, typical, day))


def _foretold(books: Sequence[Book], model: Model, typical: dict[str, Decimal], day: date) -> Iterator[Foretold]:
    """What was open at the end of `day` and about to fall due within the month, or had."""
    first, last = day + timedelta(days=1), day + timedelta(days=MONTH)
    for book in books:
        usual = book.usual_days(first)
        for invoice in book.invoices:
            if invoice.is_open_on(first) and (first - invoice.due_on).days >= STARTS[0]:
                cell = cell_at(book, invoice, first, typical.get(invoice.currency))
                chance = outlook(model, cell, (first - invoice.due_on).days, usual).chance(MONTH)
                is_paid = invoice.is_paid and invoice.ended_on is not None and invoice.ended_on <= last
                yield Foretold(invoice.currency, invoice.amount, chance, is_paid)


def _months(day: date, by_model: Sequence[Foretold], by_rules: Sequence[Foretold]) -> Iterator[Month]:
    ruled = money(by_rules)
    for currency, (expected, came) in sorted(money(by_model).items()):
        yield Month(day, currency, round(expected, 2), round(ruled[currency][0], 2), came)
