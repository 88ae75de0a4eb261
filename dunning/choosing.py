"""Which campaign a customer without a case gets: by hand, or the first one by priority whose conditions all hold."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Min, Q

from dunning.happenings import happened_to
from dunning.models import CampaignVersion
from dunning.rules.conditions import facts_asked, from_stored
from dunning.rules.facts import CaseFacts
from dunning.rules.fitting import Offer, begun_by, first_fitting, situation_of
from dunning.rules.holding import without_held
from dunning.rules.triggers import Trigger, happened_words
from dunning.rules.words import StepKind
from dunning.snapshot import Subject, gather

# An invoice's choice counts for the case that this invoice begins; it goes before that of its customer.
CHOICES = """
SELECT choice.customer_id, invoice.due_on, choice.campaign_id, choice.reason FROM dunning_campaignchoice choice
LEFT JOIN customers_invoice invoice ON invoice.id = choice.invoice_id
WHERE choice.customer_id = ANY(%s) AND ended_at IS NULL AND campaign_id IS NOT NULL
  AND (invoice.id IS NULL OR invoice.balance > 0)
ORDER BY invoice.due_on NULLS FIRST, choice.id
"""


class Candidate(NamedTuple):
    """A customer with something due and no case. `due_on`: their oldest due date; `today`: the day it is there."""

    customer_id: int
    due_on: date
    today: date


class Chosen(NamedTuple):
    """What a candidate gets, and why; `why` is empty where there was nothing to choose by."""

    candidate: Candidate
    version_id: int
    why: str


def offers(as_if_active: int | None = None) -> list[Offer]:
    """The newest published version of each active campaign: first those begun by what happened, then by priority.

    `as_if_active`: a campaign to be taken for switched on.
    """
    is_on = Q(campaign__is_active=True) | Q(campaign=as_if_active)
    published = CampaignVersion.objects.filter(is_on, published_at__isnull=False)
    first_day = Min("steps__offset_days", filter=Q(steps__kind=StepKind.REMINDER))
    with_facts = published.order_by("number").annotate(first_day=first_day, priority=F("campaign__priority"))
    newest = {version.campaign_id: version for version in with_facts.select_related("campaign")}
    in_order = sorted(newest.values(), key=_place)
    return [_offer(version) for version in in_order]


def _place(version: Any) -> tuple[bool, int, int]:
    return version.campaign.trigger == Trigger.OVERDUE, version.priority, version.campaign_id


def _offer(version: Any) -> Offer:
    campaign = version.campaign
    reach = max(0, -version.first_day)
    return Offer(
        campaign.pk, version.pk, campaign.name, from_stored(campaign.conditions), reach, Trigger(campaign.trigger)
    )


def choose(candidates: Sequence[Candidate], offered: Sequence[Offer], *, now: datetime) -> list[Chosen]:
    """What each candidate gets whose campaign speaks about the oldest due date by now.

    One query for a batch, one more where a campaign has a trigger, and those of `gather` where one has conditions.
    """
    by_hand = _choices(candidates, offered)
    facts = _facts(candidates, offered, now)
    happened = _happened(candidates, offered)
    reach = max(offer.reach_days for offer in offered)
    found = [
        by_hand.get(pk) or _fitting(candidate, facts.get(pk), offered, happened.get(pk, {}), reach, now)
        for pk, candidate in ((candidate.customer_id, candidate) for candidate in candidates)
    ]
    return [
        Chosen(candidate, choice[0].version_id, choice[1])
        for candidate, choice in zip(candidates, found, strict=True)
        if choice and candidate.due_on <= candidate.today + timedelta(days=choice[0].reach_days)
    ]


def _facts(candidates: Sequence[Candidate], offered: Sequence[Offer], now: datetime) -> dict[int, CaseFacts]:
    conditions = [condition for offer in offered for condition in offer.conditions]
    if not conditions:
        return {}
    subjects = [Subject(None, candidate.customer_id, offered[0].version_id) for candidate in candidates]
    return {facts.customer_id: facts for facts in gather(subjects, now=now, asked=facts_asked(conditions))}


def _happened(candidates: Sequence[Candidate], offered: Sequence[Offer]) -> dict[int, dict[Trigger, date]]:
    if all(offer.trigger == Trigger.OVERDUE for offer in offered):
        return {}
    return happened_to([(candidate.customer_id, candidate.today) for candidate in candidates])


def _choices(candidates: Sequence[Candidate], offered: Sequence[Offer]) -> dict[int, tuple[Offer, str]]:
    due_on = {candidate.customer_id: candidate.due_on for candidate in candidates}
    by_campaign = {offer.campaign_id: offer for offer in offered}
    found: dict[int, tuple[Offer, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(CHOICES, [list(due_on)])
        for customer_id, invoice_due_on, campaign_id, reason in cursor:
            begins_it = invoice_due_on is None or invoice_due_on <= due_on[customer_id]
            if begins_it and campaign_id in by_campaign:
                offer = by_campaign[campaign_id]
                found[customer_id] = (offer, f"“{offer.name}”, chosen by hand: {reason}")
    return found


def _fitting(
    candidate: Candidate,
    facts: CaseFacts | None,
    offered: Sequence[Offer],
    happened: dict[Trigger, date],
    reach: int,
    now: datetime,
) -> tuple[Offer, str] | None:
    """All campaigns judge by what falls due within the longest reach of any, so that none is taken too early."""
    begun = begun_by(offered, happened)
    if facts is None:
        offer = begun[0] if begun else None
    else:
        until = candidate.today + timedelta(days=reach)
        due = without_held(facts, [invoice for invoice in facts.invoices if invoice.due_on <= until], now)
        offer = first_fitting(begun, situation_of(facts, due, candidate.today))
    return (offer, _why(offer, happened)) if offer else None


def _why(offer: Offer, happened: dict[Trigger, date]) -> str:
    reasons = [happened_words(offer.trigger, happened[offer.trigger])] if offer.trigger in happened else []
    reasons += map(str, offer.conditions)
    return f"“{offer.name}”, as {' and '.join(reasons)}" if reasons else ""
