"""The experiments that take new customers now, as the rules read them: one query."""

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import Min, Q

from dunning.models import Arm, Experiment
from dunning.rules.experiments.assignment import ArmFact, Trial
from dunning.rules.words import StepKind


class OfferedTrial(NamedTuple):
    """`reach_days`: how many days before a due date the earliest of its versions speaks."""

    trial: Trial
    reach_days: int


def trials_now() -> dict[int, OfferedTrial]:
    """Campaign id → its experiment; none where it runs but takes nobody new."""
    taking = Arm.objects.filter(experiment__state=Experiment.State.RUNNING, experiment__full_at=None)
    first_day = Min("version__steps__offset_days", filter=Q(version__steps__kind=StepKind.REMINDER))
    arms: dict[int, list[Any]] = defaultdict(list)
    for arm in taking.select_related("experiment").annotate(first_day=first_day).order_by("pk"):
        arms[arm.experiment.campaign_id].append(arm)
    return {campaign_id: _offered(of_trial) for campaign_id, of_trial in arms.items()}


def _offered(arms: list[Any]) -> OfferedTrial:
    experiment = arms[0].experiment
    facts = tuple(ArmFact(arm.pk, arm.version_id, arm.name, arm.share) for arm in arms)
    return OfferedTrial(Trial(experiment.pk, experiment.name, facts), max(0, -min(arm.first_day for arm in arms)))
