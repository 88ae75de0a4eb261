"""Telling the service to restrict and to restore a customer, and seeing to it that the service hears it.

An event is a row first. Each delivery is claim → look again → count → call → record, with no transaction open during
the call; a killed worker's event is delivered again under the same id.
"""

import json
import logging
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, QuerySet

from customers.crashpoint import crashpoint
from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Customer
from customers.rules.patience import doubled
from dunning import service_hook
from dunning.models import Case, CaseEvent, OutgoingEvent
from dunning.operations.advance import facts_of
from dunning.queries.service import restriction_of
from dunning.rules.recheck import may_act_by_itself
from dunning.service_hook import Answer

logger = logging.getLogger(__name__)
Kind, State = OutgoingEvent.Kind, OutgoingEvent.State

BATCH = 20
LEASE = timedelta(minutes=5)  # in which other workers leave a batch alone
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
LOOK_AGAIN = timedelta(hours=1)

CLAIM = """
WITH picked AS (
  SELECT id FROM dunning_outgoingevent WHERE state = 'queued' AND next_try_at <= %s
  ORDER BY next_try_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE dunning_outgoingevent event SET next_try_at = %s FROM picked WHERE event.id = picked.id RETURNING event.id
"""
# An event that was superseded during the call keeps its state; what was answered is logged all the same.
RECORD = """
UPDATE dunning_outgoingevent SET answers = answers || %(answer)s::jsonb,
  state = CASE WHEN state = 'queued' THEN %(state)s ELSE state END,
  ended_at = CASE WHEN state = 'queued' AND %(state)s <> 'queued' THEN %(now)s ELSE ended_at END,
  next_try_at = %(next)s
WHERE id = %(id)s RETURNING state
"""


class ServiceRefusal(ValueError):
    """The service cannot be told that; the message says why."""


@transaction.atomic
def restore(case: Case, *, reason: str, now: datetime, by: User | None) -> None:
    """A person lifts the restriction, whatever is owed. Raises ServiceRefusal when none is in force."""
    Customer.objects.select_for_update(no_key=True).get(pk=case.customer_id)
    if not restriction_of(case.customer_id):
        raise ServiceRefusal("The service is not restricted.")
    OutgoingEvent.objects.filter(customer=case.customer_id, state=State.QUEUED).update(
        state=State.WITHDRAWN, ended_at=now
    )
    if restriction_of(case.customer_id):  # it has, or may have, arrived
        OutgoingEvent.objects.create(
            customer=case.customer, case=case, kind=Kind.RESTORE, created_at=now, tries_since=now, next_try_at=now,
            payload={"customer": case.customer.number, "case": case.pk, "reason": reason},
        )  # fmt: skip
    _tell(case.pk, f"The restriction is lifted: {reason}", now, by)


@transaction.atomic
def try_again(event: OutgoingEvent, *, now: datetime, by: User) -> None:
    """A person has an event that was given up delivered again, under the same id, for another day.

    Raises ServiceRefusal when it was not given up, or a newer event has taken its place.
    """
    Customer.objects.select_for_update(no_key=True).get(pk=event.customer_id)
    if OutgoingEvent.objects.filter(customer=event.customer_id, pk__gt=event.pk).exists():
        raise ServiceRefusal("A newer event about this customer has taken its place: look at that one.")
    again = OutgoingEvent.objects.filter(pk=event.pk, state=State.FAILED)
    if not again.update(state=State.QUEUED, next_try_at=now, tries_since=now, ended_at=None):
        raise ServiceRefusal("It was not given up: there is nothing to repeat.")
    _tell(event.case_id, f"Tried again: {event.get_kind_display()}", now, by)


def deliver_events(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> Counter[str]:
    """Deliver what is due; returns counts by what became of it.

    Other workers may do the same at once. When the service does not answer at all, the rest waits for a later turn.
    """
    counts: Counter[str] = Counter()
    for event in _claim(now):
        if deadline.is_over or counts["unanswered"]:
            break
        counts[_deliver(event, now)] += 1
    return counts


def _claim(now: datetime) -> QuerySet[OutgoingEvent]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, BATCH, now + LEASE])
        ids = [pk for (pk,) in cursor]
    return OutgoingEvent.objects.filter(pk__in=ids).select_related("case").order_by("pk")


def _deliver(event: OutgoingEvent, now: datetime) -> str:
    crashpoint("service.after_claim")
    mine = OutgoingEvent.objects.filter(pk=event.pk, state=State.QUEUED)
    if event.kind == Kind.RESTRICT and not may_act_by_itself(facts_of(event.case, now=now), now):
        later = now + LOOK_AGAIN
        mine.update(next_try_at=later, tries_since=later)  # closing the case withdraws it
        return "put_off"
    if event.attempts == 0:
        event.tries_since = now  # however late it comes, the service has its day
    if not mine.update(attempts=F("attempts") + 1, tries_since=event.tries_since):
        return "withdrawn"
    crashpoint("service.before_call")
    answer = _call(str(event.event_id), body_of(event), now)
    crashpoint("service.after_call")
    state = _record(event, answer, now)
    crashpoint("service.after_record")
    return state if answer.status else "unanswered"


def body_of(event: OutgoingEvent) -> bytes:
    """What is sent: the same bytes for the same event, always."""
    told = {
        "id": str(event.event_id),
        "number": event.pk,
        "kind": event.kind,
        "created_at": event.created_at.isoformat(),
        **event.payload,
    }
    return json.dumps(told, sort_keys=True).encode()


@transaction.atomic
def _record(event: OutgoingEvent, answer: Answer, now: datetime) -> str:
    state = State.DELIVERED if answer.is_good else State.FAILED if now >= event.gives_up_at else State.QUEUED
    line = {"at": now.isoformat(timespec="seconds"), "status": answer.status, "text": answer.text.replace("\0", "")}
    pause = doubled(FIRST_PAUSE, event.attempts, longest=LONGEST_PAUSE)
    facts: dict[str, Any] = {
        "answer": json.dumps([line]),
        "state": state.value,
        "now": now,
        "next": now + pause,
        "id": event.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD, facts)
        [(became,)] = cursor.fetchall()
    if became == State.DELIVERED and event.state == State.QUEUED:
        _tell(event.case_id, f"Delivered: {event.get_kind_display()}", now, None)
    if became == State.FAILED:
        _tell(event.case_id, f"No good answer for a day: {event.get_kind_display()}", now, None)
    return str(became)


def _tell(case_id: int, text: str, now: datetime, by: User | None) -> None:
    CaseEvent.objects.create(case_id=case_id, happened_at=now, kind=CaseEvent.Kind.SERVICE, text=text[:500], actor=by)


def _call(event_id: str, body: bytes, now: datetime) -> Answer:
    if not settings.SERVICE_WEBHOOK_URL:
        return Answer(None, "SERVICE_WEBHOOK_URL is not set", is_heard=False)
    return service_hook.post(settings.SERVICE_WEBHOOK_URL, settings.SERVICE_WEBHOOK_SECRET, event_id, body, now=now)
