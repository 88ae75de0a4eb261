"""Rows → facts, a batch at a time and with a fixed number of queries, whatever the batch holds.

Bare SQL instead of model queries: deciding a day's cases spends most of its time here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from customers.rules.contact import BY_NUMBER, SMS
from dunning.rules.business import still_our_business
from dunning.rules.facts import NO_BOOK, CaseFacts, HoldFact, InvoiceFact
from dunning.rules.habits import NO_HABIT, Habit
from dunning.rules.parts import in_parts
from dunning.rules.plan_facts import PlanFact
from dunning.snapshot.customers import customers_known
from dunning.snapshot.foreseen import cases_about, still_so
from dunning.snapshot.ledger import runs_of_cases, with_carried_over
from dunning.snapshot.limits import limits_of
from dunning.snapshot.plans import plan
from dunning.snapshot.reach import channels_of
from dunning.snapshot.readers import readers_of
from dunning.snapshot.rows import by_owner, rows
from payments.queries.declines import decline_book
from payments.queries.invoices import MEETS_A_DEBT, retried_elsewhere
from payments.queries.methods import chargeable_methods
from payments.queries.plans import active_plans
from payments.rules.declines import DeclineBook
from payments.rules.retry_facts import StoredMethod

INVOICES = """
SELECT customer_id, id, due_on, balance, currency, amount FROM customers_invoice
WHERE customer_id = ANY(%s) AND balance > 0 ORDER BY customer_id, due_on, id
"""
HOLDS = """
WITH asked AS (SELECT unnest(%s::bigint[]) AS customer_id)
SELECT customer_id, reason, until_on, invoice_id, kind, blocks_contact, blocks_charges, disputed_amount
FROM customers_hold JOIN asked USING (customer_id) WHERE released_at IS NULL
UNION ALL
SELECT customer_id, 'no reminders by any campaign: ' || reason, NULL, invoice_id, 'other', true, true, NULL
FROM dunning_campaignchoice JOIN asked USING (customer_id) WHERE campaign_id IS NULL AND ended_at IS NULL
"""
HABITS = """
SELECT customer_id, weekday, hour, pays = 'on_time', channel FROM dunning_profile
WHERE customer_id = ANY(%s) AND is_used
  AND (weekday IS NOT NULL OR hour IS NOT NULL OR pays = 'on_time' OR channel <> '')
"""
# Money on its way (a gateway's own debit: for which invoice); money at the bank that is probably theirs; credit that
# settles an open invoice in the next turn.
PAYING = f"""
WITH asked AS (SELECT unnest(%s::bigint[]) AS customer_id)
SELECT customer_id, CASE state WHEN 'queued' THEN 'ordered' ELSE 'moving' END, NULL FROM payments_chargeattempt
JOIN asked USING (customer_id)
WHERE state IN ('queued', 'calling', 'pending', 'in_doubt') AND NOT is_elsewhere
UNION ALL
SELECT customer_id, 'moving', paid::bigint FROM payments_chargeattempt JOIN asked USING (customer_id)
LEFT JOIN LATERAL jsonb_array_elements_text(invoice_ids) AS paid ON TRUE
WHERE state = 'pending' AND is_elsewhere
UNION ALL
SELECT customer_id, 'unmatched', NULL FROM payments_likelypayer JOIN asked USING (customer_id)
UNION ALL
SELECT customer_id, 'unmatched', NULL FROM payments_payment payment JOIN asked USING (customer_id)
WHERE unapplied > 0 AND {MEETS_A_DEBT}
"""
# Of cases at their end: those in which the last thing that settled anything was a write-off.
WRITTEN_OFF = """
SELECT ending.id FROM dunning_case ending CROSS JOIN LATERAL (
  SELECT kind FROM customers_ledgerentry entry JOIN customers_invoice invoice ON invoice.id = entry.invoice_id
  WHERE invoice.customer_id = ending.customer_id AND entry.recorded_at >= ending.opened_at
    AND kind IN ('paid', 'credited', 'written_off')
  ORDER BY entry.recorded_at DESC, entry.id DESC LIMIT 1
) AS last WHERE ending.id = ANY(%s) AND last.kind = 'written_off'
"""

NO_DRAFTS: Mapping[int, PlanFact] = {}


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
    """Facts for each subject, in the same order: thirteen queries a batch, two more for each version not seen before.

    A case that was moved to another version brings what was done under the former ones. Of these steps the version is
    asked once per process: they are frozen.

    Stored cards are read only for those whose campaign charges any: two queries more, three when there are some.
    Habits are read only for those whose campaign goes by them: one more. Payment history, the last refusal and whether
    the last letter was opened are read where a condition asks for them, of a step or among `asked`: one more for each.
    Whether the last amount was given up is read of cases at their end: one more.
    Phone numbers are read only for those whose campaign sends text messages: two more. One for notices in an app.
    Contacts with a role are read only for those whose campaign writes to one: two more.
    What is foreseen is read only for cases about that: one more. What was handed over, and whether word of it came, is
    read only for those whose campaign waits for word: one more.
    `drafts`: versions that may still change, by id; they are never remembered.
    """
    followed = {subject.version_id: drafts.get(subject.version_id) or plan(subject.version_id) for subject in subjects}
    batch = _Batch(subjects, followed, asked, now)
    return _with_given_up(subjects, [batch.facts_of(subject) for subject in subjects], now)


class _Batch:
    """Everything that is known of the customers of a batch, read once."""

    def __init__(
        self, subjects: Sequence[Subject], followed: Mapping[int, PlanFact], asked: frozenset[str], now: datetime
    ) -> None:
        ids = [subject.customer_id for subject in subjects]
        asked = asked.union(*(version.asked for version in followed.values()))
        self.followed = followed
        self.customers = customers_known(ids, asked, now=now)
        self.limits = limits_of(self.customers, now=now)
        self.invoices = _invoices(ids)
        awaiting_word = [s.case_id for s in subjects if s.case_id and followed[s.version_id].waits_for_word]
        case_ids = [subject.case_id for subject in subjects if subject.case_id]
        self.runs = runs_of_cases(case_ids, asked, awaiting_word=awaiting_word)
        self.holds = by_owner(rows(HOLDS, ids), HoldFact)
        reached = {
            channel: {subject.customer_id for subject in subjects if followed[subject.version_id].sends_by(channel)}
            for channel in (SMS, *BY_NUMBER)
        }
        self.channels = channels_of(ids, texted=reached.pop(SMS), by_number=reached)
        self.readers = readers_of([s.customer_id for s in subjects if followed[s.version_id].roles])
        self.money = set(rows(PAYING, ids))
        self.debited = frozenset(invoice_id for *_, invoice_id in self.money if invoice_id)
        self.habits = _habits(subjects, followed)
        self.methods, self.book = _methods(subjects, followed, now)
        self.about = cases_about([subject.case_id for subject in subjects if subject.case_id])
        foretold = [subject.customer_id for subject in subjects if subject.case_id in self.about]
        self.foreseen = still_so(foretold, now=now) if foretold else {}
        by_card = [invoice.id for customer_id in self.methods for invoice in self.invoices[customer_id]]
        self.elsewhere = frozenset(retried_elsewhere(by_card))

    def facts_of(self, subject: Subject) -> CaseFacts:
        """The facts about one of them."""
        pk, followed = subject.customer_id, self.followed[subject.version_id]
        known = self.customers[pk]
        return CaseFacts(
            customer_id=pk,
            time_zone=known.time_zone,
            country=known.fact.country,
            customer=known.fact,
            plan=followed,
            invoices=tuple(self.invoices[pk]),
            runs=with_carried_over(self.runs[subject.case_id], followed) if subject.case_id else (),
            holds=tuple(self.holds[pk]),
            channels=frozenset(self.channels[pk]),
            readers=tuple(self.readers.get(pk, ())) if followed.roles else (),
            payment_pending=(pk, "moving", None) in self.money,
            debited=self.debited,
            charge_ordered=(pk, "ordered", None) in self.money,
            money_unmatched=(pk, "unmatched", None) in self.money,
            methods=tuple(self.methods.get(pk, ())),
            book=self.book,
            habit=self.habits.get(pk, NO_HABIT) if followed.uses_profile else NO_HABIT,
            collected_elsewhere=self.elsewhere,
            limits=self.limits[pk],
            about=self.about.get(subject.case_id or 0, ""),
            foreseen=self.foreseen.get(self.about.get(subject.case_id or 0, "")),
        )


def _invoices(customer_ids: list[int]) -> dict[int, list[InvoiceFact]]:
    """What is open of each; what is paid in instalments, as these ask for it."""
    found = by_owner(rows(INVOICES, customer_ids), InvoiceFact)
    for customer_id, plans in active_plans(customer_ids).items():
        found[customer_id] = in_parts(found[customer_id], plans)
    return found


def _with_given_up(subjects: Sequence[Subject], known: list[CaseFacts], now: datetime) -> list[CaseFacts]:
    """Say of cases at their end whether the last thing that settled anything was a write-off."""
    ending = [
        subject.case_id
        for subject, facts in zip(subjects, known, strict=True)
        if subject.case_id and not facts.about and not still_our_business(facts, now)
    ]
    given_up = {case_id for (case_id,) in rows(WRITTEN_OFF, ending)} if ending else set()
    if not given_up:
        return known
    pairs = zip(subjects, known, strict=True)
    return [replace(facts, written_off=subject.case_id in given_up) for subject, facts in pairs]


def _habits(subjects: Sequence[Subject], followed: Mapping[int, PlanFact]) -> dict[int, Habit]:
    asking = [subject.customer_id for subject in subjects if followed[subject.version_id].uses_profile]
    return {customer_id: Habit(*habit) for customer_id, *habit in rows(HABITS, asking)} if asking else {}


def _methods(
    subjects: Sequence[Subject], followed: Mapping[int, PlanFact], now: datetime
) -> tuple[dict[int, list[StoredMethod]], DeclineBook]:
    charged = [subject.customer_id for subject in subjects if followed[subject.version_id].charges_from is not None]
    if not charged:
        return {}, NO_BOOK
    book = decline_book(now.date())
    return chargeable_methods(charged, book, now=now), book
