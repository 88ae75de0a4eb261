"""Answers of reports: worked out when asked; for a day that is over, each report's usual question is kept.

The books of a day that is over do not change, so that a kept answer stays true, and the page is there at once.
"""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from customers.deadline import NO_DEADLINE, Deadline
from dunning.figures.book import REPORTS
from dunning.figures.columns import Row
from dunning.figures.keeping import as_json, from_json
from dunning.figures.pack import Pack, pack
from dunning.figures.question import Question
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


def answer(report: Report, question: Question) -> list[Row]:
    """The rows of the report: as kept, or worked out now. Writes nothing."""
    found = ReportAnswer.objects.filter(**_key(report, question)).first()
    return from_json(found.rows) if found else report.rows(question)


def kept_answer(report: Report, question: Question, *, now: datetime) -> list[Row]:
    """As it was first worked out for a day that is over, and kept from now on.

    Whoever asks at the same time reads the same. Raises DayNotOver for a day whose books are not closed.
    """
    if question.as_of > last_day_over(now):
        raise DayNotOver(f"The books of {question.as_of} are not closed yet: choose an earlier day.")
    key = _key(report, question)
    if found := ReportAnswer.objects.filter(**key).first():
        return from_json(found.rows)
    made, _ = ReportAnswer.objects.get_or_create(
        **key, defaults={"rows": as_json(report.rows(question)), "made_at": now}
    )
    made.refresh_from_db()
    return from_json(made.rows)


def _key(report: Report, question: Question) -> dict[str, Any]:
    asked = "|".join(str(value) for name, value in asdict(question).items() if name != "as_of")
    return {"report": report.key, "as_of": question.as_of, "asked": asked, "edition": EDITION}


def month_end(as_of: date, *, now: datetime) -> Pack:
    """The pack of the month that ends on `as_of`: the same whenever it is made. Raises DayNotOver."""
    return pack(as_of, lambda report, question: kept_answer(report, question, now=now))


def prepare(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Work out every report's usual question about the newest day that is over; returns how many were new.

    One after another; what the deadline cuts off comes in the next turn.
    """
    day, made = last_day_over(now), 0
    for report in _missing(day):
        if deadline.is_over:
            break
        kept_answer(report, usual(report, day), now=now)
        made += 1
    return made


def _missing(day: date) -> list[Report]:
    there = set(ReportAnswer.objects.filter(as_of=day, edition=EDITION).values_list("report", flat=True))
    return [report for report in REPORTS.values() if report.key not in there]
