"""The figures of the week to every manager, once: written down for each, then sent from the outbox.

The row of a week and person is unique: whatever dies or runs twice, nobody gets a second mail.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import partial

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Invoice
from dunning.channels.base import Message
from dunning.figures.weekly import as_mail, week
from dunning.models import WeeklyMail
from dunning.operations.outbox import Withdrawn, send_queued
from dunning.operations.report_answers import kept_answer, last_day_over, usual

FROM = time(5)  # UTC, on Monday; a desk that was down then sends later in the week


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
    words = {"subject": subject[:200], "text": text, "html": html, "queued_at": now, "due_at": now}
    mails = [WeeklyMail(person=one, week_on=monday, address=one.email, **words) for one in people]
    return len(WeeklyMail.objects.bulk_create(mails, ignore_conflicts=True))


def send(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> Counter[str]:
    """Send what is queued for this week; returns how many ended in each state. Several workers may do it at once."""
    return send_queued(WeeklyMail, partial(_message, now=now), now=now, deadline=deadline)


def _managers() -> QuerySet[User]:
    people = User.objects.filter(groups__name="manager", is_active=True).exclude(email="")
    return people.order_by("pk").distinct()


def _monday(now: datetime) -> date:
    return now.date() - timedelta(days=now.weekday())


def _message(mail: WeeklyMail, *, now: datetime) -> Message:
    """Raises Withdrawn once its week is over, and for who is no manager any more."""
    if mail.week_on != _monday(now):
        raise Withdrawn("its week is over")
    if not _managers().filter(pk=mail.person_id).exists():
        raise Withdrawn("they are no manager with an e-mail address any more")
    return Message(
        key=f"weekly-{mail.pk}",
        to=mail.address,
        to_name=mail.person.get_full_name() or mail.person.get_username(),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        language="en",
    )
