"""Carrying out a batch of decisions: rows only, set-based, in the caller's transaction. Nothing leaves the house."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from customers.operations import news
from dunning.operations import acting
from dunning.operations.proposing import propose_all
from dunning.operations.review import take_back
from dunning.operations.unseen import withdraw_unseen
from dunning.rules import why
from dunning.rules.decisions import Charge, Close, Decision, Send, Wait
from dunning.rules.facts import CaseFacts
from dunning.rules.plan_ahead import acts_of, leaves_at, runs_of
from dunning.rules.plan_facts import StepFact
from dunning.rules.readers import reader_of
from dunning.rules.review import TakenBack, asked_for
from dunning.rules.words import Ending
from payments.operations import orders

RUNS = """
INSERT INTO dunning_steprun (case_id, step_id, outcome, reason, because, is_by_hand, decided_at)
SELECT case_id, step_id, outcome, reason, because, by_hand, %(now)s
FROM json_to_recordset(%(rows)s)
  AS run (case_id bigint, step_id bigint, outcome text, reason text, because jsonb, by_hand boolean)
ON CONFLICT (case_id, step_id) DO UPDATE
SET outcome = excluded.outcome, reason = excluded.reason, because = excluded.because, decided_at = excluded.decided_at,
  is_by_hand = excluded.is_by_hand
WHERE dunning_steprun.outcome = 'delayed'
"""
# A notice that was withdrawn before any call, or refused for an address that has been mended, goes back into the queue
# (or is proposed again): it is still the one notice of this step, and is written anew.
NOTICES = """
INSERT INTO dunning_notice (case_id, step_id, customer_id, channel, due_at, contact_id, state, queued_at, attempts,
                            reason, address, language, subject, body, lines, message_id, provider_reference)
SELECT case_id, step_id, wanted.customer_id, channel, due_at, contact.id, state, %(now)s, 0, '', '', '', '', '', lines,
       '', ''
FROM json_to_recordset(%(rows)s) AS wanted (case_id bigint, step_id bigint, customer_id bigint, channel text,
                                            due_at timestamptz, state text, lines jsonb, reader_id bigint)
JOIN customers_contact contact ON contact.customer_id = wanted.customer_id
  AND CASE WHEN reader_id IS NULL THEN contact.is_primary ELSE contact.id = reader_id END
ON CONFLICT (case_id, step_id, channel, contact_id) DO UPDATE
SET state = excluded.state, due_at = excluded.due_at, queued_at = excluded.queued_at, finished_at = NULL, reason = '',
  language = '', own_subject = '', own_body = '', body = '', lines = excluded.lines, attempts = 0
WHERE dunning_notice.state IN ('withdrawn', 'refused')
"""
CASES = """
UPDATE dunning_case SET next_action_at = seen.next_action_at, next_step_id = seen.next_step_id,
  next_reason = seen.next_reason, next_because = seen.next_because, attention = seen.attention,
  anchor_on = coalesce(seen.anchor_on, dunning_case.anchor_on),
  level = greatest(dunning_case.level, seen.level)
FROM json_to_recordset(%(rows)s)
  AS seen (id bigint, next_action_at timestamptz, next_step_id bigint, next_reason text, next_because jsonb,
           attention text, anchor_on date, level int)
WHERE dunning_case.id = seen.id
"""
CLOSE = """
WITH closing AS (
  SELECT * FROM json_to_recordset(%(rows)s) AS closing (case_id bigint, ending text, reason text)
), told AS (
  INSERT INTO dunning_caseevent (case_id, happened_at, kind, text)
  SELECT case_id, %(now)s, 'closed', 'Closed: ' || reason FROM closing
)
UPDATE dunning_case SET state = 'closed', closed_at = %(now)s, next_action_at = NULL, next_step_id = NULL,
  next_reason = '', next_because = '[]', attention = '', ending = closing.ending, close_reason = closing.reason
FROM closing WHERE dunning_case.id = closing.case_id
"""
TOLD = """
INSERT INTO dunning_caseevent (case_id, happened_at, kind, text, because)
SELECT case_id, %(now)s, kind, reason, because
FROM json_to_recordset(%(rows)s) AS ordered (case_id bigint, kind text, reason text, because jsonb)
"""
WITHDRAW = """
WITH waiting AS (
  SELECT id, state, queued_at FROM dunning_notice
  WHERE case_id = ANY(%(cases)s) AND state IN ('proposed', 'queued', 'leased') FOR UPDATE
), withdrawn AS (
  UPDATE dunning_notice notice SET state = 'withdrawn', lease_token = NULL, lease_until = NULL, finished_at = %(now)s,
    reason = 'the case closed before it was sent'
  FROM waiting WHERE notice.id = waiting.id
  RETURNING notice.id, case_id, step_id, waiting.state, waiting.queued_at
), told AS (
  INSERT INTO dunning_reviewdecision (notice_id, case_id, verdict, proposed_at, decided_at, reason)
  SELECT id, case_id, 'withdrawn', queued_at, %(now)s, 'the case closed' FROM withdrawn WHERE state = 'proposed'
)
UPDATE dunning_steprun run
SET outcome = 'skipped', reason = 'the case closed before the notice was sent', decided_at = %(now)s,
  because = because || '[{"rule": "last look", "says": "the case closed before the notice was sent"}]'
FROM withdrawn WHERE run.case_id = withdrawn.case_id AND run.step_id = withdrawn.step_id
  -- By another way it has been handed over: the step stays taken.
  AND NOT EXISTS (
    SELECT 1 FROM dunning_notice sent WHERE sent.case_id = run.case_id AND sent.step_id = run.step_id
      AND sent.state IN ('calling', 'sent', 'in_doubt'))
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """One case, what was known of it, what was decided, and when to look again (None: it closes).

    `taken_back`: why the letter that waited for review does so no longer; the decision was taken as if it never had.
    """

    case_id: int
    facts: CaseFacts
    decision: Decision
    wait: Wait | None
    taken_back: TakenBack | None = None


def apply(batch: Sequence[Decided], *, now: datetime) -> None:
    """Write down what was decided for each case. Call inside a transaction that holds the cases' locks."""
    about = {item.case_id: why.grounds(item.facts, now=now) for item in batch}
    take_back([(item.case_id, item.taken_back) for item in batch if item.taken_back], now=now)
    _close([item for item in batch if isinstance(item.decision, Close)], now)
    _write_runs(batch, about, now)
    _queue_notices(batch, now)
    propose_all([(item.case_id, item.facts, act) for item in batch for act in acts_of(item.decision)], now=now)
    acting.act([(item.case_id, act) for item in batch for act in acts_of(item.decision)], now=now)
    _go_another_way(batch, about, now)
    _order_charges(batch, about, now)
    _set_clocks(batch, about, now)


def _write_runs(batch: Sequence[Decided], about: dict[int, list[why.Entry]], now: datetime) -> None:
    rows = [
        {
            "case_id": item.case_id,
            "step_id": step.id,
            "outcome": outcome.value,
            "reason": reason,
            "because": why.of_step(about[item.case_id], links, outcome, reason, unfit=step.id in unfit),
            "by_hand": isinstance(item.decision, Send) and item.decision.by_hand and step == item.decision.step,
        }
        for item in batch
        if (runs := runs_of(item.facts, item.decision))
        for links in [why.chain(about[item.case_id], item.facts, item.decision)]
        for unfit in [{skip.step.id for skip in item.decision.skips if skip.unfit}]
        for step, outcome, reason in runs
    ]
    _execute(RUNS, rows, now)


def _queue_notices(batch: Sequence[Decided], now: datetime) -> None:
    rows = [
        {
            "case_id": item.case_id,
            "step_id": step.id,
            "customer_id": item.facts.customer_id,
            "channel": step.channel,
            "reader_id": reader.contact_id if (reader := reader_of(item.facts, step)) else None,
            "due_at": leaves_at(item.facts, now),
            **_first_state(item, step, now),
        }
        for item in batch
        if (step := _step_to_send(item.facts, item.decision))
    ]
    _execute(NOTICES, rows, now)


def _first_state(item: Decided, step: StepFact, now: datetime) -> dict[str, Any]:
    """Queued, or proposed with what it asks for: what a manager is shown is compared when the case is looked at."""
    if not step.is_reviewed:
        return {"state": "queued", "lines": []}
    asked = asked_for(item.facts, now)
    lines = [{"invoice_id": str(i.id), "balance": str(i.balance), "currency": i.currency} for i in asked]
    return {"state": "proposed", "lines": lines}


def _step_to_send(facts: CaseFacts, decision: Decision) -> StepFact | None:
    match decision:
        case Send():
            return decision.step
        case Close(thanks=thanks) if thanks and thanks.channel in facts.channels:
            return thanks
        case _:
            return None


def _go_another_way(batch: Sequence[Decided], about: dict[int, list[why.Entry]], now: datetime) -> None:
    """A step that goes another way has its line already: the case's story tells it, or a person gets a task."""
    sends = [(item, item.decision) for item in batch if isinstance(item.decision, Send) and item.decision.after_silence]
    _execute(TOLD, [_told(item, send, "fallback", about) for item, send in sends], now)
    withdraw_unseen([(item.case_id, send.step.id) for item, send in sends], now=now)
    asking = [(item.case_id, item.wait.unreached) for item in batch if item.wait and item.wait.unreached]
    acting.ask_for_another_way(asking, now=now)


def _told(item: Decided, decision: Send | Charge, kind: str, about: dict[int, list[why.Entry]]) -> dict[str, Any]:
    because = why.chain(about[item.case_id], item.facts, decision)
    return {"case_id": item.case_id, "kind": kind, "reason": decision.reason[:500], "because": because}


def _order_charges(batch: Sequence[Decided], about: dict[int, list[why.Entry]], now: datetime) -> None:
    """A further try is a line of the case's story: no step of the campaign tells of it."""
    charging = [(item, item.decision) for item in batch if isinstance(item.decision, Charge)]
    retries = [_told(item, charge, "charge", about) for item, charge in charging if charge.step is None]
    _execute(TOLD, retries, now)
    if charging:
        orders.place([order for _, charge in charging for order in charge.orders], now=now)


def _set_clocks(batch: Sequence[Decided], about: dict[int, list[why.Entry]], now: datetime) -> None:
    rows = [
        {
            "id": item.case_id,
            "next_action_at": item.wait.until,
            "next_step_id": item.wait.step.id if item.wait.step else None,
            "next_reason": item.wait.reason,
            "next_because": why.chain(about[item.case_id], item.facts, item.wait),
            "attention": item.wait.attention.value,
            "anchor_on": item.wait.anchor_on,
            "level": _level_of(item.decision),
        }
        for item in batch
        if item.wait
    ]
    _execute(CASES, rows, now)


def _level_of(decision: Decision) -> int:
    """The tone of what is about to leave; a proposal leaves only if somebody lets it."""
    return int(decision.step.tone) if isinstance(decision, Send) and not decision.step.is_reviewed else 0


def _close(closings: Sequence[Decided], now: datetime) -> None:
    if not closings:
        return
    case_ids = [item.case_id for item in closings]
    rows: list[dict[str, Any]] = [
        {"case_id": item.case_id, "ending": item.decision.ending.value, "reason": item.decision.reason}
        for item in closings
        if isinstance(item.decision, Close)
    ]
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, {"cases": case_ids, "now": now})
    _execute(CLOSE, rows, now)
    acting.end([(row["case_id"], Ending(row["ending"]), row["reason"]) for row in rows], now=now)
    # Newer debts of a cured case, or those outside a plan, begin a case of their own at the next turn.
    news.announce(
        item.facts.customer_id
        for item in closings
        if isinstance(item.decision, Close) and item.decision.ending != Ending.SETTLED
    )


def _execute(statement: str, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"rows": json.dumps(rows, default=str), "now": now})
