"""Editing a draft: its steps are always in the order of their days, the thank-you last."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from dunning.models import CampaignVersion, Fallback, Step, Template
from dunning.operations.campaigns import CampaignRefusal
from dunning.rules.words import ACTIONS, StepKind

OUT_OF_THE_WAY = 10_000


def _place(step: Step) -> tuple[bool, int, bool, bool]:
    """By day; a charge before the letter of its day, which goes if the charge fails; actions after it."""
    return step.kind == StepKind.THANKS, step.offset_days, step.kind != StepKind.CHARGE, step.kind in ACTIONS


@transaction.atomic
def arrange(version: CampaignVersion, steps: Sequence[Step], removed: Sequence[Step], *, now: datetime) -> None:  # noqa: ARG001 - every operation knows its time
    """Store the draft's steps and number them by day. Raises CampaignRefusal for a published version."""
    if CampaignVersion.objects.select_for_update().get(pk=version.pk).published_at:
        raise CampaignRefusal(f"{version} is published and frozen: edit the draft instead.")
    for step in removed:
        step.delete()
    version.steps.update(position=F("position") + OUT_OF_THE_WAY)
    in_order = sorted(steps, key=_place)
    for position, step in enumerate(in_order, start=1):
        step.position = position
        step.save()


@transaction.atomic
def set_conditions(step: Step, conditions: list[dict[str, str]], *, now: datetime) -> None:  # noqa: ARG001 - every operation knows its time
    """On its day the step is taken only if all of these hold.

    Raises CampaignRefusal for a step of a published version, and for the thanks.
    """
    version = _draft_of(step)
    if step.kind == StepKind.THANKS and conditions:
        raise CampaignRefusal(f"Whoever has paid is thanked: a {step} has no conditions.")
    version.steps.filter(pk=step.pk).update(conditions=conditions)


@transaction.atomic
def set_ways(step: Step, then: Sequence[tuple[str, Template]], *, wait_hours: int, now: datetime) -> None:  # noqa: ARG001 - every operation knows its time
    """Where its own channel is closed the step goes by the first of `then` (channel, text) that is open.

    `wait_hours`: without word of delivery by then it goes on too; 0: word is not waited for. Raises CampaignRefusal for
    a step of a published version, for one that is no reminder, and for a channel named twice.
    """
    version = _draft_of(step)
    if step.kind != StepKind.REMINDER and (then or wait_hours):
        raise CampaignRefusal(f"Only reminders go another way, and this is a {step}.")
    channels = [step.channel, *(channel for channel, _ in then)]
    if len(set(channels)) < len(channels):
        raise CampaignRefusal("Name each channel once: what did not get through is not sent the same way again.")
    version.steps.filter(pk=step.pk).update(wait_hours=wait_hours)
    step.fallbacks.all().delete()
    Fallback.objects.bulk_create(
        Fallback(step=step, place=place, channel=channel, template=template)
        for place, (channel, template) in enumerate(then, start=1)
    )


@transaction.atomic
def set_readers(step: Step, *, goes_to: str, copied_to: str, now: datetime) -> None:  # noqa: ARG001 - every operation knows its time
    """The step goes to the contact with this role instead of the primary one, with a copy to another; "": nobody.

    Raises CampaignRefusal for a step of a published version, and for one that is no reminder.
    """
    version = _draft_of(step)
    if step.kind != StepKind.REMINDER and (goes_to or copied_to):
        raise CampaignRefusal(f"Only reminders go to other contacts, and this is a {step}.")
    version.steps.filter(pk=step.pk).update(goes_to=goes_to, copied_to=copied_to)


def _draft_of(step: Step) -> CampaignVersion:
    """The step's version, locked. Raises CampaignRefusal for a published one."""
    version = CampaignVersion.objects.select_for_update().get(pk=step.version_id)
    if version.published_at:
        raise CampaignRefusal(f"{version} is published and frozen: edit the draft instead.")
    return version
