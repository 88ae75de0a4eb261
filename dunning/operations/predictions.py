"""Each night: learn from what was paid, judge it on past months, and say what is expected of every open case."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from dunning.models import Case, EngineState, Prediction
from dunning.operations.engine_marks import claim
from dunning.queries.expected_payments import Foreseen, Learnt, foreseen, summed
from dunning.rules.prediction.backtest import MONTH, judge_past
from dunning.rules.prediction.books import outcomes, typical_amounts
from dunning.rules.prediction.learning import LEAST_PAID, counted, learn, paid_in
from dunning.rules.prediction.model import RULES
from dunning.snapshot.payment_books import owing, sampled

SAMPLE = 5_000  # customers learnt from; more hardly change the coefficients
BY_RULES = Learnt(RULES, {})
OUTLOOKS = """
INSERT INTO dunning_caseoutlook (case_id, made_on, chance, likely_on, why)
SELECT case_id, %(made_on)s, chance, likely_on, why
FROM json_to_recordset(%(rows)s) AS row (case_id bigint, chance int, likely_on date, why text)
ON CONFLICT (case_id) DO UPDATE SET made_on = excluded.made_on, chance = excluded.chance,
  likely_on = excluded.likely_on, why = excluded.why
"""
OVER = """
DELETE FROM dunning_caseoutlook outlook USING dunning_case WHERE dunning_case.id = case_id AND state = 'closed'
"""


def predict(*, now: datetime) -> Prediction | None:
    """Make the prediction of the day before, of what was known at its end; None when it is made or being made.

    Its row comes last. A kill before it costs CLAIMED_FOR: then the next call begins anew, and writes the same again.
    """
    made_on = now.astimezone(UTC).date() - timedelta(days=1)
    if Prediction.objects.filter(made_on=made_on).exists() or not claim("predicting_at", now=now):
        return None
    by_rules = BY_RULES, {"says": "goes by rules: learning is switched off"}
    learnt, told = by_rules if settings.PREDICT_BY_RULES else _learn(made_on)
    expected = summed(_look_ahead(made_on, learnt))
    kept = {currency: [str(amount) for amount in by_day] for currency, by_day in expected.items()}
    is_learnt = learnt.model is not RULES
    with transaction.atomic():
        EngineState.objects.filter(pk=1).update(predicting_at=None)
        return Prediction.objects.create(made_on=made_on, made_at=now, is_learnt=is_learnt, expected=kept, **told)


def _learn(as_of: date) -> tuple[Learnt, dict[str, Any]]:
    books = sampled(as_of, most=SAMPLE)
    typical = typical_amounts(books)
    seen = [one for book in books for one in outcomes(book, as_of, typical)]
    counts = counted(seen, as_of)
    model = learn(counts, name=str(as_of))
    told: dict[str, Any] = {"payments_seen": paid_in(counts)}
    if model is RULES:
        return BY_RULES, told | {"says": f"goes by rules: {paid_in(counts)} payments seen, {LEAST_PAID} needed"}
    past = judge_past(books, seen, typical, as_of)
    told |= {
        "past": [{name: str(value) for name, value in asdict(month).items()} for month in past.months],
        "calibration": [asdict(band) for band in past.bands],
    }
    errors = f"mean squared error {past.error:.3f} on past months, by rules {past.error_of_rules:.3f}"
    if past.error > past.error_of_rules:
        return BY_RULES, told | {"says": f"goes by rules, which were better: {errors}"}
    amounts = {currency: str(amount) for currency, amount in typical.items()}
    told |= {"coefficients": model.coefficients, "letters": model.letters, "typical": amounts}
    return Learnt(model, typical), told | {"says": f"learnt: {errors}"}


def _look_ahead(as_of: date, learnt: Learnt) -> Iterator[Foreseen]:
    """Everything that is open, a batch of customers at a time; what is said of their cases is written on the way."""
    with connection.cursor() as cursor:
        cursor.execute(OVER)
    for books in owing(as_of):
        found = {book.customer_id: list(foreseen(book, as_of, learnt)) for book in books}
        _write_outlooks(found, as_of)
        yield from (one for of_customer in found.values() for one in of_customer)


def _write_outlooks(found: dict[int, list[Foreseen]], as_of: date) -> None:
    open_cases = Case.objects.filter(customer__in=list(found), state=Case.State.OPEN, about="")
    rows = [_row(pk, found[customer]) for pk, customer in open_cases.values_list("pk", "customer") if found[customer]]
    with connection.cursor() as cursor:
        cursor.execute(OUTLOOKS, {"rows": json.dumps(rows, default=str), "made_on": as_of})


def _row(case_id: int, foretold: Sequence[Foreseen]) -> dict[str, Any]:
    oldest = min(foretold, key=lambda one: one.invoice.due_on)
    chance = round(100 * oldest.outlook.chance(MONTH))
    return {"case_id": case_id, "chance": chance, "likely_on": oldest.likely_on, "why": "; ".join(oldest.why)[:300]}
