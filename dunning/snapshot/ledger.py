"""The ledger of steps: what became of each step of a case, under the version it follows and under former ones."""

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from dunning.rules.carry_over import carried_over
from dunning.rules.facts import PlanFact, RunFact
from dunning.rules.words import Delivery, Outcome
from dunning.snapshot.plans import plan, version_of_step
from dunning.snapshot.rows import by_owner, rows

# A step may have a notice for a former contact too: one that waits makes it pending, one handed over has reached,
# unless it came back.
RUNS = """
SELECT run.case_id, run.step_id, outcome, decided_at, is_by_hand,
  CASE WHEN bool_or(notice.state IN ('queued', 'leased')) THEN 'pending'
       WHEN bool_or(notice.state = 'proposed') THEN 'proposed'
       WHEN bool_or(notice.state IN ('calling', 'sent', 'in_doubt') AND notice.delivery <> 'soft_bounced')
       THEN 'reached' ELSE 'nowhere' END,
  jsonb_path_query_array(
    coalesce(jsonb_agg(notice.lines) FILTER (WHERE notice.state IN ('calling', 'sent', 'in_doubt')), '[]'),
    '$[*][*].invoice_id'),
  jsonb_path_query_array(jsonb_agg(notice.lines) FILTER (WHERE notice.state = 'proposed'), '$[*][*]')
FROM dunning_steprun run
LEFT JOIN dunning_notice notice ON notice.case_id = run.case_id AND notice.step_id = run.step_id
WHERE run.case_id = ANY(%s) GROUP BY run.id ORDER BY run.id
"""
OPENED = """
SELECT case_id, step_id FROM dunning_notice notice JOIN dunning_portallink link ON link.id = notice.link_id
WHERE case_id = ANY(%s) AND first_visited_at IS NOT NULL
"""
OUTCOMES = {outcome.value: outcome for outcome in Outcome}


def runs_of_cases(case_ids: list[int], asked: frozenset[str]) -> dict[int, list[RunFact]]:
    """Case id → its lines, in the order written: one query, and one more where a condition asks for the last letter."""
    runs: dict[int, list[RunFact]] = by_owner(rows(RUNS, case_ids), _run)
    for case_id, step_id in rows(OPENED, case_ids) if "last_letter" in asked else ():
        runs[case_id] = [replace(run, opened=True) if run.step_id == step_id else run for run in runs[case_id]]
    return runs


def _run(
    step_id: int, outcome: str, decided_at: datetime, by_hand: bool, delivery: str, named: Any, proposed: Any
) -> RunFact:
    ids = frozenset(map(int, json.loads(named) if isinstance(named, str) else named))
    return RunFact(step_id, OUTCOMES[outcome], decided_at, by_hand, Delivery(delivery), ids, asked=_asked(proposed))


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
