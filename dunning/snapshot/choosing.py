"""Which campaign a customer without a case gets: by hand, or the first one by priority whose conditions all hold."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Min, Q

from dunning.models import CampaignVersion
from dunning.rules.conditions import facts_asked, from_stored
from dunning.rules.experiments.assignment import arm_of
from dunning.rules.facts import CaseFacts
from dunning.rules.fitting import Offer, begun_by, offer_for
from dunning.rules.triggers import FORESEEN, Trigger, happened_words
from dunning.rules.words import StepKind
from dunning.snapshot.cases import Subject, gather
from dunning.snapshot.happenings import happened_to
from dunning.snapshot.trials import OfferedTrial, trials_now

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
    """What a candidate gets, and why; `why` is empty where there was nothing to choose by.

    `arm_id`: their place in an experiment.
    """

    candidate: Candidate
    version_id: int
    why: str
    arm_id: int | None = None


def offers(
    as_if_active: int | None = None, *, instead: CampaignVersion | None = None, ahead: bool = False
) -> list[Offer]:
    """The newest published version of each active campaign: first those begun by what happened, then by priority.

    `ahead`: of those begun by something foreseen, of which the others know nothing.

    `as_if_active`: a campaign to be taken for switched on. `instead`: as if this version were the newest of its
    campaign, and that active.
    """
    is_on = Q(campaign__is_active=True) | Q(campaign=as_if_active)
    published = CampaignVersion.objects.filter(is_on, published_at__isnull=False, is_variant=False)
    is_ahead = Q(campaign__trigger__in=FORESEEN)
    published = published.filter(is_ahead) if ahead else published.exclude(is_ahead)
    if instead and (instead.campaign.trigger in FORESEEN) == ahead:
        others = published.exclude(campaign=instead.campaign_id)
        published = others | CampaignVersion.objects.filter(pk=instead.pk)
    first_day = Min("steps__offset_days", filter=Q(steps__kind=StepKind.REMINDER))
    with_facts = published.order_by("number").annotate(first_day=first_day, priority=F("campaign__priority"))
    newest = {version.campaign_id: version for version in with_facts.select_related("campaign")}
    in_order = sorted(newest.values(), key=_place)
    found = [_offer(version) for version in in_order]
    return [_tried(offer, trials) for offer in found] if found and (trials := trials_now()) else found


def _tried(offer: Offer, trials: dict[int, OfferedTrial]) -> Offer:
    """The offer, divided by its experiment: a case begins as early as any of the versions speaks, so all are alike."""
    if offer.campaign_id not in trials:
        return offer
    trial, reach_days = trials[offer.campaign_id]
    return replace(offer, trial=trial, reach_days=max(offer.reach_days, reach_days))


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
    by_hand = chosen_by_hand(candidates, offered)
    facts = _facts(candidates, offered, now)
    happened = happened_lately(candidates, offered)
    found = [
        by_hand.get(pk) or _fitting(candidate, facts.get(pk), offered, happened.get(pk, {}), now)
        for pk, candidate in ((candidate.customer_id, candidate) for candidate in candidates)
    ]
    return [
        _of_arm(candidate, *choice)
        for candidate, choice in zip(candidates, found, strict=True)
        if choice and candidate.due_on <= candidate.today + timedelta(days=choice[0].reach_days)
    ]


def _of_arm(candidate: Candidate, offer: Offer, why: str) -> Chosen:
    if offer.trial is None:
        return Chosen(candidate, offer.version_id, why)
    arm = arm_of(offer.trial, candidate.customer_id)
    told = f"“{arm.name}” of the experiment “{offer.trial.name}”, by chance"
    return Chosen(candidate, arm.version_id, f"{why}; {told}" if why else told, arm.id)


def _facts(candidates: Sequence[Candidate], offered: Sequence[Offer], now: datetime) -> dict[int, CaseFacts]:
    conditions = [condition for offer in offered for condition in offer.conditions]
    if not conditions:
        return {}
    subjects = [Subject(None, candidate.customer_id, offered[0].version_id) for candidate in candidates]
    return {facts.customer_id: facts for facts in gather(subjects, now=now, asked=facts_asked(conditions))}


def happened_lately(candidates: Sequence[Candidate], offered: Sequence[Offer]) -> dict[int, dict[Trigger, date]]:
    """Customer → what happened to them that may begin a campaign; one query, none where no campaign waits for that."""
    if all(offer.trigger == Trigger.OVERDUE for offer in offered):
        return {}
    return happened_to([(candidate.customer_id, candidate.today) for candidate in candidates])


def chosen_by_hand(candidates: Sequence[Candidate], offered: Sequence[Offer]) -> dict[int, tuple[Offer, str]]:
    """Customer → the campaign that a person chose, and why in words; one query."""
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
    now: datetime,
) -> tuple[Offer, str] | None:
    if facts is None:
        offer = next(iter(begun_by(offered, happened)), None)
    else:
        offer = offer_for(facts, offered, happened, candidate.today, now)
    return (offer, _why(offer, happened)) if offer else None


def _why(offer: Offer, happened: dict[Trigger, date]) -> str:
    reasons = [happened_words(offer.trigger, happened[offer.trigger])] if offer.trigger in happened else []
    reasons += map(str, offer.conditions)
    return f"“{offer.name}”, as {' and '.join(reasons)}" if reasons else ""
