"""Forgetting, by night, what is kept for a while only.

What providers and gateways told us word for word: a body is emptied, its row is kept, so that a repeat of an old event
is still known as one. Codes for pages and refused cards go whole. What invoices of erased customers were for goes once
the law lets it.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection

from customers.deadline import NO_DEADLINE, Deadline
from customers.rules.retention import kept_from
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
PAGE_CODES = """
DELETE FROM dunning_pagecode WHERE id IN (
  SELECT id FROM dunning_pagecode WHERE asked_at < %s LIMIT %s FOR UPDATE SKIP LOCKED)
"""
REFUSED_CARDS = """
DELETE FROM dunning_refusedcard WHERE id IN (
  SELECT id FROM dunning_refusedcard WHERE refused_at < %s LIMIT %s FOR UPDATE SKIP LOCKED)
"""
DESCRIPTIONS = """
UPDATE customers_invoice SET description = '' WHERE id IN (
  SELECT invoice.id FROM dunning_erasure erasure
  JOIN customers_invoice invoice ON invoice.customer_id = erasure.customer_id
  WHERE erasure.state = 'erased' AND invoice.description <> '' AND invoice.due_on < %s
  LIMIT %s FOR UPDATE OF invoice SKIP LOCKED)
"""


def forget(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Once a night forget what has been kept for long enough, in batches; returns how many rows were concerned.

    What the deadline cuts off is done at the next turn.
    """
    state = EngineState.objects.filter(pk=1).first()
    if state is None or (state.forgotten_at and state.forgotten_at >= last_night(now)):
        return 0
    forgotten = 0
    for forget_some in _all_that_is_over(now):
        while done := forget_some():
            forgotten += done
            if deadline.is_over:
                return forgotten
    EngineState.objects.filter(pk=1).update(forgotten_at=now)
    return forgotten


def _all_that_is_over(now: datetime) -> list[Callable[[], int]]:
    raw_before = now - timedelta(days=settings.RAW_EVENT_DAYS)
    everywhere = now.date() - timedelta(days=1)  # a day that is over in every time zone
    described_from = kept_from(everywhere, settings.RETENTION_YEARS)
    return [
        *(partial(_forgotten, what, raw_before) for what in (DELIVERIES, REPLIES, PAGE_CODES, REFUSED_CARDS)),
        partial(retention.forget_raw, before=raw_before),
        partial(_forgotten, DESCRIPTIONS, described_from),
    ]


def _forgotten(statement: str, before: date) -> int:
    """`before`: a day or a moment."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [before, BATCH])
        return int(cursor.rowcount)
