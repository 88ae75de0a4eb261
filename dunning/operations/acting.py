"""Carrying out the steps that are no letters, and ending what they began when a case closes: rows only, set-based."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from dunning.operations.proposing import LAPSE
from dunning.rules.decisions import Act, Unreached
from dunning.rules.plan_facts import StepFact
from dunning.rules.words import FOR_A_PERSON, Ending, StepKind, step_words

# What lifts a restriction by itself; a person may always do so.
MADE_GOOD = (Ending.SETTLED, Ending.CURED, Ending.IN_INSTALMENTS)

TASKS = """
INSERT INTO dunning_task (case_id, run_id, kind, queue, script, due_on, assignee_id, state, created_at, outcome)
SELECT run.case_id, run.id, step.kind, step.queue, step.script, wanted.day + step.due_days, owner_id,
  'open', %(now)s, ''
FROM json_to_recordset(%(rows)s) AS wanted (case_id bigint, step_id bigint, day date)
JOIN dunning_step step ON step.id = wanted.step_id
JOIN dunning_case ON dunning_case.id = wanted.case_id
JOIN dunning_steprun run ON run.case_id = wanted.case_id AND run.step_id = wanted.step_id
ON CONFLICT (run_id) DO NOTHING
"""
# What goes wrong again and again is asked about once: the step has one task.
UNREACHED = """
INSERT INTO dunning_task (case_id, run_id, kind, queue, script, due_on, assignee_id, state, created_at, outcome)
SELECT run.case_id, run.id, 'unreached', 'addresses', wanted.script, wanted.day, owner_id, 'open', %(now)s, ''
FROM json_to_recordset(%(rows)s) AS wanted (case_id bigint, step_id bigint, script text, day date)
JOIN dunning_case ON dunning_case.id = wanted.case_id
JOIN dunning_steprun run ON run.case_id = wanted.case_id AND run.step_id = wanted.step_id
ON CONFLICT (run_id) DO NOTHING
"""
DROP_TASKS = """
UPDATE dunning_task SET state = 'dropped', ended_at = %(now)s,
  outcome = 'the case closed: ' || left(closing.reason, 250)
FROM json_to_recordset(%(rows)s) AS closing (case_id bigint, reason text)
WHERE dunning_task.case_id = closing.case_id AND state = 'open' AND kind NOT IN ('request', 'feedback')
"""
WITHDRAW = """
UPDATE dunning_outgoingevent event SET state = 'withdrawn', ended_at = %(now)s
FROM json_to_recordset(%(rows)s) AS told (case_id bigint)
JOIN dunning_case ON dunning_case.id = told.case_id
WHERE event.customer_id = dunning_case.customer_id AND event.state = 'queued' AND event.kind IN ({kinds})
"""
TELL = """
INSERT INTO dunning_outgoingevent
  (event_id, customer_id, case_id, kind, payload, state, created_at, tries_since, attempts, next_try_at, answers)
SELECT gen_random_uuid(), customer.id, told.case_id, '{kind}',
  jsonb_build_object('customer', customer.number, 'case', told.case_id, 'reason', told.reason),
  'queued', %(now)s, %(now)s, 0, %(now)s, '[]'
FROM json_to_recordset(%(rows)s) AS told (case_id bigint, reason text)
JOIN dunning_case ON dunning_case.id = told.case_id
JOIN customers_customer customer ON customer.id = dunning_case.customer_id
WHERE {only_if}
ORDER BY told.case_id
"""
RESTRICT = TELL.format(kind="service.restrict", only_if="TRUE")
# What the service last heard, or may have heard: an event withdrawn before any call says nothing.
IS_RESTRICTED = """'service.restrict' = (
  SELECT kind FROM dunning_outgoingevent heard
  WHERE heard.customer_id = customer.id AND NOT (state = 'withdrawn' AND attempts = 0) ORDER BY heard.id DESC
  LIMIT 1)"""
RESTORE = TELL.format(kind="service.restore", only_if=IS_RESTRICTED)


def act(taken: Sequence[tuple[int, Act]], *, now: datetime) -> None:
    """Do what these steps ask for; their lines stand in the ledger of steps already. Pairs of case id and act."""
    tasks = [(case_id, a) for case_id, a in taken if a.step.kind in FOR_A_PERSON]
    _execute(TASKS, [{"case_id": case_id, "step_id": a.step.id, "day": a.on} for case_id, a in tasks], now)
    told = [(case_id, a) for case_id, a in taken if a.step.kind == StepKind.RESTRICT]
    rows = [{"case_id": case_id, "reason": a.reason} for case_id, a in told]
    _execute(WITHDRAW.format(kinds="'service.restrict', 'service.restore'"), rows, now)
    _execute(RESTRICT, rows, now)


def ask_for_another_way(cases: Sequence[tuple[int, Unreached]], *, now: datetime) -> None:
    """One task for each step whose ways are used up. Pairs of case id and what was tried."""
    rows = [
        {
            "case_id": case_id,
            "step_id": unreached.step.id,
            "script": f"The {_words(unreached.step)} has not reached the customer: {unreached.reason}. Call them, or "
            "find an address that works and write it on their page.",
            "day": unreached.on,
        }
        for case_id, unreached in cases
    ]
    _execute(UNREACHED, rows, now)


def end(closing: Sequence[tuple[int, Ending, str]], *, now: datetime) -> None:
    """What open work and restrictions become when these cases close: (case id, ending, reason) each.

    Open tasks are dropped, but for those in which a customer waits for an answer, and proposals to write off lapse. A
    restriction nobody was told of is withdrawn; one in force is lifted if all is made good.
    """
    rows = [{"case_id": case_id, "reason": reason} for case_id, _, reason in closing]
    _execute(DROP_TASKS, rows, now)
    _execute(LAPSE, rows, now)
    _execute(WITHDRAW.format(kinds="'service.restrict'"), rows, now)
    good = [{"case_id": case_id, "reason": reason} for case_id, ending, reason in closing if ending in MADE_GOOD]
    _execute(RESTORE, good, now)


def _words(step: StepFact) -> str:
    return step_words(step.kind, step.offset_days, step.tone)


def _execute(statement: str, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"rows": json.dumps(rows, default=str), "now": now})
