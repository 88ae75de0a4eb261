"""The ledger of steps: what became of each step of a case, under the version it follows and under former ones."""

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from dunning.rules.carry_over import carried_over
from dunning.rules.facts import RunFact, SentFact
from dunning.rules.plan_facts import PlanFact
from dunning.rules.words import Delivery, Outcome
from dunning.snapshot.plans import plan, version_of_step
from dunning.snapshot.rows import by_owner, rows

# A step may have a notice for a former contact, or by another way, too: one that waits makes it pending, one handed
# over has reached, unless it came back.
RUNS = """
SELECT run.case_id, run.step_id, outcome, decided_at, is_by_hand,
  CASE WHEN bool_or(notice.state IN ('queued', 'leased')) THEN 'pending'
       WHEN bool_or(notice.state = 'proposed') THEN 'proposed'
       WHEN bool_or(notice.state IN ('calling', 'sent', 'in_doubt') AND notice.delivery <> 'soft_bounced')
       THEN 'reached' ELSE 'nowhere' END,
  jsonb_path_query_array(
    coalesce(jsonb_agg(notice.lines) FILTER (WHERE notice.state IN ('calling', 'sent', 'in_doubt')), '[]'),
    '$[*][*].invoice_id'),
  jsonb_path_query_array(jsonb_agg(notice.lines) FILTER (WHERE notice.state = 'proposed'), '$[*][*]'),
  max(notice.channel) FILTER (WHERE notice.state IN ('proposed', 'queued', 'leased')),
  array_agg(notice.channel) FILTER (WHERE notice.state = 'refused'),
  outcome = 'skipped' AND because @> '[{"rule": "conditions"}]',
  max(notice.calling_at) FILTER (WHERE notice.channel = 'post' AND notice.state IN ('calling', 'sent', 'in_doubt'))
FROM dunning_steprun run
LEFT JOIN dunning_notice notice ON notice.case_id = run.case_id AND notice.step_id = run.step_id
WHERE run.case_id = ANY(%s) GROUP BY run.id ORDER BY run.id
"""
OPENED = """
SELECT case_id, step_id FROM dunning_notice notice JOIN dunning_portallink link ON link.id = notice.link_id
WHERE case_id = ANY(%s) AND first_visited_at IS NOT NULL
"""
# Handed over and not come back. That a provider tells of nothing says something only where it tells of others; an app
# tells of each notice that somebody sees.
SENT = """
SELECT case_id, step_id, channel, calling_at, CASE state WHEN 'sent' THEN delivery ELSE 'in_doubt' END,
  delivery <> '' OR channel = 'in_app' OR EXISTS (
    SELECT 1 FROM dunning_deliveryevent told
    WHERE told.channel = notice.channel AND told.kind = 'delivered' AND told.received_at > notice.calling_at)
FROM dunning_notice notice WHERE case_id = ANY(%s) AND state IN ('calling', 'sent', 'in_doubt')
ORDER BY case_id, calling_at, id
"""
OUTCOMES = {outcome.value: outcome for outcome in Outcome}


def runs_of_cases(case_ids: list[int], asked: frozenset[str], *, awaiting_word: list[int]) -> dict[int, list[RunFact]]:
    """Case id → its lines, in the order written: one query, and one more where a condition asks for the last letter.

    What was handed over is read of the cases `awaiting_word`: one more.
    """
    runs: dict[int, list[RunFact]] = by_owner(rows(RUNS, case_ids), _run)
    for case_id, step_id in rows(OPENED, case_ids) if "last_letter" in asked else ():
        runs[case_id] = [replace(run, opened=True) if run.step_id == step_id else run for run in runs[case_id]]
    for case_id, step_id, *sent in rows(SENT, awaiting_word) if awaiting_word else ():
        runs[case_id] = [
            replace(run, sent=(*run.sent, SentFact(*sent))) if run.step_id == step_id else run for run in runs[case_id]
        ]
    return runs


def _run(
    step_id: int,
    outcome: str,
    decided_at: datetime,
    by_hand: bool,
    delivery: str,
    named: Any,
    proposed: Any,
    by: str | None,
    came_back: list[str] | None,
    unfit: bool,
    posted_at: datetime | None,
) -> RunFact:
    return RunFact(
        step_id,
        OUTCOMES[outcome],
        decided_at,
        by_hand,
        Delivery(delivery),
        frozenset(map(int, json.loads(named) if isinstance(named, str) else named)),
        asked=_asked(proposed),
        by=by or "",
        came_back=frozenset(came_back or ()),
        unfit=unfit,
        posted_at=posted_at,
    )


def _asked(proposed: Any) -> tuple[tuple[int, Decimal], ...]:
    if not proposed:
        return ()
    lines = json.loads(proposed) if isinstance(proposed, str) else proposed
    return tuple(sorted((int(line["invoice_id"]), Decimal(line["balance"])) for line in lines))


def with_carried_over(runs: list[RunFact], followed: PlanFact) -> tuple[RunFact, ...]:
    """The lines of the ledger, and what those under former versions mean for this one."""
    foreign = [run.step_id for run in runs if run.step_id not in followed.step_ids]
    if not foreign:
        return tuple(runs)
    former = [plan(pk) for pk in dict.fromkeys(map(version_of_step, foreign))]
    return (*runs, *carried_over(runs, former, followed))
