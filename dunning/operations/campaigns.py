"""From draft to frozen version. Cases follow versions; what is published never changes again."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from dunning.models import Campaign, CampaignVersion, Step, StepText, TemplateText
from dunning.rules.letter import check_text
from dunning.rules.words import ACTIONS, FOR_A_PERSON, StepKind


class CampaignRefusal(ValueError):
    """The draft cannot be published as it is; the message names the step and the remedy."""


@transaction.atomic
def draft_of(campaign: Campaign, *, now: datetime) -> CampaignVersion:  # noqa: ARG001 - every operation knows its time
    """The campaign's open draft; a copy of its newest version when there is none."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if draft := campaign.versions.filter(published_at=None).first():
        return draft
    newest = campaign.versions.order_by("-number").first()
    if newest is None:
        return CampaignVersion.objects.create(campaign=campaign, number=1)
    draft = CampaignVersion.objects.create(
        campaign=campaign,
        number=newest.number + 1,
        send_from=newest.send_from,
        send_until=newest.send_until,
        working_days_only=newest.working_days_only,
    )
    for step in newest.steps.all():
        step.pk, step.version = None, draft
        step.save(force_insert=True)
    return draft


@transaction.atomic
def publish(version: CampaignVersion, *, now: datetime) -> CampaignVersion:
    """Copy the texts into the draft's steps and freeze it; new cases follow it from now on.

    Raises CampaignRefusal when steps or texts are missing, out of order, or break a rule.
    """
    version = CampaignVersion.objects.select_for_update().get(pk=version.pk)
    if version.published_at:
        raise CampaignRefusal(f"{version} is published already.")
    steps = list(version.steps.select_related("template").order_by("position"))
    reminders = [step for step in steps if step.kind == StepKind.REMINDER]
    _check_order(reminders)
    _check_charges(steps)
    _check_actions(steps)
    StepText.objects.bulk_create(
        [text for step in steps if step.template for text in _texts(step, has_next_step=step in reminders[:-1])]
    )
    version.published_at = now
    version.save(update_fields=["published_at"])
    return version


def _check_order(reminders: list[Step]) -> None:
    if not reminders:
        raise CampaignRefusal("The draft has no reminder step. Add one.")
    for earlier, later in zip(reminders, reminders[1:], strict=False):
        if later.offset_days <= earlier.offset_days:
            raise CampaignRefusal(f"“{later}” must come later than “{earlier}”. Change its day or its position.")
        if later.tone < earlier.tone:
            raise CampaignRefusal(f"“{later}” is milder than “{earlier}” before it. Tone never gets milder in a case.")


def _check_charges(steps: list[Step]) -> None:
    days = [step.offset_days for step in steps if step.kind == StepKind.CHARGE]
    if any(day < 0 for day in days):
        raise CampaignRefusal("A card is charged before the due date. Choose day 0 or later: nothing is owed before.")
    if len(set(days)) < len(days):
        raise CampaignRefusal("Two charges on the same day. Keep one.")


def _check_actions(steps: list[Step]) -> None:
    if any(step.kind == StepKind.RESTRICT for step in steps) and not settings.SERVICE_WEBHOOK_URL:
        raise CampaignRefusal(
            "A step restricts the service, but nobody would hear of it. Set SERVICE_WEBHOOK_URL, or take the step out."
        )
    for kind, words in ACTIONS.items():
        if kind not in FOR_A_PERSON and sum(step.kind == kind for step in steps) > 1:
            raise CampaignRefusal(f"Two steps of the kind “{words}”. Keep one.")


def _texts(step: Step, *, has_next_step: bool) -> list[StepText]:
    texts = TemplateText.objects.filter(template=step.template)
    missing = {code for code, _ in settings.LANGUAGES} - {text.language for text in texts}
    if missing:
        raise CampaignRefusal(f"“{step.template}” has no text in: {', '.join(sorted(missing))}. Write it first.")
    for text in texts:
        for problem in check_text(text.subject, text.body, kind=StepKind(step.kind), has_next_step=has_next_step):
            raise CampaignRefusal(f"“{step.template}” ({text.language}): {problem}")
    return [StepText(step=step, language=t.language, subject=t.subject, body=t.body) for t in texts]
