"""From draft to frozen version. Cases follow versions; what is published never changes again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from dunning.models import Campaign, CampaignVersion, EngineState, Experiment, Fallback, Step, StepText
from dunning.models.campaign import LONGEST_NAME
from dunning.queries.versions import problems_of, written
from dunning.rules.campaign_check import Problem
from dunning.rules.campaign_steps import WrittenVersion


class CampaignRefusal(ValueError):
    """It cannot be done as it is; the message names the step or field and the remedy.

    `problems`: all of them, where a draft was checked.
    """

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


@transaction.atomic
def draft_of(campaign: Campaign, *, now: datetime) -> CampaignVersion:  # noqa: ARG001 - every operation knows its time
    """The campaign's open draft; a copy of its newest version when there is none."""
    campaign = locked_campaign(campaign.pk)
    if draft := campaign.versions.filter(published_at=None).first():
        return draft
    newest = _newest(campaign)
    if newest is None:
        return CampaignVersion.objects.create(campaign=campaign, number=1)
    return copied(newest, campaign, next_number(campaign))


@transaction.atomic
def clone(campaign: Campaign, *, name: str, now: datetime) -> CampaignVersion:  # noqa: ARG001 - every operation knows its time
    """A new campaign of that name, resting, with a draft that is a copy of the newest version; returns the draft.

    Raises CampaignRefusal when the name is taken, or there is no version to copy.
    """
    newest = _newest(campaign)
    if newest is None:
        raise CampaignRefusal(f"“{campaign}” has no version yet: there is nothing to copy. Begin a draft first.")
    source = Campaign.objects.get(pk=campaign.pk)
    source.pk, source.name, source.is_active = None, unused_name(name), False
    source.save(force_insert=True)
    return copied(newest, source, 1)


def unused_name(name: str) -> str:
    """The name without blanks around it. Raises CampaignRefusal when it is empty, too long, or another campaign's."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise CampaignRefusal(f"Choose a name of 1 to {LONGEST_NAME} characters.")
    if Campaign.objects.filter(name=name).exists():
        raise CampaignRefusal(f"There is a campaign “{name}” already. Choose another name.")
    return name


@transaction.atomic
def publish(version: CampaignVersion, *, now: datetime) -> CampaignVersion:
    """Copy the texts into the draft's steps and freeze it; new cases follow it from now on.

    Raises CampaignRefusal with every problem that the check finds, and while an experiment runs on the campaign.
    """
    refuse_beside_an_experiment(locked_campaign(version.campaign_id))
    version = locked_draft(version)
    return freeze(version, written(version), now=now)


def locked_campaign(pk: int) -> Campaign:
    """The campaign, held until the transaction ends. Whatever changes what new cases follow takes it first, so that
    what was checked under it stays so."""
    return Campaign.objects.select_for_update().get(pk=pk)


def refuse_beside_an_experiment(campaign: Campaign) -> None:
    """Raises CampaignRefusal while one runs. Call with the campaign held: none can be started then."""
    if running := Experiment.objects.filter(campaign=campaign, state=Experiment.State.RUNNING).first():
        raise CampaignRefusal(
            f"The experiment “{running}” runs on this campaign and would be spoilt. Stop it first, or wait for its end."
        )


def locked_draft(version: CampaignVersion) -> CampaignVersion:
    """The version as it stands, held until the transaction ends. Raises CampaignRefusal for a published one."""
    version = CampaignVersion.objects.select_for_update().get(pk=version.pk)
    if version.published_at:
        raise CampaignRefusal(f"{version} is published already.")
    return version


def freeze(
    version: CampaignVersion, whole: WrittenVersion, *, now: datetime, is_variant: bool = False
) -> CampaignVersion:
    """Publish the draft with these words. Raises CampaignRefusal with every problem that the check finds in them."""
    if problems := tuple(problems_of(whole)):
        raise CampaignRefusal(" ".join(map(str, problems)), problems)
    StepText.objects.bulk_create(_texts(version, whole))
    for step in whole.steps:
        version.steps.filter(position=step.position).update(message_class=step.message_class if step.sends else "")
    version.published_at, version.is_variant = now, is_variant
    version.save(update_fields=["published_at", "is_variant"])
    return version


@transaction.atomic
def switch_on(campaign: Campaign, *, now: datetime) -> None:  # noqa: ARG001 - every operation knows its time
    """New cases begin under this campaign; the engine looks for those who are overdue already in its next turn.

    Raises CampaignRefusal when it is on, or has no published version to follow.
    """
    campaign = locked_campaign(campaign.pk)
    if campaign.is_active:
        raise CampaignRefusal(f"“{campaign}” is on already.")
    if not campaign.versions.exclude(published_at=None).exclude(is_variant=True).exists():
        raise CampaignRefusal(f"“{campaign}” has no published version to follow. Publish its draft first.")
    Campaign.objects.filter(pk=campaign.pk).update(is_active=True)
    EngineState.objects.update(scanned_at=None)


@transaction.atomic
def switch_off(campaign: Campaign, *, now: datetime) -> None:  # noqa: ARG001 - every operation knows its time
    """No new case begins under it; running cases go on. Raises CampaignRefusal when it rests already."""
    if not Campaign.objects.filter(pk=campaign.pk, is_active=True).update(is_active=False):
        raise CampaignRefusal(f"“{campaign}” rests already.")


def _newest(campaign: Campaign) -> CampaignVersion | None:
    return campaign.versions.filter(is_variant=False).order_by("-number").first()


def next_number(campaign: Campaign) -> int:
    """The number of the next version."""
    return int(campaign.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def copied(source: CampaignVersion, campaign: Campaign, number: int) -> CampaignVersion:
    """A draft with the settings and steps of `source`."""
    draft = CampaignVersion.objects.get(pk=source.pk)
    draft.pk, draft.campaign, draft.number, draft.published_at = None, campaign, number, None
    draft.is_variant = False
    draft.save(force_insert=True)
    for step in source.steps.prefetch_related("fallbacks"):
        fallbacks = list(step.fallbacks.all())
        step.pk, step.version, step.message_class = None, draft, ""
        step.save(force_insert=True)
        Fallback.objects.bulk_create(
            Fallback(step=step, place=each.place, channel=each.channel, template_id=each.template_id)
            for each in fallbacks
        )
    return draft


def _texts(version: CampaignVersion, whole: WrittenVersion) -> list[StepText]:
    ways_at = {step.position: step.by_each_way for step in whole.steps}
    return [
        StepText(step=step, channel=way.channel, language=language, subject=text.subject, body=text.body)
        for step in Step.objects.filter(version=version)
        for way in ways_at[step.position]
        for language, text in way.texts.items()
    ]
