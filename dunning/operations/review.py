"""Deciding on letters that wait for review: release, drop, change the words; and what the engine takes back.

Set-based, in batches of one short transaction each; cases are locked before notices. Whoever comes second, a manager or
the engine, finds the letter decided and changes nothing.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet

from customers.crashpoint import crashpoint
from customers.deadline import NO_DEADLINE, Deadline
from dunning.models import Case, Notice
from dunning.rules.review import TakenBack

BATCH = 2000
LEAVES_WITHIN = timedelta(hours=1)

# The step counts as taken from the day its letter was released, so that the next one keeps the campaign's distance.
RELEASE = """
WITH released AS (
  UPDATE dunning_notice SET state = 'queued', queued_at = %(now)s, due_at = %(now)s
  FROM (SELECT id, queued_at AS proposed_at FROM dunning_notice
        WHERE id = ANY(%(ids)s) AND state = 'proposed' AND queued_at <= %(seen_at)s) AS shown
  WHERE dunning_notice.id = shown.id
  RETURNING dunning_notice.id, case_id, step_id, own_body, proposed_at
), told AS (
  INSERT INTO dunning_reviewdecision (notice_id, case_id, verdict, proposed_at, decided_at, decided_by_id, reason)
  SELECT id, case_id, CASE own_body WHEN '' THEN 'unchanged' ELSE 'changed' END, proposed_at, %(now)s, %(by)s, ''
  FROM released
), taken AS (
  UPDATE dunning_steprun run SET decided_at = %(now)s FROM released
  WHERE run.case_id = released.case_id AND run.step_id = released.step_id
)
UPDATE dunning_case SET next_action_at = %(look_at)s, next_step_id = NULL, attention = '',
  next_reason = 'the reminder is released and about to leave',
  next_because = '[{"rule": "review", "says": "a manager released the reminder, and it is about to leave"}]',
  level = greatest(level, step.tone)
FROM released JOIN dunning_step step ON step.id = released.step_id WHERE dunning_case.id = released.case_id
"""
DROP = """
WITH dropped AS (
  UPDATE dunning_notice SET state = 'withdrawn', finished_at = %(now)s, reason = %(reason)s
  FROM (SELECT id, queued_at AS proposed_at FROM dunning_notice
        WHERE id = ANY(%(ids)s) AND state = 'proposed' AND queued_at <= %(seen_at)s) AS shown
  WHERE dunning_notice.id = shown.id
  RETURNING dunning_notice.id, case_id, step_id, proposed_at
), told AS (
  INSERT INTO dunning_reviewdecision (notice_id, case_id, verdict, proposed_at, decided_at, decided_by_id, reason)
  SELECT id, case_id, 'dropped', proposed_at, %(now)s, %(by)s, %(why)s FROM dropped
), skipped AS (
  UPDATE dunning_steprun run
  SET outcome = 'skipped', is_by_hand = true, reason = %(reason)s, decided_at = %(now)s,
    because = because || jsonb_build_object('rule', 'review', 'says', %(reason)s::text)
  FROM dropped WHERE run.case_id = dropped.case_id AND run.step_id = dropped.step_id
)
UPDATE dunning_case SET next_action_at = %(now)s, attention = '', next_reason = %(reason)s,
  next_because = jsonb_build_array(jsonb_build_object('rule', 'review', 'says', %(reason)s::text))
FROM dropped WHERE dunning_case.id = dropped.case_id
"""
TAKE_BACK = """
WITH unfit AS (
  SELECT * FROM json_to_recordset(%(rows)s) AS unfit (case_id bigint, outcome text, verdict text, why text)
), waiting AS (
  SELECT notice.id, queued_at, verdict, outcome, why FROM dunning_notice notice JOIN unfit USING (case_id)
  WHERE state = 'proposed' FOR UPDATE OF notice
), withdrawn AS (
  UPDATE dunning_notice notice SET state = 'withdrawn', finished_at = %(now)s, reason = why
  FROM waiting WHERE notice.id = waiting.id
  RETURNING notice.id, case_id, step_id, waiting.queued_at, verdict, outcome, why
), told AS (
  INSERT INTO dunning_reviewdecision (notice_id, case_id, verdict, proposed_at, decided_at, reason)
  SELECT id, case_id, verdict, queued_at, %(now)s, why FROM withdrawn
)
UPDATE dunning_steprun run SET outcome = withdrawn.outcome, reason = why, decided_at = %(now)s,
  because = because || jsonb_build_object('rule', 'review', 'says', why)
FROM withdrawn WHERE run.case_id = withdrawn.case_id AND run.step_id = withdrawn.step_id
"""


class ReviewRefusal(ValueError):
    """The letter cannot be decided on as asked; the message says why, and what to do instead."""


def release(
    rows: QuerySet[Notice],
    *,
    seen_at: datetime,
    now: datetime,
    by: User,
    at_most: int | None = None,
    deadline: Deadline = NO_DEADLINE,
) -> int:
    """Let those of `rows` leave that still wait as they did when the manager saw them; returns how many.

    What was proposed (again) after `seen_at` is left alone, and so is what goes beyond `at_most`, the number that was
    shown. The letters leave in the customers' own hours, after the last look that every letter gets.
    """
    told = {"by": by.pk, "look_at": now + LEAVES_WITHIN}
    return _in_batches(RELEASE, rows, told, seen_at=seen_at, now=now, at_most=at_most, deadline=deadline)


def drop(rows: QuerySet[Notice], *, reason: str, seen_at: datetime, now: datetime, by: User) -> int:
    """Skip the steps of those of `rows` that still wait; returns how many. Their cases go on with the next step.

    Raises ReviewRefusal without a reason.
    """
    if not (reason := reason.strip()):
        raise ReviewRefusal("Say why: the reason stands on the case.")
    told = {"by": by.pk, "why": reason[:400], "reason": f"dropped at review by {by.get_username()}: {reason}"[:500]}
    return _in_batches(DROP, rows, told, seen_at=seen_at, now=now)


def _in_batches(
    statement: str,
    rows: QuerySet[Notice],
    told: dict[str, Any],
    *,
    seen_at: datetime,
    now: datetime,
    at_most: int | None = None,
    deadline: Deadline = NO_DEADLINE,
) -> int:
    decided = 0
    waiting = rows.filter(state=Notice.State.PROPOSED, queued_at__lte=seen_at).order_by("queued_at", "pk")
    while not deadline.is_over and (at_most is None or decided < at_most):
        size = BATCH if at_most is None else min(BATCH, at_most - decided)
        picked = list(waiting.values_list("pk", "case_id")[:size])
        if not picked:
            break
        decided += _decide(statement, picked, {**told, "seen_at": seen_at, "now": now})
    return decided


@transaction.atomic
def _decide(statement: str, picked: Sequence[tuple[int, int]], told: dict[str, Any]) -> int:
    cases = Case.objects.filter(pk__in=[case_id for _, case_id in picked]).order_by("pk")
    list(cases.select_for_update(of=("self",)).values_list("pk", flat=True))  # the engine may be deciding on them
    with connection.cursor() as cursor:
        cursor.execute(statement, {**told, "ids": [pk for pk, _ in picked]})
        crashpoint("review.before_commit")
        return int(cursor.rowcount)


def take_back(unfit: Sequence[tuple[int, TakenBack]], *, now: datetime) -> None:
    """Withdraw what these cases (by id) had waiting for review; the caller holds their locks."""
    rows = [
        {
            "case_id": case_id,
            "outcome": taken.outcome.value,
            "verdict": "expired" if taken.is_expired else "withdrawn",
            "why": taken.reason[:500],
        }
        for case_id, taken in unfit
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(TAKE_BACK, {"rows": json.dumps(rows), "now": now})
