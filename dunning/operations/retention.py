"""Forgetting, by night, what providers and gateways told us word for word; what followed from it stays in columns.

A body is emptied, its row is kept: so a repeat of an old event is still known as one.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from customers.deadline import NO_DEADLINE, Deadline
from dunning.models import EngineState
from dunning.operations.profiles import last_night
from payments.operations import retention

BATCH = 1000
DELIVERIES = """
UPDATE dunning_deliveryevent SET body = '' WHERE id IN (
  SELECT id FROM dunning_deliveryevent WHERE body <> '' AND state <> 'waiting' AND received_at < %s
  ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""
REPLIES = """
UPDATE dunning_reply SET headers = '{}' WHERE id IN (
  SELECT id FROM dunning_reply WHERE headers <> '{}' AND state IN ('answered', 'automatic') AND received_at < %s
  ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""


def forget_raw(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Once a night empty what is older than RAW_EVENT_DAYS, in batches; returns how many rows were emptied.

    What the deadline cuts off is done at the next turn.
    """
    state = EngineState.objects.filter(pk=1).first()
    if state is None or (state.forgotten_at and state.forgotten_at >= last_night(now)):
        return 0
    before = now - timedelta(days=settings.RAW_EVENT_DAYS)
    forgotten = 0
    for forget_some in (_deliveries, _replies, _gateway_events):
        while done := forget_some(before):
            forgotten += done
            if deadline.is_over:
                return forgotten
    EngineState.objects.filter(pk=1).update(forgotten_at=now)
    return forgotten


def _deliveries(before: datetime) -> int:
    return _emptied(DELIVERIES, before)


def _replies(before: datetime) -> int:
    return _emptied(REPLIES, before)


def _gateway_events(before: datetime) -> int:
    return retention.forget_raw(before=before)


def _emptied(statement: str, before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [before, BATCH])
        return int(cursor.rowcount)
