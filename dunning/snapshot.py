"""Rows → facts, a batch at a time and with a fixed number of queries, whatever the batch holds.

Bare SQL instead of model queries: deciding a day's cases spends most of its time here.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from dunning.models import CampaignVersion, Step
from dunning.rules.facts import NO_BOOK, CaseFacts, HoldFact, InvoiceFact, PlanFact, RunFact, StepFact
from dunning.rules.parts import in_parts
from dunning.rules.words import ACTIONS, Delivery, Outcome, StepKind, Tone
from payments.decline_queries import decline_book
from payments.method_queries import chargeable_methods
from payments.plan_queries import active_plans
from payments.queries import MEETS_A_DEBT, retried_elsewhere
from payments.rules.declines import DeclineBook
from payments.rules.retry_facts import StoredMethod

CUSTOMERS = "SELECT id, time_zone, country FROM customers_customer WHERE id = ANY(%s)"
INVOICES = """
SELECT customer_id, id, due_on, balance, currency FROM customers_invoice
WHERE customer_id = ANY(%s) AND balance > 0 ORDER BY customer_id, due_on, id
"""
# A step may have a notice for a former contact too: one that waits makes it pending, one handed over has reached.
RUNS = """
SELECT run.case_id, run.step_id, outcome, decided_at, is_by_hand,
  CASE WHEN bool_or(notice.state IN ('queued', 'leased')) THEN 'pending'
       WHEN bool_or(notice.state IN ('calling', 'sent', 'in_doubt')) THEN 'reached' ELSE 'nowhere' END,
  jsonb_path_query_array(
    coalesce(jsonb_agg(notice.lines) FILTER (WHERE notice.state IN ('calling', 'sent', 'in_doubt')), '[]'),
    '$[*][*].invoice_id')
FROM dunning_steprun run
LEFT JOIN dunning_notice notice ON notice.case_id = run.case_id AND notice.step_id = run.step_id
WHERE run.case_id = ANY(%s) GROUP BY run.id ORDER BY run.id
"""
HOLDS = """
SELECT customer_id, reason, until_on, invoice_id FROM customers_hold
WHERE customer_id = ANY(%s) AND released_at IS NULL
"""
REACHABLE_BY_EMAIL = """
SELECT customer_id FROM customers_contact contact WHERE customer_id = ANY(%s) AND is_primary AND email <> ''
  AND NOT EXISTS (
    SELECT 1 FROM dunning_notice refused
    WHERE refused.state = 'refused' AND refused.contact_id = contact.id AND refused.address = contact.email)
"""
# Money on its way; money at the bank that is probably theirs; credit that settles an open invoice in the next turn.
PAYING = f"""
WITH asked AS (SELECT unnest(%s::bigint[]) AS customer_id)
SELECT customer_id, CASE state WHEN 'queued' THEN 'ordered' ELSE 'moving' END FROM payments_chargeattempt
JOIN asked USING (customer_id)
WHERE state IN ('queued', 'calling', 'pending', 'in_doubt')
UNION ALL
SELECT customer_id, 'unmatched' FROM payments_likelypayer JOIN asked USING (customer_id)
UNION ALL
SELECT customer_id, 'unmatched' FROM payments_payment payment JOIN asked USING (customer_id)
WHERE unapplied > 0 AND {MEETS_A_DEBT}
"""

BY_EMAIL = frozenset(["email"])
NOWHERE: frozenset[str] = frozenset()
OUTCOMES = {outcome.value: outcome for outcome in Outcome}


class Subject(NamedTuple):
    """Whom to gather facts about: an open case, or (case_id None) a customer who would get one."""

    case_id: int | None
    customer_id: int
    version_id: int


def gather(subjects: Sequence[Subject], *, now: datetime) -> list[CaseFacts]:
    """Facts for each subject, in the same order: seven queries a batch, two more for each version not seen before.

    Stored cards are read only for those whose campaign charges any: two queries more, three when there are some.
    """
    customer_ids = [subject.customer_id for subject in subjects]
    customers = {pk: (time_zone, country) for pk, time_zone, country in _rows(CUSTOMERS, customer_ids)}
    invoices = _by_owner(_rows(INVOICES, customer_ids), InvoiceFact)
    for customer_id, plans in active_plans(customer_ids).items():
        invoices[customer_id] = in_parts(invoices[customer_id], plans)
    runs = _by_owner(_rows(RUNS, [subject.case_id for subject in subjects if subject.case_id]), _run)
    holds = _by_owner(_rows(HOLDS, customer_ids), HoldFact)
    reachable = {customer_id for (customer_id,) in _rows(REACHABLE_BY_EMAIL, customer_ids)}
    money = set(_rows(PAYING, customer_ids))
    methods, book = _methods(subjects, now)
    elsewhere = frozenset(retried_elsewhere([invoice.id for pk in methods for invoice in invoices[pk]]))
    return [
        CaseFacts(
            customer_id=subject.customer_id,
            time_zone=customers[subject.customer_id][0],
            country=customers[subject.customer_id][1],
            plan=plan(subject.version_id),
            invoices=tuple(invoices[subject.customer_id]),
            runs=tuple(runs[subject.case_id]) if subject.case_id else (),
            holds=tuple(holds[subject.customer_id]),
            channels=BY_EMAIL if subject.customer_id in reachable else NOWHERE,
            payment_pending=(subject.customer_id, "moving") in money,
            charge_ordered=(subject.customer_id, "ordered") in money,
            money_unmatched=(subject.customer_id, "unmatched") in money,
            methods=tuple(methods.get(subject.customer_id, ())),
            book=book,
            collected_elsewhere=elsewhere,
        )
        for subject in subjects
    ]


def _methods(subjects: Sequence[Subject], now: datetime) -> tuple[dict[int, list[StoredMethod]], DeclineBook]:
    charged = [subject.customer_id for subject in subjects if plan(subject.version_id).charges_from is not None]
    if not charged:
        return {}, NO_BOOK
    book = decline_book(now.date())
    return chargeable_methods(charged, book, now=now), book


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
        working_days_only=version.working_days_only,
        charges=tuple(_step(step) for step in steps if step.kind == StepKind.CHARGE),
        actions=tuple(_step(step) for step in steps if step.kind in ACTIONS),
    )


def _step(step: Step) -> StepFact:
    return StepFact(step.pk, step.position, step.offset_days, Tone(step.tone), step.channel, StepKind(step.kind))


def _run(step_id: int, outcome: str, decided_at: datetime, by_hand: bool, delivery: str, named: Any) -> RunFact:
    ids = frozenset(map(int, json.loads(named) if isinstance(named, str) else named))
    return RunFact(step_id, OUTCOMES[outcome], decided_at, by_hand, Delivery(delivery), ids)


def _rows(statement: str, ids: list[int]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        yield from cursor


def _by_owner(rows: Iterable[tuple[Any, ...]], make: Any) -> dict[int, list[Any]]:
    grouped = defaultdict(list)
    for owner_id, *fact in rows:
        grouped[owner_id].append(make(*fact))
    return grouped
