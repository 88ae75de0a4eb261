"""Reports that take long: asked for by a page or by the night, and worked out by the engine, one at a time.

No page runs a long statement: it works on an answer itself for a moment only, and shows the question meanwhile.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import OperationalError
from django.db.models import Q
from psycopg.errors import QueryCanceled

from customers.deadline import NO_DEADLINE, Deadline
from customers.queries import at_most
from dunning.figures.book import REPORTS
from dunning.figures.columns import Row
from dunning.figures.keeping import as_json, from_json, question_as_json, question_from_json
from dunning.figures.question import Question
from dunning.figures.report import Report
from dunning.models import EngineState, ReportAnswer, ReportQuestion
from dunning.operations.report_answers import EDITION, is_final, kept, kept_answer, key, last_day_over, usual

logger = logging.getLogger(__name__)

State = ReportQuestion.State
CLAIMED_FOR = timedelta(minutes=10)  # longer than the task may take
LONGEST = timedelta(minutes=4)  # of one statement
HOLDS_FOR = timedelta(minutes=10)  # what is not final is worked out anew by then
TOO_LONG = "it took longer than four minutes; ask about a shorter period or fewer customers"
FORGOTTEN_AFTER = timedelta(days=1)
UNDER_WAY = Q(state__in=[State.WAITING, State.MAKING], edition=EDITION)


def at_once(report: Report, question: Question, *, now: datetime) -> list[Row] | None:
    """The rows, as kept or worked out within REPORT_PATIENCE_MS a statement; None where that is not enough.

    What the engine works on already is left to it.
    """
    if (rows := kept(report, question)) is not None:
        return rows
    asked = ReportQuestion.objects.filter(**key(report, question)).first()
    if asked and asked.state == State.MADE and _holds(asked, now):
        return from_json(asked.rows)
    if (asked and asked.is_under_way) or not settings.REPORT_PATIENCE_MS:
        return None
    try:
        with at_most(timedelta(milliseconds=settings.REPORT_PATIENCE_MS)):
            return report.rows(question)
    except OperationalError:
        return None


def ask(report: Report, question: Question, *, now: datetime) -> ReportQuestion:
    """Have it worked out by the engine: the row that says how far it is. Asking twice changes nothing.

    What was stopped, and what was true for a while only, is worked out anew after HOLDS_FOR.
    """
    asked = {"question": question_as_json(question), "asked_at": now}
    one, is_new = ReportQuestion.objects.get_or_create(**key(report, question), defaults=asked)
    if not is_new and not one.is_under_way and not _holds(one, now):
        again = {"state": State.WAITING, "asked_at": now, "begun_at": None, "made_at": None, "trouble": ""}
        ReportQuestion.objects.filter(pk=one.pk, state=one.state, asked_at=one.asked_at).update(**again)
        one.refresh_from_db()
    return one


def _holds(one: ReportQuestion, now: datetime) -> bool:
    return (one.made_at or one.asked_at) > now - HOLDS_FOR


def before(one: ReportQuestion) -> int:
    """How many questions are worked out before this one."""
    return ReportQuestion.objects.filter(UNDER_WAY, asked_at__lt=one.asked_at).count()


def usually_takes(one: ReportQuestion) -> timedelta | None:
    """How long this report took the last time."""
    made = ReportQuestion.objects.filter(report=one.report, state=State.MADE, begun_at__isnull=False)
    last = made.order_by("-pk").values_list("begun_at", "made_at").first()
    return last[1] - last[0] if last and last[0] and last[1] else None


def prepare(*, now: datetime, clock: Callable[[], datetime] | None = None, deadline: Deadline = NO_DEADLINE) -> int:
    """Work out what was asked for, and every report's usual question about the newest day that is over.

    Returns how many were worked out. One worker does it at a time, one question after another; what the deadline cuts
    off comes in the next turn. What people ask goes before the night's own.
    """
    if is_prepared(now) or not _is_ours(now):
        return 0
    try:
        return _prepare(now, clock or (lambda: now), deadline)
    finally:
        EngineState.objects.filter(pk=1).update(reporting_at=None)


def _prepare(now: datetime, clock: Callable[[], datetime], deadline: Deadline) -> int:
    made = 0
    ReportQuestion.objects.filter(asked_at__lt=now - FORGOTTEN_AFTER).exclude(UNDER_WAY).delete()
    for one in _next(now):
        EngineState.objects.filter(pk=1).update(reporting_at=clock())
        made += _make(one, clock)
        if deadline.is_over:
            break
    return made


def _next(now: datetime) -> Iterable[ReportQuestion]:
    """What was asked for, the oldest first, and when nothing is left one of the night's; looked up each time."""
    while True:
        one = ReportQuestion.objects.filter(UNDER_WAY).order_by("asked_at", "pk").first()
        if one is None:
            day = last_day_over(now)
            if not (missing := _missing(day)):
                return
            one = ask(missing[0], usual(missing[0], day), now=now)
        yield one


def _make(one: ReportQuestion, clock: Callable[[], datetime]) -> bool:
    """Work it out; what goes wrong is written down with it, and the others go on."""
    mine = ReportQuestion.objects.filter(pk=one.pk)
    mine.update(state=State.MAKING, begun_at=clock())
    try:
        with at_most(LONGEST):
            rows = _worked_out(one, now=clock())
    except Exception as error:
        logger.exception("report %s of %s", one.report, one.as_of)
        is_slow = isinstance(error.__cause__, QueryCanceled)
        trouble = TOO_LONG if is_slow else f"{type(error).__name__}: {error}"[:500]
        mine.update(state=State.STOPPED, trouble=trouble)
        return False
    mine.update(state=State.MADE, made_at=clock(), rows=as_json(rows))
    return True


def _worked_out(one: ReportQuestion, *, now: datetime) -> list[Row]:
    """The rows that are true for a while only; none where the answer is kept."""
    report, question = REPORTS[one.report], question_from_json(one.question)
    if not is_final(question, now=now):
        return report.rows(question)
    kept_answer(report, question, now=now)
    return []


def is_prepared(now: datetime) -> bool:
    """The usual questions of the newest day that is over are all answered, or cannot be."""
    return not _missing(last_day_over(now)) and not ReportQuestion.objects.filter(UNDER_WAY).exists()


def _is_ours(now: datetime) -> bool:
    """No other worker works out reports now, so that one of two stays free for the engine's turns."""
    EngineState.objects.get_or_create(pk=1)
    is_free = Q(reporting_at=None) | Q(reporting_at__lt=now - CLAIMED_FOR)
    return bool(EngineState.objects.filter(is_free, pk=1).update(reporting_at=now))


def _missing(day: date) -> list[Report]:
    """Reports whose usual question of that day has no answer yet, and was not stopped."""
    there = {
        pair
        for rows in (ReportAnswer.objects, ReportQuestion.objects.exclude(state=State.MADE))
        for pair in rows.filter(as_of=day, edition=EDITION).values_list("report", "asked")
    }
    return [one for one in REPORTS.values() if (one.key, key(one, usual(one, day))["asked"]) not in there]
