"""Versions of a campaign as the rules read them: with all their words, checked, and compared with the one before."""

from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings

from dunning.models import CampaignVersion, Step, StepText, TemplateText
from dunning.queries.links import sms_terms
from dunning.rules.campaign_check import Problem, advice, check
from dunning.rules.campaign_diff import VersionDiff, differences
from dunning.rules.campaign_steps import Text, WrittenStep, WrittenVersion
from dunning.rules.conditions import from_stored
from dunning.rules.triggers import FORESEEN, Trigger
from dunning.rules.words import Consequence, StepKind, Tone

Texts = dict[int, dict[str, Text]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What this version does otherwise than the one before it."""

    before: CampaignVersion
    diff: VersionDiff


def written(version: CampaignVersion) -> WrittenVersion:
    """The version with its words: frozen ones of a published version, the library's of a draft. Three queries."""
    steps = list(version.steps.select_related("template").order_by("position"))
    texts = _frozen_texts(steps) if version.published_at else _library_texts(steps)
    return WrittenVersion(
        steps=tuple(_written(step, texts) for step in steps),
        send_from=version.send_from,
        send_until=version.send_until,
        working_days_only=version.working_days_only,
        uses_profile=version.uses_profile,
        is_reviewed=version.is_reviewed,
        review_days=version.review_days,
        trigger=Trigger(version.campaign.trigger),
    )


def problems_of(whole: WrittenVersion) -> list[Problem]:
    """What keeps it from being published here, with these languages, channels and the service's address."""
    return check(
        whole.steps,
        languages=[code for code, _ in settings.LANGUAGES],
        channels=list(settings.DUNNING_CHANNELS),
        service_hears=bool(settings.SERVICE_WEBHOOK_URL),
        foretells=whole.trigger in FORESEEN,
        sms=sms_terms(),
    )


def advice_on(version: CampaignVersion, whole: WrittenVersion) -> list[Problem]:
    """What its texts could say better; nothing for a published version, whose words never change."""
    return [] if version.published_at else advice(whole.steps, foretells=whole.trigger in FORESEEN)


def comparison_of(version: CampaignVersion) -> Comparison | None:
    """The version beside the published one before it; None for the first."""
    earlier = CampaignVersion.objects.filter(campaign=version.campaign_id, number__lt=version.number)
    before = earlier.exclude(published_at=None).select_related("campaign").order_by("-number").first()
    return Comparison(before, differences(written(before), written(version))) if before else None


def _written(step: Step, texts: Texts) -> WrittenStep:
    template = step.template
    return WrittenStep(
        position=step.position,
        kind=StepKind(step.kind),
        day=step.offset_days,
        tone=Tone(step.tone),
        channel=step.channel,
        template=template.name if template else "",
        announces=Consequence(template.announces) if template else Consequence.NOTHING,
        texts=texts.get(step.pk, {}),
        conditions=from_stored(step.conditions),
        is_reviewed=step.is_reviewed,
        queue=step.queue,
        script=step.script,
        due_days=step.due_days,
        written_for=template.channel if template else "",
    )


def _frozen_texts(steps: list[Step]) -> Texts:
    found: Texts = defaultdict(dict)
    for text in StepText.objects.filter(step__in=[step.pk for step in steps]).order_by("language"):
        found[text.step_id][text.language] = Text(text.subject, text.body)
    return found


def _library_texts(steps: list[Step]) -> Texts:
    library: Texts = defaultdict(dict)
    used = {step.template_id for step in steps if step.template_id}
    for text in TemplateText.objects.filter(template__in=used).order_by("language"):
        library[text.template_id][text.language] = Text(text.subject, text.body)
    return {step.pk: library[step.template_id] for step in steps if step.template_id}
