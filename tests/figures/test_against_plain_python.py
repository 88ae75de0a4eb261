"""The reports equal a slow calculation in plain Python, on random portfolios and for any date."""

import os
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunning.figures import month_ends
from dunning.figures.book import REPORTS
from dunning.figures.columns import Row
from dunning.figures.foreseen import Past
from dunning.figures.question import Question
from dunning.figures.report import Report
from dunning.models import Step
from tests.figures import slowly
from tests.figures.drilled import same_behind
from tests.figures.portfolio import FIRST, SPAN, Portfolio, day, portfolios, store

EXAMPLES = int(os.environ.get("PORTFOLIOS", "8"))


class Undo(Exception):
    """Takes a portfolio out of the tables again."""


def told(report: Report, rows: list[Row]) -> dict[tuple[str, str], dict[str, Any]]:
    names = [column.name for column in report.columns]
    return {(row.part, row.currency): dict(zip(names, row.values, strict=True)) for row in rows}


def asked(key: str, as_of: date, by: str = "") -> tuple[Question, dict[tuple[str, str], dict[str, Any]]]:
    question = Question(as_of, FIRST, as_of, by=by)
    return question, told(REPORTS[key], REPORTS[key].rows(question))


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(portfolio=portfolios(), number=st.integers(1, SPAN + 30))
def test_reports_equal_plain_loops_on_random_portfolios(portfolio: Portfolio, number: int) -> None:
    try:
        with transaction.atomic():
            store(portfolio)
            _compare(portfolio, day(number))
            raise Undo
    except Undo:
        pass


def _compare(portfolio: Portfolio, as_of: date) -> None:
    question, ages = asked("ageing", as_of)
    assert {key: (one["number"], one["amount"]) for key, one in ages.items()} == slowly.ageing(portfolio, as_of)
    same_behind("ageing", question)
    _compare_recovery(portfolio, as_of)
    _compare_steps(portfolio, as_of)
    _, chases = asked("chases", as_of)
    found = {month: (one["sent"], one["wrongful"].part) for (month, _), one in chases.items()}
    assert found == slowly.wrongful(portfolio, FIRST, as_of)
    _compare_movements(portfolio, as_of)
    _compare_month_ends(portfolio, as_of)
    _compare_filters(as_of)
    on = as_of - timedelta(weeks=5)
    past = Past(Question(as_of, FIRST, as_of)).on(on)
    sums = {code: (sum(one.open.values()), sum(came[1] for came in one.came.values())) for code, one in past.items()}
    assert sums == slowly.standing(portfolio, on, as_of, 30)


def _compare_filters(as_of: date) -> None:
    """What is asked of two segments adds up to what is asked of all."""
    whole = Question(as_of, FIRST, as_of)
    for key, column in (("recovery", "failed"), ("risk", "amount"), ("movements", "closing"), ("churn", "kept")):
        sums: dict[tuple[str, str], Any] = defaultdict(int)
        for segment in "ab":
            for place, one in told(REPORTS[key], REPORTS[key].rows(replace(whole, segment=segment))).items():
                sums[place] += one[column]
        rows = told(REPORTS[key], REPORTS[key].rows(whole))
        assert {place: one[column] for place, one in rows.items() if one[column]} == {
            place: amount for place, amount in sums.items() if amount
        }, key


def _compare_recovery(portfolio: Portfolio, as_of: date) -> None:
    question, rows = asked("recovery", as_of)
    slow = slowly.recovery(portfolio, FIRST, as_of)
    assert rows.keys() == slow.keys()
    for key, one in rows.items():
        counts = {how: one[how].part for how in ("recovered", "open", "written_off", "credited", "quiet")}
        plain = {"number": one["failed"], "came": one["came_in"], "failed": one["failed_amount"]}
        assert {**counts, **plain, "median": one["median"]} == {
            name: value for name, value in slow[key].items() if name != "day_7"
        }
        assert one["day_7"] == pytest.approx(slow[key]["day_7"])
    same_behind("recovery", question)


def _compare_steps(portfolio: Portfolio, as_of: date) -> None:
    question, rows = asked("steps", as_of, by="step")
    names = {
        f"Standard, day +{step.offset_days}, {step.get_tone_display()}": str(number)
        for number, step in enumerate(Step.objects.filter(offset_days__gt=0).order_by("position"))
    }
    found = {
        (names[part], currency): (one["reached"], one["settled"].part, one["open"].part, one["came"])
        for (part, currency), one in rows.items()
    }
    assert found == slowly.steps(portfolio, FIRST, as_of)
    same_behind("steps", question)


def _compare_movements(portfolio: Portfolio, as_of: date) -> None:
    _, rows = asked("movements", as_of)
    slow = slowly.movements(portfolio, as_of)
    for key, one in rows.items():
        moved = sum(one[kind] for kind in ("invoiced", "paid", "credited", "written_off", "refunded"))
        assert one["opening"] + moved == one["closing"]
        if key in slow:
            assert {kind: one[kind] for kind in slow[key]} == slow[key]


def _compare_month_ends(portfolio: Portfolio, as_of: date) -> None:
    now = as_of.replace(day=1) - timedelta(days=1)
    then = now.replace(day=1) - timedelta(days=1)
    question, rows = asked("rolls", as_of)
    found = {
        currency: ({place: one[f"roll_{place}"].whole for place in range(5)}, one["late"], one["cured"].part)
        for (month, currency), one in rows.items()
        if month == f"{now:%Y-%m}"
    }
    slow = slowly.rolling(portfolio, then, now) if now > FIRST else {}
    assert found == {
        code: ({place: sums.get(place, 0) + (sums.get(5, 0) if place == 4 else 0) for place in range(5)}, late, cured)
        for code, (sums, late, cured) in slow.items()
    }
    same_behind("rolls", question)
    sums = month_ends._weighed(question, [then, now])
    by_month = {
        (code, f"{issued:%Y-%m}"): s for (day, code), one in sums.items() if day == now for issued, s in one.items()
    }
    assert by_month == slowly.weighed(portfolio, now)
