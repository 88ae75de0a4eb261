"""Rows → facts, a batch at a time and with a fixed number of queries, whatever the batch holds."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from customers.models import Contact, Customer, Hold, Invoice
from dunning.models import CampaignVersion, Notice, Step, StepRun
from dunning.rules.facts import CaseFacts, HoldFact, InvoiceFact, PlanFact, RunFact, StepFact
from dunning.rules.words import Outcome, StepKind, Tone
from payments.models import ChargeAttempt


class Subject(NamedTuple):
    """Whom to gather facts about: an open case, or (case_id None) a customer who would get one."""

    case_id: int | None
    customer_id: int
    version_id: int


def gather(subjects: Sequence[Subject]) -> list[CaseFacts]:
    """Facts for each subject, in the same order. Six queries a batch, two more for each new version."""
    customer_ids = [subject.customer_id for subject in subjects]
    zones = dict(Customer.objects.filter(pk__in=customer_ids).values_list("pk", "time_zone"))
    invoices = _open_invoices(customer_ids)
    runs = _runs([subject.case_id for subject in subjects if subject.case_id is not None])
    holds = _holds(customer_ids)
    channels = _channels(customer_ids)
    pending = pending_payments(customer_ids)
    return [
        CaseFacts(
            customer_id=subject.customer_id,
            time_zone=zones[subject.customer_id],
            plan=plan(subject.version_id),
            invoices=tuple(invoices[subject.customer_id]),
            runs=tuple(runs[subject.case_id]) if subject.case_id else (),
            holds=tuple(holds[subject.customer_id]),
            channels=channels[subject.customer_id],
            payment_pending=subject.customer_id in pending,
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


def _open_invoices(customer_ids: Sequence[int]) -> dict[int, list[InvoiceFact]]:
    rows = (
        Invoice.objects.filter(customer_id__in=customer_ids, balance__gt=0)
        .order_by("customer_id", "due_on", "pk")
        .values_list("customer_id", "pk", "due_on", "balance", "currency", "created_at")
    )
    grouped = defaultdict(list)
    for customer_id, pk, due_on, balance, currency, known_since in rows:
        grouped[customer_id].append(InvoiceFact(pk, due_on, balance, currency, known_since))
    return grouped


def _runs(case_ids: Sequence[int]) -> dict[int, list[RunFact]]:
    handed_over = Notice.objects.filter(
        case=OuterRef("case"), step=OuterRef("step"), state__in=["calling", "sent", "in_doubt"]
    )
    rows = (
        StepRun.objects.filter(case_id__in=case_ids)
        .annotate(reached=Exists(handed_over))
        .values_list("case_id", "step_id", "outcome", "decided_at", "reached")
    )
    grouped = defaultdict(list)
    for case_id, step_id, outcome, decided_at, reached in rows:
        grouped[case_id].append(RunFact(step_id, Outcome(outcome), decided_at, reached))
    return grouped


def _holds(customer_ids: Sequence[int]) -> dict[int, list[HoldFact]]:
    rows = Hold.objects.filter(customer_id__in=customer_ids, released_at=None)
    grouped = defaultdict(list)
    for customer_id, reason, until_on, invoice_id in rows.values_list(
        "customer_id", "reason", "until_on", "invoice_id"
    ):
        grouped[customer_id].append(HoldFact(reason, until_on, invoice_id))
    return grouped


def _channels(customer_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    rows = Contact.objects.filter(customer_id__in=customer_ids, is_primary=True)
    known: dict[int, frozenset[str]] = defaultdict(frozenset)
    for customer_id, email in rows.values_list("customer_id", "email"):
        known[customer_id] = frozenset(["email"] if email else [])
    return known


def pending_payments(customer_ids: Iterable[int]) -> set[int]:
    """Those of the customers who have a charge whose outcome is not known yet."""
    live = ChargeAttempt.objects.filter(customer_id__in=customer_ids, state__in=["calling", "in_doubt"])
    return set(live.values_list("customer_id", flat=True))
