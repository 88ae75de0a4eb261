"""Answers of reports: looked up, worked out, and kept for a day that is over.

The books of a day that is over do not change, so that a kept answer stays true, and the page is there at once.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dunning.figures.columns import Row
from dunning.figures.keeping import as_json, from_json, question_as_json
from dunning.figures.pack import Pack, pack
from dunning.figures.question import Basis, Question
from dunning.figures.report import Report
from dunning.models import ReportAnswer

EDITION = 2  # goes up whenever a definition changes: what was kept before is worked out anew
OVER_AFTER = timedelta(hours=2)  # what was begun before midnight is written by then


class DayNotOver(ValueError):
    """What is asked for would not stay true; the message says what to choose."""


def usual(report: Report, as_of: date) -> Question:
    """What the page asks before anybody chooses anything."""
    return Question(as_of, as_of - timedelta(days=report.span), as_of)


def last_day_over(now: datetime) -> date:
    """The newest day whose books are closed."""
    return (now - OVER_AFTER).astimezone(UTC).date() - timedelta(days=1)


def key(report: Report, question: Question) -> dict[str, Any]:
    """What makes two questions the same: dates play no part where the report has no period."""
    if not report.has_period:
        question = replace(question, first=question.as_of, last=question.as_of)
    if question.by == next(iter(report.groups), ""):
        question = replace(question, by="")
    told = question_as_json(question)
    asked = "|".join(value for name, value in told.items() if name != "as_of")
    return {"report": report.key, "as_of": question.as_of, "asked": asked, "edition": EDITION}


def is_final(question: Question, *, now: datetime) -> bool:
    """Its books are closed: its answer does not change any more."""
    return question.basis is Basis.BOOKS and question.as_of <= last_day_over(now)


def kept(report: Report, question: Question) -> list[Row] | None:
    """The rows as they were kept, if they were."""
    found = ReportAnswer.objects.filter(**key(report, question)).first()
    return from_json(found.rows) if found else None


def answer(report: Report, question: Question) -> list[Row]:
    """The rows of the report: as kept, or worked out now. Writes nothing."""
    rows = kept(report, question)
    return report.rows(question) if rows is None else rows


def kept_answer(report: Report, question: Question, *, now: datetime) -> list[Row]:
    """As it was first worked out for a day that is over, and kept from now on.

    Whoever asks at the same time reads the same. Raises DayNotOver for a day whose books are not closed.
    """
    if question.as_of > last_day_over(now):
        raise DayNotOver(f"The books of {question.as_of} are not closed yet: choose an earlier day.")
    if (rows := kept(report, question)) is not None:
        return rows
    made = {"rows": as_json(report.rows(question)), "made_at": now}
    return from_json(ReportAnswer.objects.get_or_create(**key(report, question), defaults=made)[0].rows)


def month_end(as_of: date, *, now: datetime) -> Pack:
    """The pack of the month that ends on `as_of`: the same whenever it is made. Raises DayNotOver."""
    return pack(as_of, lambda report, question: kept_answer(report, question, now=now))
