"""The figures of the week to every manager, once: written down for each, then called → sent, refused or in doubt.

The row of a week and person is unique, and says *calling*, committed, before the provider is called: whatever dies or
runs twice, nobody gets a second mail.
"""

import logging
from collections import Counter
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import QuerySet

from customers.models import Invoice
from customers.rules.contact import EMAIL
from dunning.channels import channel
from dunning.channels.base import Channel, Message, Refused
from dunning.figures.weekly import as_mail, week
from dunning.models import WeeklyMail
from dunning.operations.report_answers import kept_answer, last_day_over, usual

logger = logging.getLogger(__name__)

State = WeeklyMail.State
FROM = time(5)  # UTC, on Monday; a desk that was down then sends later in the week
SURELY_OVER = timedelta(minutes=3)  # no call lasts so long
CALL = """
UPDATE dunning_weeklymail SET state = 'calling', calling_at = %(now)s
WHERE id = (
  SELECT id FROM dunning_weeklymail WHERE state = 'queued' AND week_on = %(week)s
  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


def write_down(*, now: datetime) -> int:
    """Make this week's mails, on Monday morning or as soon after as the desk runs; returns how many were new."""
    monday = _monday(now)
    people = _managers().exclude(pk__in=WeeklyMail.objects.filter(week_on=monday).values("person"))
    if now < datetime.combine(monday, FROM, now.tzinfo) or not people or not Invoice.objects.exists():
        return 0
    day = min(monday - timedelta(days=1), last_day_over(now))
    told = week(
        day,
        lambda report: kept_answer(report, usual(report, day), now=now),
        lambda report, question: kept_answer(report, question, now=now),
    )
    subject, text, html = as_mail(told, address=settings.BASE_URL, company=settings.COMPANY_NAME)
    words = {"subject": subject[:200], "text": text, "html": html, "queued_at": now}
    mails = [WeeklyMail(person=one, week_on=monday, address=one.email, **words) for one in people]
    return len(WeeklyMail.objects.bulk_create(mails, ignore_conflicts=True))


def send(*, now: datetime) -> Counter[str]:
    """Send what is queued for this week; returns how many ended in each state. Several workers may do it at once."""
    counts: Counter[str] = Counter()
    _give_up_on_what_died(now)
    if EMAIL not in settings.DUNNING_CHANNELS or not _queued(now):
        return counts
    with channel(EMAIL) as by:
        while mail := _call(now):
            counts[state := _send(mail, by, now)] += 1
            if state == State.QUEUED:  # the provider has no time: the next turn tries again
                break
    return counts


def _managers() -> QuerySet[User]:
    people = User.objects.filter(groups__name="manager", is_active=True).exclude(email="")
    return people.order_by("pk").distinct()


def _monday(now: datetime) -> date:
    return now.date() - timedelta(days=now.weekday())


def _queued(now: datetime) -> bool:
    return WeeklyMail.objects.filter(state=State.QUEUED, week_on=_monday(now)).exists()


def _give_up_on_what_died(now: datetime) -> None:
    over = WeeklyMail.objects.filter(state=State.CALLING, calling_at__lt=now - SURELY_OVER)
    over.update(state=State.IN_DOUBT, reason="the worker stopped while sending: it may have left", finished_at=now)


def _call(now: datetime) -> WeeklyMail | None:
    with connection.cursor() as cursor:
        cursor.execute(CALL, {"now": now, "week": _monday(now)})
        row = cursor.fetchone()
    return WeeklyMail.objects.select_related("person").get(pk=row[0]) if row else None


def _send(mail: WeeklyMail, by: Channel, now: datetime) -> str:
    try:
        by.send(_message(mail))
    except Refused as refusal:
        if not refusal.permanent:
            return _finish(mail, State.QUEUED, reason=str(refusal)[:500])
        return _finish(mail, State.REFUSED, reason=str(refusal)[:500], finished_at=now)
    except Exception as error:
        logger.warning("weekly mail %s is in doubt", mail.pk, exc_info=error)
        reason = f"nobody knows whether it was sent ({type(error).__name__}: {error})"
        return _finish(mail, State.IN_DOUBT, reason=reason[:500], finished_at=now)
    return _finish(mail, State.SENT, reason="", finished_at=now)


def _message(mail: WeeklyMail) -> Message:
    return Message(
        key=f"weekly-{mail.pk}",
        to=mail.address,
        to_name=mail.person.get_full_name() or mail.person.get_username(),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        language="en",
    )


def _finish(mail: WeeklyMail, state: State, **told: object) -> str:
    WeeklyMail.objects.filter(pk=mail.pk, state=State.CALLING, calling_at=mail.calling_at).update(state=state, **told)
    return state.value
