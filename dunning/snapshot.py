"""Rows → facts, a batch at a time and with a fixed number of queries, whatever the batch holds.

Bare SQL instead of model queries: deciding a day's cases spends most of its time here.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from dunning.customer_queries import customers_known
from dunning.limit_queries import limits_of
from dunning.models import CampaignVersion, Step
from dunning.rules.carry_over import carried_over
from dunning.rules.conditions import from_stored
from dunning.rules.facts import NO_BOOK, CaseFacts, HoldFact, InvoiceFact, PlanFact, RunFact, StepFact
from dunning.rules.habits import NO_HABIT, Habit
from dunning.rules.parts import in_parts
from dunning.rules.words import ACTIONS, Delivery, Outcome, StepKind, Tone
from payments.decline_queries import decline_book
from payments.method_queries import chargeable_methods
from payments.plan_queries import active_plans
from payments.queries import MEETS_A_DEBT, retried_elsewhere
from payments.rules.declines import DeclineBook
from payments.rules.retry_facts import StoredMethod

INVOICES = """
SELECT customer_id, id, due_on, balance, currency, amount FROM customers_invoice
WHERE customer_id = ANY(%s) AND balance > 0 ORDER BY customer_id, due_on, id
"""
# A step may have a notice for a former contact too: one that waits makes it pending, one handed over has reached.
RUNS = """
SELECT run.case_id, run.step_id, outcome, decided_at, is_by_hand,
  CASE WHEN bool_or(notice.state IN ('queued', 'leased')) THEN 'pending'
       WHEN bool_or(notice.state = 'proposed') THEN 'proposed'
       WHEN bool_or(notice.state IN ('calling', 'sent', 'in_doubt')) THEN 'reached' ELSE 'nowhere' END,
  jsonb_path_query_array(
    coalesce(jsonb_agg(notice.lines) FILTER (WHERE notice.state IN ('calling', 'sent', 'in_doubt')), '[]'),
    '$[*][*].invoice_id'),
  jsonb_path_query_array(jsonb_agg(notice.lines) FILTER (WHERE notice.state = 'proposed'), '$[*][*]')
FROM dunning_steprun run
LEFT JOIN dunning_notice notice ON notice.case_id = run.case_id AND notice.step_id = run.step_id
WHERE run.case_id = ANY(%s) GROUP BY run.id ORDER BY run.id
"""
HOLDS = """
WITH asked AS (SELECT unnest(%s::bigint[]) AS customer_id)
SELECT customer_id, reason, until_on, invoice_id, kind, blocks_contact, blocks_charges
FROM customers_hold JOIN asked USING (customer_id) WHERE released_at IS NULL
UNION ALL
SELECT customer_id, 'no reminders by any campaign: ' || reason, NULL, invoice_id, 'other', true, true
FROM dunning_campaignchoice JOIN asked USING (customer_id) WHERE campaign_id IS NULL AND ended_at IS NULL
"""
OPENED = """
SELECT case_id, step_id FROM dunning_notice notice JOIN dunning_portallink link ON link.id = notice.link_id
WHERE case_id = ANY(%s) AND first_visited_at IS NOT NULL
"""
HABITS = """
SELECT customer_id, weekday, hour, pays = 'on_time' FROM dunning_profile
WHERE customer_id = ANY(%s) AND is_used AND (weekday IS NOT NULL OR hour IS NOT NULL OR pays = 'on_time')
"""
REACHABLE = """
SELECT customer_id, way.channel FROM customers_contact contact
CROSS JOIN LATERAL (VALUES ('email', email), ('post', postal_address)) AS way (channel, address)
WHERE customer_id = ANY(%s) AND is_primary AND way.address <> ''
  AND NOT EXISTS (
    SELECT 1 FROM dunning_notice refused
    WHERE refused.state = 'refused' AND refused.contact_id = contact.id AND refused.channel = way.channel
      AND refused.address = way.address)
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

NO_DRAFTS: Mapping[int, PlanFact] = {}
OUTCOMES = {outcome.value: outcome for outcome in Outcome}


class Subject(NamedTuple):
    """Whom to gather facts about: an open case, or (case_id None) a customer who would get one."""

    case_id: int | None
    customer_id: int
    version_id: int


def gather(
    subjects: Sequence[Subject],
    *,
    now: datetime,
    asked: frozenset[str] = frozenset(),
    drafts: Mapping[int, PlanFact] = NO_DRAFTS,
) -> list[CaseFacts]:
    """Facts for each subject, in the same order: twelve queries a batch, two more for each version not seen before.

    A case that was moved to another version brings what was done under the former ones. Of these steps the version is
    asked once per process: they are frozen.

    Stored cards are read only for those whose campaign charges any: two queries more, three when there are some.
    Habits are read only for those whose campaign goes by them: one more. Payment history, the last refusal and whether
    the last letter was opened are read where a condition asks for them, of a step or among `asked`: one more for each.
    `drafts`: versions that may still change, by id; they are never remembered.
    """
    followed = {subject.version_id: drafts.get(subject.version_id) or plan(subject.version_id) for subject in subjects}
    customer_ids = [subject.customer_id for subject in subjects]
    asked = asked.union(*(version.asked for version in followed.values()))
    customers = customers_known(customer_ids, asked, now=now)
    limits = limits_of(customers, now=now)
    invoices = _by_owner(_rows(INVOICES, customer_ids), InvoiceFact)
    for customer_id, plans in active_plans(customer_ids).items():
        invoices[customer_id] = in_parts(invoices[customer_id], plans)
    runs = _runs([subject.case_id for subject in subjects if subject.case_id], asked)
    holds = _by_owner(_rows(HOLDS, customer_ids), HoldFact)
    channels = _by_owner(_rows(REACHABLE, customer_ids), str)
    money = set(_rows(PAYING, customer_ids))
    habits = _habits(subjects, followed)
    methods, book = _methods(subjects, followed, now)
    elsewhere = frozenset(retried_elsewhere([invoice.id for pk in methods for invoice in invoices[pk]]))
    return [
        CaseFacts(
            customer_id=subject.customer_id,
            time_zone=customers[subject.customer_id].time_zone,
            country=customers[subject.customer_id].fact.country,
            customer=customers[subject.customer_id].fact,
            plan=followed[subject.version_id],
            invoices=tuple(invoices[subject.customer_id]),
            runs=_all_runs(runs[subject.case_id], followed[subject.version_id]) if subject.case_id else (),
            holds=tuple(holds[subject.customer_id]),
            channels=frozenset(channels[subject.customer_id]),
            payment_pending=(subject.customer_id, "moving") in money,
            charge_ordered=(subject.customer_id, "ordered") in money,
            money_unmatched=(subject.customer_id, "unmatched") in money,
            methods=tuple(methods.get(subject.customer_id, ())),
            book=book,
            habit=habits.get(subject.customer_id, NO_HABIT) if followed[subject.version_id].uses_profile else NO_HABIT,
            collected_elsewhere=elsewhere,
            limits=limits[subject.customer_id],
        )
        for subject in subjects
    ]


def _habits(subjects: Sequence[Subject], followed: Mapping[int, PlanFact]) -> dict[int, Habit]:
    asking = [subject.customer_id for subject in subjects if followed[subject.version_id].uses_profile]
    return {customer_id: Habit(*habit) for customer_id, *habit in _rows(HABITS, asking)} if asking else {}


def _methods(
    subjects: Sequence[Subject], followed: Mapping[int, PlanFact], now: datetime
) -> tuple[dict[int, list[StoredMethod]], DeclineBook]:
    charged = [subject.customer_id for subject in subjects if followed[subject.version_id].charges_from is not None]
    if not charged:
        return {}, NO_BOOK
    book = decline_book(now.date())
    return chargeable_methods(charged, book, now=now), book


@lru_cache(maxsize=256)
def plan(version_id: int) -> PlanFact:
    """A published version as facts. It is frozen, so that this may be remembered for ever."""
    return read_plan(CampaignVersion.objects.get(pk=version_id))


def read_plan(version: CampaignVersion) -> PlanFact:
    """Any version as facts, a draft as it stands now."""
    steps = list(version.steps.order_by("position"))
    thanks = [_step(step) for step in steps if step.kind == StepKind.THANKS]
    return PlanFact(
        version_id=version.pk,
        reminders=tuple(
            _step(step, is_reviewed=version.is_reviewed or step.is_reviewed)
            for step in steps
            if step.kind == StepKind.REMINDER
        ),
        thanks=thanks[0] if thanks else None,
        send_from=version.send_from,
        send_until=version.send_until,
        working_days_only=version.working_days_only,
        uses_profile=version.uses_profile,
        charges=tuple(_step(step) for step in steps if step.kind == StepKind.CHARGE),
        actions=tuple(_step(step) for step in steps if step.kind in ACTIONS),
        review_days=version.review_days,
    )


def _all_runs(runs: list[RunFact], followed: PlanFact) -> tuple[RunFact, ...]:
    """The lines of the ledger, and what those under former versions mean for this one."""
    foreign = [run.step_id for run in runs if run.step_id not in followed.step_ids]
    if not foreign:
        return tuple(runs)
    former = [plan(pk) for pk in dict.fromkeys(map(version_of_step, foreign))]
    return (*runs, *carried_over(runs, former, followed))


@lru_cache(maxsize=4096)
def version_of_step(step_id: int) -> int:
    return Step.objects.values_list("version_id", flat=True).get(pk=step_id)


def _step(step: Step, *, is_reviewed: bool = False) -> StepFact:
    conditions = from_stored(step.conditions)
    return StepFact(
        step.pk,
        step.position,
        step.offset_days,
        Tone(step.tone),
        step.channel,
        conditions,
        is_reviewed,
        StepKind(step.kind),
    )


def _runs(case_ids: list[int], asked: frozenset[str]) -> dict[int, list[RunFact]]:
    runs: dict[int, list[RunFact]] = _by_owner(_rows(RUNS, case_ids), _run)
    for case_id, step_id in _rows(OPENED, case_ids) if "last_letter" in asked else ():
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


def _rows(statement: str, ids: list[int]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        yield from cursor


def _by_owner(rows: Iterable[tuple[Any, ...]], make: Any) -> dict[int, list[Any]]:
    grouped = defaultdict(list)
    for owner_id, *fact in rows:
        grouped[owner_id].append(make(*fact))
    return grouped
