"""Campaign versions as facts. A published one is frozen, so that each process reads it once."""

from functools import lru_cache

from dunning.models import CampaignVersion, Step
from dunning.rules.conditions import from_stored
from dunning.rules.plan_facts import PlanFact, StepFact
from dunning.rules.words import ACTIONS, MessageClass, StepKind, Tone


@lru_cache(maxsize=256)
def plan(version_id: int) -> PlanFact:
    """A published version as facts. It is frozen, so that this may be remembered for ever."""
    return read_plan(CampaignVersion.objects.get(pk=version_id))


def read_plan(version: CampaignVersion) -> PlanFact:
    """Any version as facts, a draft as it stands now."""
    steps = list(version.steps.select_related("template").order_by("position").prefetch_related("fallbacks"))
    thanks = [_step(step) for step in steps if step.kind == StepKind.THANKS]
    return PlanFact(
        version_id=version.pk,
        reminders=tuple(
            _step(step, is_reviewed=version.is_reviewed or step.is_reviewed)
            for step in steps
            if step.kind == StepKind.REMINDER
        ),
        thanks=thanks[0] if thanks else None,
        send_from=version.send_from,
        send_until=version.send_until,
        working_days_only=version.working_days_only,
        uses_profile=version.uses_profile,
        charges=tuple(_step(step) for step in steps if step.kind == StepKind.CHARGE),
        actions=tuple(_step(step) for step in steps if step.kind in ACTIONS),
        review_days=version.review_days,
    )


@lru_cache(maxsize=4096)
def version_of_step(step_id: int) -> int:
    """The version that a step belongs to."""
    return Step.objects.values_list("version_id", flat=True).get(pk=step_id)


def _step(step: Step, *, is_reviewed: bool = False) -> StepFact:
    conditions = from_stored(step.conditions)
    return StepFact(
        step.pk,
        step.position,
        step.offset_days,
        Tone(step.tone),
        step.channel,
        conditions,
        is_reviewed,
        StepKind(step.kind),
        tuple(fallback.channel for fallback in step.fallbacks.all()),
        step.wait_hours,
        _class_of(step),
        step.goes_to,
        step.copied_to,
    )


def _class_of(step: Step) -> MessageClass:
    """That of the text it was published with; of a draft, that of the library's."""
    told = step.message_class or (step.template.message_class if step.template else "")
    return MessageClass(told or MessageClass.TRANSACTIONAL)
