"""Profiles: who is marked when facts changed, and recounting the marked ones, a batch at a time.

A mark and its recount survive a kill, and several workers share them: each takes marked rows that no other holds.
"""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Customer
from customers.operations import news
from dunning.models import EngineState, Profile
from dunning.rules.figures.promises import TOLERANCE
from dunning.rules.profile import Behaviour, behaviour_of
from dunning.snapshot.occasions import occasions_of

BATCH = 1000
NIGHT = time(2)  # UTC
WRITTEN_LATE = timedelta(hours=1)  # a fact may be committed a little after the moment it bears
MARK = """
INSERT INTO dunning_profile (customer_id)
SELECT customer_id FROM ({whose}) AS changed GROUP BY customer_id ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET is_stale = TRUE WHERE NOT dunning_profile.is_stale
"""
EVERYBODY = "SELECT id AS customer_id FROM customers_customer"
# Each entry in the ledger touches its invoice. A promise is judged when its day has passed: time alone moves it.
CHANGED = """
SELECT customer_id FROM customers_invoice WHERE updated_at >= %(since)s
UNION ALL SELECT customer_id FROM payments_chargeattempt WHERE started_at >= %(since)s AND is_attended
UNION ALL SELECT customer_id FROM payments_instalmentplan WHERE ended_at >= %(since)s
UNION ALL SELECT customer_id FROM dunning_case WHERE closed_at >= %(since)s
UNION ALL SELECT customer_id FROM customers_hold WHERE kind = 'promise'
  AND (until_on BETWEEN %(since)s::date - %(settles)s AND %(now)s::date - %(settles)s OR released_at >= %(since)s)
"""
CLAIM = """
SELECT customer_id FROM dunning_profile WHERE is_stale ORDER BY customer_id LIMIT %s FOR UPDATE SKIP LOCKED
"""
WRITE = """
UPDATE dunning_profile profile SET is_stale = FALSE, computed_at = %(now)s, pays = row.pays,
  usual_days_late = row.usual_days_late, settled = row.settled, late = row.late,
  weekday = row.weekday, weekday_times = row.weekday_times, weekday_of = row.weekday_of,
  hour = row.hour, hour_times = row.hour_times, hour_of = row.hour_of,
  channel = row.channel, channel_times = row.channel_times, channel_of = row.channel_of,
  promises_made = row.promises_made, promises_kept = row.promises_kept, worked_step_id = row.worked_step_id
FROM json_populate_recordset(NULL::dunning_profile, %(rows)s) AS row
WHERE profile.customer_id = row.customer_id
"""


def refresh(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Once a night mark whoever has new facts; recount the marked profiles. Returns how many were recounted.

    What the deadline cuts off is recounted at the next turn.
    """
    mark_changed(now=now)
    recounted = 0
    while not deadline.is_over:
        done = _recount_batch(now)
        recounted += done
        if done < BATCH:
            break
    return recounted


@transaction.atomic
def mark_changed(*, now: datetime) -> None:
    """Mark the customers whose facts changed since the night before; nothing when tonight's marks are made."""
    state = EngineState.objects.filter(pk=1).first()
    if state is None or (state.profiled_at and state.profiled_at >= last_night(now)):
        return
    state = EngineState.objects.select_for_update().get(pk=1)
    if state.profiled_at is None:
        _mark(EVERYBODY, {})
    elif state.profiled_at < last_night(now):
        since, settles = state.profiled_at - WRITTEN_LATE, TOLERANCE.days
        _mark(CHANGED, {"since": since, "now": now, "settles": settles})
    EngineState.objects.filter(pk=1).update(profiled_at=max(now, state.profiled_at or now))


def mark_everybody() -> None:
    """Have every profile recounted."""
    _mark(EVERYBODY, {})


@transaction.atomic
def use(customer: Customer, *, is_used: bool, now: datetime) -> bool:  # noqa: ARG001 - every operation knows its time
    """Let letters go by this customer's habits, or not; False when it was so before."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    profile, _ = Profile.objects.get_or_create(customer=customer)
    if profile.is_used == is_used:
        return False
    Profile.objects.filter(pk=profile.pk).update(is_used=is_used)
    news.announce([customer.pk])
    return True


def last_night(now: datetime) -> datetime:
    tonight = datetime.combine(now.astimezone(UTC).date(), NIGHT, UTC)
    return tonight if tonight <= now else tonight - timedelta(days=1)


def _mark(whose: str, asked: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MARK.format(whose=whose), asked)


@transaction.atomic
def _recount_batch(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [BATCH])
        customer_ids = [customer_id for (customer_id,) in cursor.fetchall()]
        if customer_ids:
            known = occasions_of(customer_ids, now=now)
            rows = [_row(pk, behaviour_of(occasions)) for pk, occasions in known.items()]
            cursor.execute(WRITE, {"rows": json.dumps(rows), "now": now})
    return len(customer_ids)


def _row(customer_id: int, seen: Behaviour) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "pays": seen.history.pays.value,
        "usual_days_late": seen.history.usual_days,
        "settled": seen.settled,
        "late": seen.late,
        "weekday": seen.weekday.habit,
        "weekday_times": seen.weekday.times,
        "weekday_of": seen.weekday.of,
        "hour": seen.hour.habit,
        "hour_times": seen.hour.times,
        "hour_of": seen.hour.of,
        "channel": seen.channel.habit or "",
        "channel_times": seen.channel.times,
        "channel_of": seen.channel.of,
        "promises_made": seen.promises_made,
        "promises_kept": seen.promises_kept,
        "worked_step_id": seen.worked_step_id,
    }
