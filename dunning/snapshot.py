"""Rows → facts, a batch at a time and with a fixed number of queries, whatever the batch holds.

Bare SQL instead of model queries: deciding a day's cases spends most of its time here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from dunning.models import CampaignVersion, Step
from dunning.rules.facts import CaseFacts, HoldFact, InvoiceFact, PlanFact, RunFact, StepFact
from dunning.rules.words import Outcome, StepKind, Tone

ZONES = "SELECT id, time_zone FROM customers_customer WHERE id = ANY(%s)"
INVOICES = """
SELECT customer_id, id, due_on, balance, currency, created_at FROM customers_invoice
WHERE customer_id = ANY(%s) AND balance > 0 ORDER BY customer_id, due_on, id
"""
RUNS = """
SELECT case_id, step_id, outcome, decided_at, EXISTS (
  SELECT 1 FROM dunning_notice notice WHERE notice.case_id = run.case_id AND notice.step_id = run.step_id
    AND notice.state IN ('calling', 'sent', 'in_doubt'))
FROM dunning_steprun run WHERE case_id = ANY(%s)
"""
HOLDS = """
SELECT customer_id, reason, until_on, invoice_id FROM customers_hold
WHERE customer_id = ANY(%s) AND released_at IS NULL
"""
REACHABLE_BY_EMAIL = """
SELECT customer_id FROM customers_contact WHERE customer_id = ANY(%s) AND is_primary AND email <> ''
"""
PAYING = """
SELECT customer_id FROM payments_chargeattempt WHERE customer_id = ANY(%s) AND state IN ('calling', 'in_doubt')
"""

BY_EMAIL = frozenset(["email"])
NOWHERE: frozenset[str] = frozenset()
OUTCOMES = {outcome.value: outcome for outcome in Outcome}


class Subject(NamedTuple):
    """Whom to gather facts about: an open case, or (case_id None) a customer who would get one."""

    case_id: int | None
    customer_id: int
    version_id: int


def gather(subjects: Sequence[Subject]) -> list[CaseFacts]:
    """Facts for each subject, in the same order. Six queries a batch, two more for each version not seen before."""
    customer_ids = [subject.customer_id for subject in subjects]
    zones = dict(_rows(ZONES, customer_ids))
    invoices = _by_owner(_rows(INVOICES, customer_ids), InvoiceFact)
    runs = _by_owner(_rows(RUNS, [subject.case_id for subject in subjects if subject.case_id]), _run)
    holds = _by_owner(_rows(HOLDS, customer_ids), HoldFact)
    reachable = {customer_id for (customer_id,) in _rows(REACHABLE_BY_EMAIL, customer_ids)}
    paying = {customer_id for (customer_id,) in _rows(PAYING, customer_ids)}
    return [
        CaseFacts(
            customer_id=subject.customer_id,
            time_zone=zones[subject.customer_id],
            plan=plan(subject.version_id),
            invoices=tuple(invoices[subject.customer_id]),
            runs=tuple(runs[subject.case_id]) if subject.case_id else (),
            holds=tuple(holds[subject.customer_id]),
            channels=BY_EMAIL if subject.customer_id in reachable else NOWHERE,
            payment_pending=subject.customer_id in paying,
        )
        for subject in subjects
    ]


@lru_cache(maxsize=256)
def plan(version_id: int) -> PlanFact:
    """The version as facts. Published versions are frozen, so that this may be remembered for ever."""
    version = CampaignVersion.objects.get(pk=version_id)
    steps = list(version.steps.order_by("position"))
    thanks = [_step(step) for step in steps if step.kind == StepKind.THANKS]
    return PlanFact(
        version_id=version_id,
        reminders=tuple(_step(step) for step in steps if step.kind == StepKind.REMINDER),
        thanks=thanks[0] if thanks else None,
        send_from=version.send_from,
        send_until=version.send_until,
    )


def _step(step: Step) -> StepFact:
    return StepFact(step.pk, step.position, step.offset_days, Tone(step.tone), step.channel)


def _run(step_id: int, outcome: str, *facts: Any) -> RunFact:
    return RunFact(step_id, OUTCOMES[outcome], *facts)


def _rows(statement: str, ids: list[int]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        yield from cursor


def _by_owner(rows: Iterable[tuple[Any, ...]], make: Any) -> dict[int, list[Any]]:
    grouped = defaultdict(list)
    for owner_id, *fact in rows:
        grouped[owner_id].append(make(*fact))
    return grouped
