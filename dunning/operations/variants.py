"""Variants: versions published for experiments. New cases follow one only where an experiment says so."""

from datetime import datetime

from django.db import transaction

from dunning.models import Campaign, CampaignVersion
from dunning.operations.campaigns import CampaignRefusal, copied, freeze, locked_campaign, locked_draft, next_number
from dunning.queries.versions import written
from dunning.rules.experiments.required import required
from dunning.rules.triggers import FORESEEN


@transaction.atomic
def publish_as_variant(version: CampaignVersion, *, now: datetime) -> CampaignVersion:
    """Freeze the draft for experiments; nobody follows it yet.

    Raises CampaignRefusal with every problem that the check finds, for the campaign's first version, and for a campaign
    about something foreseen, where nothing is to be recovered.
    """
    version = locked_draft(version)
    newest_of(version.campaign)
    return freeze(version, written(version), now=now, is_variant=True)


@transaction.atomic
def publish_hold_out(campaign: Campaign, *, now: datetime) -> CampaignVersion:
    """A variant of the newest version with nothing but what law asks for, as `rules/experiments/required.py` says.

    Raises CampaignRefusal as for any variant, and while a draft is open: there is one at a time.
    """
    campaign = locked_campaign(campaign.pk)
    newest = newest_of(campaign)
    refuse_beside_a_draft(campaign)
    kept = {step.position for step in required(written(newest).steps)}
    draft = copied(newest, campaign, next_number(campaign))
    draft.steps.exclude(position__in=kept).delete()
    return freeze(draft, written(draft), now=now, is_variant=True)


def newest_of(campaign: Campaign) -> CampaignVersion:
    """What new cases follow outside an experiment. Raises CampaignRefusal where there is none that may be compared."""
    if campaign.trigger in FORESEEN:
        raise CampaignRefusal(f"“{campaign}” is about something foreseen: there is nothing to recover and compare.")
    published = campaign.versions.exclude(published_at=None).filter(is_variant=False)
    newest = published.order_by("-number").first()
    if newest is None:
        raise CampaignRefusal(f"“{campaign}” has no published version to compare with. Publish one first.")
    return newest


def refuse_beside_a_draft(campaign: Campaign) -> None:
    """Raises CampaignRefusal while somebody has a draft open."""
    if draft := campaign.versions.filter(published_at=None).first():
        raise CampaignRefusal(f"{draft} is open. Publish or delete it first: there is one draft at a time.")
