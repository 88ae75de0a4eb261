"""Versions of a campaign as the rules read them: with all their words, checked, and compared with the one before."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from dunning.models import CampaignVersion, Fallback, Step, StepText, TemplateText
from dunning.queries.links import sms_terms
from dunning.rules.campaign_check import Problem, advice, check
from dunning.rules.campaign_diff import VersionDiff, differences
from dunning.rules.campaign_steps import Text, WrittenStep, WrittenVersion, WrittenWay
from dunning.rules.conditions import from_stored
from dunning.rules.triggers import FORESEEN, Trigger
from dunning.rules.words import Consequence, MessageClass, StepKind, Tone

Texts = dict[tuple[int, str], dict[str, Text]]  # by step and channel


@dataclass(frozen=True, slots=True)
class Comparison:
    """What this version does otherwise than the one before it."""

    before: CampaignVersion
    diff: VersionDiff


def written(version: CampaignVersion) -> WrittenVersion:
    """The version with its words: frozen ones of a published version, the library's of a draft. Four queries."""
    steps = list(_with_ways(version.steps).order_by("position"))
    texts = _frozen_texts(steps) if version.published_at else _library_texts(steps)
    return WrittenVersion(
        steps=tuple(_written(step, texts) for step in steps),
        send_from=version.send_from,
        send_until=version.send_until,
        working_days_only=version.working_days_only,
        uses_profile=version.uses_profile,
        is_reviewed=version.is_reviewed,
        review_days=version.review_days,
        hours_not_charged=tuple(version.hours_not_charged),
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
        renews=whole.trigger is Trigger.RENEWAL,
        sms=sms_terms(),
    )


def advice_on(version: CampaignVersion, whole: WrittenVersion) -> list[Problem]:
    """What its texts could say better; nothing for a published version, whose words never change."""
    return [] if version.published_at else advice(whole.steps, foretells=whole.trigger in FORESEEN)


def comparison_of(version: CampaignVersion) -> Comparison | None:
    """The version beside the published one before it; None for the first."""
    earlier = CampaignVersion.objects.filter(campaign=version.campaign_id, number__lt=version.number)
    before = (
        earlier.exclude(published_at=None)
        .exclude(is_variant=True)
        .select_related("campaign")
        .order_by("-number")
        .first()
    )
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
        texts=texts.get((step.pk, step.channel), {}),
        conditions=from_stored(step.conditions),
        is_reviewed=step.is_reviewed,
        queue=step.queue,
        script=step.script,
        due_days=step.due_days,
        written_for=template.channel if template else "",
        then=tuple(_way(fallback, texts) for fallback in step.fallbacks.all()),
        wait_hours=step.wait_hours,
        message_class=_class_of(step),
        goes_to=step.goes_to,
        copied_to=step.copied_to,
    )


def _class_of(step: Step) -> MessageClass:
    told = step.message_class or (step.template.message_class if step.template else "")
    return MessageClass(told or MessageClass.TRANSACTIONAL)


def _with_ways(steps: Any) -> QuerySet[Step]:
    in_order = Fallback.objects.select_related("template").order_by("place")
    rows: QuerySet[Step] = steps.select_related("template").prefetch_related(Prefetch("fallbacks", in_order))
    return rows


def _way(fallback: Fallback, texts: Texts) -> WrittenWay:
    return WrittenWay(
        channel=fallback.channel,
        template=fallback.template.name,
        announces=Consequence(fallback.template.announces),
        texts=texts.get((fallback.step_id, fallback.channel), {}),
        written_for=fallback.template.channel,
        message_class=MessageClass(fallback.template.message_class),
    )


def _frozen_texts(steps: list[Step]) -> Texts:
    found: Texts = defaultdict(dict)
    for text in StepText.objects.filter(step__in=[step.pk for step in steps]).order_by("language"):
        found[text.step_id, text.channel][text.language] = Text(text.subject, text.body)
    return found


def _library_texts(steps: list[Step]) -> Texts:
    used = {(step.pk, step.channel): step.template_id for step in steps if step.template_id}
    used |= {(way.step_id, way.channel): way.template_id for step in steps for way in step.fallbacks.all()}
    library: dict[int, dict[str, Text]] = defaultdict(dict)
    for text in TemplateText.objects.filter(template__in=set(used.values())).order_by("language"):
        library[text.template_id][text.language] = Text(text.subject, text.body)
    return {way: library[template_id] for way, template_id in used.items()}
