"""Sending what is queued: claim → look again → mark as calling and commit → call → record.

The row says *calling* before the call is made. So whoever finds it later knows: a leased notice was surely not sent,
a calling one perhaps was. No transaction is open while a provider is called.
"""

import json
import logging
import uuid
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from psycopg import Cursor

from customers.crashpoint import crashpoint
from customers.deadline import NO_DEADLINE, Deadline
from customers.rules.patience import doubled
from dunning.channels import channel
from dunning.channels.base import Channel, Receipt, Refused
from dunning.models import Case, Notice, StepRun
from dunning.operations.advance import park
from dunning.operations.batches import work_off
from dunning.operations.parcels import Leased, Parcel
from dunning.operations.prepare import prepare
from dunning.rules import why
from dunning.rules.recheck import PutBack, Verdict, Withdraw
from dunning.rules.words import Outcome

logger = logging.getLogger(__name__)

BATCH = 100
LEASE_SECONDS = 180
CALL_SECONDS = 40  # the provider's time-out (30 s) and a margin: a call is begun only with that much lease left
MOST_ATTEMPTS = 12
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
HANDED_OVER = (Notice.State.CALLING, Notice.State.SENT, Notice.State.IN_DOUBT)
STALE_DOUBT = "it may have been sent once, and what is owed has changed since: a person decides"

CLAIM = """
WITH picked AS (
  SELECT id FROM dunning_notice WHERE state = 'queued' AND due_at <= %s AND (channel = 'post') = %s
  ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE dunning_notice notice SET state = 'leased', lease_token = %s, attempts = attempts + 1,
  lease_until = clock_timestamp() + make_interval(secs => %s)
FROM picked WHERE notice.id = picked.id
RETURNING notice.id, case_id, step_id, customer_id, contact_id, channel, lease_token, attempts, link_id, language,
  subject, body, lines, own_subject, own_body
"""
# Defined in the migration `mark_calling`. The first locks what is owed, compares the facts once more, and says
# *calling*; the second says *sent*.
MARK_CALLING = "SELECT dunning_mark_calling(%s, %s, %s, %s, %s, %s::text[], %s::text[], %s)"
MARK_SENT = "SELECT dunning_mark_sent(%s, %s, %s, %s)"


def deliver(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> Counter[str]:
    """Send every queued notice whose time has come; returns counts of sent, put_back, withdrawn, refused, in_doubt.

    Works with DUNNING_CONNECTIONS connections at a time. Other workers may do the same at once. Letters by post wait
    for a person: see `deliver_by_post`.
    """
    counts = _release_expired(now)
    return counts + work_off(
        lambda: _claim(now), lambda held: _deliver_batch(held, now, deadline), size=BATCH, deadline=deadline
    )


def deliver_by_post(*, most: int, now: datetime, deadline: Deadline = NO_DEADLINE) -> Counter[str]:
    """The same for up to `most` letters by post, which leave when somebody prints them; one after the other."""
    held = _claim(now, most=most, by_post=True)
    return _deliver_batch(held, now, deadline) if held else Counter()


def _deliver_batch(notices: list[Leased], now: datetime, deadline: Deadline) -> Counter[str]:
    crashpoint("send.after_claim")
    prepared = prepare(notices, now=now)
    counts = Counter(unfit=len(prepared.unfit), in_doubt=len(prepared.stale))
    for notice, verdict in prepared.verdicts:
        counts[_hold_back(notice, verdict, now)] += 1
    for notice, reason in prepared.unfit:
        _set_aside(notice, reason, now)
    for notice in prepared.stale:
        _finish(notice, Notice.State.IN_DOUBT, expected=Notice.State.LEASED, reason=STALE_DOUBT, finished_at=now)
    with ExitStack() as open_channels:
        channels = {
            alias: open_channels.enter_context(channel(alias)) for alias in {p.notice.channel for p in prepared.parcels}
        }
        for parcel in prepared.parcels:
            if deadline.is_over:
                counts[_let_go(parcel, now)] += 1
            else:
                counts[_send(parcel, channels[parcel.notice.channel], now)] += 1
    return counts


def _claim(now: datetime, *, most: int = BATCH, by_post: bool = False) -> list[Leased]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, by_post, most, uuid.uuid4(), LEASE_SECONDS])
        columns = [column.name for column in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor]
    leased = [Leased(**{**row, "lines": json.loads(row["lines"])}) for row in rows]
    return sorted(leased, key=lambda notice: notice.id)


def _send(parcel: Parcel, by: Channel, now: datetime) -> str:
    if not _mark_calling(parcel, now):
        return _let_go(parcel, now)
    crashpoint("send.after_calling")
    try:
        receipt = by.send(parcel.message)
    except Refused as refusal:
        return _record_refusal(parcel.notice, refusal, now)
    except Exception as error:
        logger.warning("notice %s is in doubt", parcel.notice.id, exc_info=error)
        reason = f"nobody knows whether it was sent ({type(error).__name__}: {error})"
        _finish(parcel.notice, Notice.State.IN_DOUBT, reason=reason[:500], finished_at=now)
        return "in_doubt"
    crashpoint("send.after_call")
    _record_sent(parcel.notice, receipt, now)
    crashpoint("send.after_record")
    return "sent"


def _mark_calling(parcel: Parcel, now: datetime) -> bool:
    """Say that the call is about to be made, if the facts are still those the message was written from."""
    notice = parcel.notice
    case_state = Case.State.OPEN if parcel.case_is_open else Case.State.CLOSED
    message = {
        "address": parcel.address,
        "held_as": parcel.held_as,
        "language": parcel.message.language,
        "subject": parcel.letter.subject,
        "body": parcel.letter.body,
        "lines": parcel.lines,
        "link": parcel.link_id,
        "key": parcel.message.key,
        "copied_to": parcel.message.copy_to,
    }
    facts = [CALL_SECONDS, now, case_state.value, parcel.balances, parcel.marks, json.dumps(message)]
    return _is_done(MARK_CALLING, [notice.id, notice.lease_token, *facts])


def _record_sent(notice: Leased, receipt: Receipt, now: datetime) -> None:
    if not _is_done(MARK_SENT, [notice.id, notice.lease_token, receipt.reference[:200], now]):
        _log_fenced(notice)


def _is_done(statement: str, facts: list[Any]) -> bool:
    """Values go beside the statement, not into it: quoting a whole letter and reading it again costs both sides."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        row = cursor.execute(statement, facts).fetchone()
    return bool(row and row[0])


def _let_go(parcel: Parcel, now: datetime) -> str:
    """The facts have changed since the message was written, or time is up: give it back for another look."""
    later = now + timedelta(minutes=1)
    _finish(parcel.notice, Notice.State.QUEUED, expected=Notice.State.LEASED, due_at=later)
    return "put_back"


def _record_refusal(notice: Leased, refusal: Refused, now: datetime) -> str:
    if not refusal.permanent and notice.attempts < MOST_ATTEMPTS:
        pause = doubled(FIRST_PAUSE, notice.attempts - 1, longest=LONGEST_PAUSE)
        reason = f"try {notice.attempts} was refused for now: {refusal}"[:500]
        _finish(notice, Notice.State.QUEUED, reason=reason, due_at=now + pause, body="")
        return "put_back"
    reason = str(refusal)[:500]
    _end(notice, Notice.State.REFUSED, Outcome.DELAYED, reason, now, expected=Notice.State.CALLING)
    return "refused"


def _hold_back(notice: Leased, verdict: Verdict, now: datetime) -> str:
    if isinstance(verdict, Withdraw):
        return _withdraw(notice, verdict, now)
    assert isinstance(verdict, PutBack)
    _finish(notice, Notice.State.QUEUED, expected=Notice.State.LEASED, due_at=verdict.until, reason=verdict.reason)
    return "put_back"


def _withdraw(notice: Leased, verdict: Withdraw, now: datetime) -> str:
    """Take the notice back, say so in the ledger of steps, and have the case decided again."""
    _end(notice, Notice.State.WITHDRAWN, verdict.outcome, verdict.reason, now)
    return "withdrawn"


@transaction.atomic
def _set_aside(notice: Leased, reason: str, now: datetime) -> None:
    """A notice whose words cannot be written is shown to a person, and tried again in an hour."""
    reason = f"its letter could not be written: {reason}"[:450]
    if _end(notice, Notice.State.WITHDRAWN, Outcome.DELAYED, reason, now):
        park(notice.case_id, reason, now=now)


@transaction.atomic
def _end(
    notice: Leased,
    state: Notice.State,
    outcome: Outcome,
    reason: str,
    now: datetime,
    expected: Notice.State = Notice.State.LEASED,
) -> bool:
    """The notice did not reach anybody: its step counts as not taken, and the case is decided again at once."""
    case = Case.objects.select_for_update().get(pk=notice.case_id)  # before the notice, as everywhere
    if not _finish(notice, state, expected=expected, reason=reason, finished_at=now):
        return False
    not_taken(case, notice.step_id, outcome, reason, now)
    return True


def not_taken(case: Case, step_id: int, outcome: Outcome, reason: str, now: datetime) -> None:
    """Say so in the ledger of steps, and have the case decided again. Call with the case's lock held.

    A step that was handed over another way stays taken.
    """
    runs = StepRun.objects.filter(case=case)
    because = why.alone("last look", reason)
    if not Notice.objects.filter(case=case, step=step_id, state__in=HANDED_OVER).exists():
        runs.filter(step=step_id).update(outcome=outcome, reason=reason, because=because, decided_at=now)
    level = runs.filter(outcome=Outcome.DONE).aggregate(level=Coalesce(Max("step__tone"), 0))["level"]
    Case.objects.filter(pk=case.pk, state=Case.State.OPEN).update(level=level, next_action_at=now)


def _finish(
    notice: Leased, state: Notice.State, *, expected: Notice.State = Notice.State.CALLING, **fields: Any
) -> bool:
    """End this worker's hold on the notice; False when another worker has taken it over meanwhile (fenced)."""
    mine = Notice.objects.filter(pk=notice.id, lease_token=notice.lease_token, state=expected)
    if mine.update(state=state, lease_token=None, lease_until=None, **fields):
        return True
    _log_fenced(notice)
    return False


def _log_fenced(notice: Leased) -> None:
    logger.warning("fenced: notice %s is no longer held by this worker", notice.id)


RELEASE = """
UPDATE dunning_notice SET lease_token = NULL, lease_until = NULL,
  state = CASE state WHEN 'leased' THEN 'queued' ELSE 'in_doubt' END,
  reason = CASE state WHEN 'leased' THEN reason ELSE 'the worker stopped while sending: it may have left' END,
  finished_at = CASE state WHEN 'leased' THEN NULL ELSE %s END
WHERE state IN ('leased', 'calling') AND lease_until < clock_timestamp()
RETURNING state
"""


def _release_expired(now: datetime) -> Counter[str]:
    """Give back what dead workers held: never called goes back into the queue, perhaps called becomes in doubt."""
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, [now])
        return Counter(state for (state,) in cursor if state == Notice.State.IN_DOUBT)
