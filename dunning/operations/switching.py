"""Who would be followed up, and who not, if a campaign were switched on now. Writes nothing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from customers.models import Customer
from dunning.models import Campaign, CampaignVersion
from dunning.operations.opening_ahead import would_open_ahead
from dunning.rules.decide import decide
from dunning.rules.outlook import Happens, Outlook, outlook
from dunning.rules.triggers import FORESEEN
from dunning.snapshot.candidates import would_open
from dunning.snapshot.cases import Subject, gather

BATCH = 2000
PAGE = 50

# Everybody with something overdue: since when, the campaign version of an open case, and what keeps the invoices back.
OVERDUE = """
SELECT customer_id, min(due_on), max(c.version_id),
  bool_and(EXISTS (
    SELECT 1 FROM customers_hold hold WHERE hold.customer_id = invoice.customer_id AND hold.invoice_id = invoice.id
      AND hold.released_at IS NULL AND (hold.until_on IS NULL OR hold.until_on >= %(today)s)
      AND coalesce(hold.disputed_amount >= invoice.balance, true))),
  bool_and(EXISTS (
    SELECT 1 FROM payments_planinvoice covered WHERE covered.invoice_id = invoice.id AND released_at IS NULL)),
  EXISTS (
    SELECT 1 FROM dunning_campaignchoice choice WHERE choice.customer_id = invoice.customer_id AND ended_at IS NULL)
FROM customers_invoice invoice
LEFT JOIN (SELECT customer_id, version_id FROM dunning_case WHERE state = 'open' AND about = '') c USING (customer_id)
WHERE balance > 0 AND due_on < %(today)s
GROUP BY customer_id ORDER BY customer_id
"""


class Overdue(NamedTuple):
    customer_id: int
    since: date
    version_id: int | None
    is_held: bool
    is_in_plan: bool
    is_chosen: bool  # a person at the desk chose for them, or for an invoice of theirs


@dataclass(slots=True)
class Listed:
    """One customer: enrolled, with what comes first, or skipped, with `why`. `since`: None when not overdue yet."""

    customer_id: int
    since: date | None
    first: Outlook | None = None
    why: str = ""
    customer: Customer | None = None


@dataclass(slots=True)
class SwitchPreview:
    """Totals, and one page of customers: the enrolled, then the skipped. `beginnings` come with the first page."""

    enrolled: int = 0
    skipped: int = 0
    beginnings: list[tuple[str, int]] = field(default_factory=list)
    reasons: list[tuple[str, int]] = field(default_factory=list)
    rows: list[Listed] = field(default_factory=list)
    foretells: bool = False


def preview(campaign: Campaign, *, page: int, now: datetime) -> SwitchPreview:
    """Everybody who is overdue already: enrolled (at which step) or skipped (why). `page` counts from 1.

    The first page looks at every customer, to say how the enrolled would begin; a further one only at its own.
    Of a campaign about something foreseen: everybody to whom it will happen.
    """
    if campaign.trigger in FORESEEN:
        return _preview_ahead(campaign, page, now)
    published = {v.pk: v for v in campaign.versions.exclude(published_at=None).order_by("number")}
    version = next((v for v in reversed(published.values()) if not v.is_variant), None)
    overdue = {row.customer_id: row for row in _overdue(now.date())}
    taken = dict(would_open(now=now, as_if_active=campaign.pk))
    ours = [customer_id for customer_id, version_id in taken.items() if version_id in published]
    skipped = list(_skipped(campaign, overdue, taken, set(ours)))
    start, end = (page - 1) * PAGE, page * PAGE
    looked_at = ours[start:end] if page > 1 else ours
    begins = Counter[str]()
    rows: list[Listed] = []
    for listed in _enrolled(looked_at, version, overdue, now):
        begins[_beginning(listed)] += 1
        rows += [listed] if len(rows) < PAGE else []
    rows += skipped[max(0, start - len(ours)) : max(0, end - len(ours))]
    return SwitchPreview(
        enrolled=len(ours),
        skipped=len(skipped),
        beginnings=begins.most_common() if page == 1 else [],
        reasons=Counter(listed.why for listed in skipped).most_common(),
        rows=_named(rows),
    )


def _preview_ahead(campaign: Campaign, page: int, now: datetime) -> SwitchPreview:
    version_ids = set(campaign.versions.values_list("pk", flat=True))
    ours = [f for f in would_open_ahead(now=now, as_if_active=campaign.pk) if f.plan.version_id in version_ids]
    rows = [Listed(facts.customer_id, None, outlook(facts, decide(facts, now=now))) for facts in ours]
    begins = Counter(map(_beginning, rows))
    shown = _named(rows[(page - 1) * PAGE : page * PAGE])
    return SwitchPreview(len(rows), beginnings=begins.most_common(), rows=shown, foretells=True)


def _overdue(today: date) -> list[Overdue]:
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, {"today": today})
        return [Overdue(*row) for row in cursor]


def _enrolled(
    customer_ids: list[int], version: CampaignVersion | None, overdue: dict[int, Overdue], now: datetime
) -> Iterator[Listed]:
    for start in range(0, len(customer_ids) if version else 0, BATCH):
        assert version is not None
        subjects = [Subject(None, customer_id, version.pk) for customer_id in customer_ids[start : start + BATCH]]
        for subject, facts in zip(subjects, gather(subjects, now=now), strict=True):
            late = overdue.get(subject.customer_id)
            yield Listed(subject.customer_id, late and late.since, outlook(facts, decide(facts, now=now)))


def _beginning(listed: Listed) -> str:
    first = listed.first
    assert first is not None
    match first.happens:
        case Happens.SENDS | Happens.CHARGES | Happens.ACTS:
            return f"begin at once: {first.step}"
        case Happens.LATER:
            return f"begin later: {first.step}"
        case Happens.NEEDS_A_PERSON:
            return "wait for a person"
        case _:
            return "wait for something else first"


def _skipped(
    campaign: Campaign, overdue: dict[int, Overdue], taken: dict[int, int], ours: set[int]
) -> Iterator[Listed]:
    of = {version.pk: version for version in CampaignVersion.objects.select_related("campaign")}
    for row in overdue.values():
        if row.customer_id in ours:
            continue
        version_id = row.version_id or taken.get(row.customer_id)
        why = _why_not(campaign, row, of[version_id] if version_id else None)
        yield Listed(row.customer_id, row.since, why=why)


def _why_not(campaign: Campaign, row: Overdue, version: CampaignVersion | None) -> str:
    if row.version_id:
        return f"has a case under {version}, and stays on it"
    if version:
        other = version.campaign
        if row.is_chosen:
            return f"“{other}” takes them: a person has chosen for them"
        if (other.priority, other.pk) < (campaign.priority, campaign.pk):
            return f"“{other}” fits too and comes first (priority {other.priority})"
        return f"does not fit this campaign; “{other}” takes them"
    if row.is_chosen:
        return "a person has chosen that they get no reminders, or a campaign that does not begin yet"
    if row.is_held:
        return "every overdue invoice is on hold"
    if row.is_in_plan:
        return "everything overdue is paid in instalments"
    return "fits no campaign, or what is overdue is on hold or paid in instalments"


def _named(rows: list[Listed]) -> list[Listed]:
    customers = Customer.objects.in_bulk([listed.customer_id for listed in rows])
    for listed in rows:
        listed.customer = customers[listed.customer_id]
    return rows
