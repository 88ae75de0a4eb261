"""Carrying out a batch of decisions: rows only, set-based, in the caller's transaction. Nothing leaves the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from customers.operations import news
from dunning.rules.decide import in_send_window, next_opening
from dunning.rules.decisions import Close, Decision, Send, Wait
from dunning.rules.facts import CaseFacts, StepFact
from dunning.rules.words import Ending, Outcome

RUNS = """
INSERT INTO dunning_steprun (case_id, step_id, outcome, reason, decided_at)
SELECT *, %s FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[])
ON CONFLICT (case_id, step_id) DO UPDATE
SET outcome = excluded.outcome, reason = excluded.reason, decided_at = excluded.decided_at
WHERE dunning_steprun.outcome = 'delayed'
"""
# A notice that was withdrawn before any call goes back into the queue: it is still the one notice of this step.
NOTICES = """
INSERT INTO dunning_notice (case_id, step_id, customer_id, channel, due_at, contact_id, state, queued_at, attempts,
                            reason, address, language, subject, body, lines, message_id, provider_reference)
SELECT wanted.*, contact.id, 'queued', %s, 0, '', '', '', '', '', '[]', '', ''
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[])
  AS wanted (case_id, step_id, customer_id, channel, due_at)
JOIN customers_contact contact ON contact.customer_id = wanted.customer_id AND contact.is_primary
ON CONFLICT (case_id, step_id, channel, contact_id) DO UPDATE
SET state = 'queued', due_at = excluded.due_at, queued_at = excluded.queued_at, reason = ''
WHERE dunning_notice.state = 'withdrawn'
"""
CASES = """
UPDATE dunning_case SET next_action_at = seen.next_action_at, next_step_id = seen.next_step_id,
  next_reason = seen.next_reason, attention = seen.attention,
  anchor_on = coalesce(seen.anchor_on, dunning_case.anchor_on),
  level = greatest(dunning_case.level, seen.level)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[], %s::text[], %s::text[], %s::date[], %s::int[])
  AS seen (id, next_action_at, next_step_id, next_reason, attention, anchor_on, level)
WHERE dunning_case.id = seen.id
"""
CLOSE = """
WITH closing AS (
  SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS c (case_id, ending, reason)
), told AS (
  INSERT INTO dunning_caseevent (case_id, happened_at, kind, text)
  SELECT case_id, %s, 'closed', 'Closed: ' || reason FROM closing
)
UPDATE dunning_case SET state = 'closed', closed_at = %s, next_action_at = NULL, next_step_id = NULL, next_reason = '',
  attention = '', ending = closing.ending, close_reason = closing.reason
FROM closing WHERE dunning_case.id = closing.case_id
"""
WITHDRAW = """
WITH withdrawn AS (
  UPDATE dunning_notice SET state = 'withdrawn', lease_token = NULL, lease_until = NULL, finished_at = %s,
    reason = 'the case closed before it was sent'
  WHERE case_id = ANY(%s) AND state IN ('queued', 'leased')
  RETURNING case_id, step_id
)
UPDATE dunning_steprun run
SET outcome = 'skipped', reason = 'the case closed before the notice was sent', decided_at = %s
FROM withdrawn WHERE run.case_id = withdrawn.case_id AND run.step_id = withdrawn.step_id
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """One case, what was known of it, what was decided, and when to look again (None: it closes)."""

    case_id: int
    facts: CaseFacts
    decision: Decision
    wait: Wait | None


def apply(batch: Sequence[Decided], *, now: datetime) -> None:
    """Write down what was decided for each case. Call inside a transaction that holds the cases' locks."""
    _close([item for item in batch if isinstance(item.decision, Close)], now)
    _write_runs(batch, now)
    _queue_notices(batch, now)
    _set_clocks(batch)


def _write_runs(batch: Sequence[Decided], now: datetime) -> None:
    rows = [(item.case_id, *run) for item in batch for run in runs_of(item.facts, item.decision)]
    _execute(RUNS, rows, before=[now])


def runs_of(facts: CaseFacts, decision: Decision) -> list[tuple[int, str, str]]:
    """The lines for the ledger of steps: (step id, outcome, reason)."""
    lines = [(skip.step.id, Outcome.SKIPPED.value, skip.reason) for skip in decision.skips]
    match decision:
        case Send():
            lines.append((decision.step.id, Outcome.DONE.value, decision.reason))
        case Wait(step=step) if step and decision.delays:
            lines.append((step.id, Outcome.DELAYED.value, decision.reason))
        case Close(thanks=thanks) if thanks and thanks.channel in facts.channels:
            lines.append((thanks.id, Outcome.DONE.value, "the money arrived: thank you"))
        case Close(thanks=thanks) if thanks:
            lines.append((thanks.id, Outcome.SKIPPED.value, f"no {thanks.channel} address on file"))
        case _:
            pass
    return lines


def _queue_notices(batch: Sequence[Decided], now: datetime) -> None:
    rows = [
        (item.case_id, step.id, item.facts.customer_id, step.channel, _due_at(item.facts, now))
        for item in batch
        if (step := _step_to_send(item.facts, item.decision))
    ]
    _execute(NOTICES, rows, before=[now])


def _step_to_send(facts: CaseFacts, decision: Decision) -> StepFact | None:
    match decision:
        case Send():
            return decision.step
        case Close(thanks=thanks) if thanks and thanks.channel in facts.channels:
            return thanks
        case _:
            return None


def _due_at(facts: CaseFacts, now: datetime) -> datetime:
    return now if in_send_window(facts, now) else next_opening(facts, now)


def _set_clocks(batch: Sequence[Decided]) -> None:
    rows = []
    for item in batch:
        if wait := item.wait:
            level = int(item.decision.step.tone) if isinstance(item.decision, Send) else 0
            step_id = wait.step.id if wait.step else None
            rows.append((item.case_id, wait.until, step_id, wait.reason, wait.attention.value, wait.anchor_on, level))
    _execute(CASES, rows)


def _close(closings: Sequence[Decided], now: datetime) -> None:
    if not closings:
        return
    case_ids = [item.case_id for item in closings]
    rows = [
        (item.case_id, item.decision.ending.value, item.decision.reason)
        for item in closings
        if isinstance(item.decision, Close)
    ]
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, [now, case_ids, now])
    _execute(CLOSE, rows, after=[now, now])
    # Newer debts of a cured case begin a case of their own at the next turn.
    news.announce(
        item.facts.customer_id
        for item in closings
        if isinstance(item.decision, Close) and item.decision.ending == Ending.CURED
    )


def _execute(
    statement: str, rows: Sequence[tuple[Any, ...]], before: Sequence[Any] = (), after: Sequence[Any] = ()
) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [*before, *map(list, zip(*rows, strict=True)), *after])
