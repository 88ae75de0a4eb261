"""The running experiments, as the rules read them, and who takes part: a query each."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import Min, Q

from dunning.models import Arm, Enrolment, Experiment
from dunning.rules.experiments.assignment import ArmFact, Trial
from dunning.rules.words import StepKind


class OfferedTrial(NamedTuple):
    """`reach_days`: how many days before a due date the earliest of its versions speaks."""

    trial: Trial
    reach_days: int


def trials_now() -> dict[int, OfferedTrial]:
    """Campaign id → its running experiment."""
    running = Arm.objects.filter(experiment__state=Experiment.State.RUNNING)
    first_day = Min("version__steps__offset_days", filter=Q(version__steps__kind=StepKind.REMINDER))
    arms: dict[int, list[Any]] = defaultdict(list)
    for arm in running.select_related("experiment").annotate(first_day=first_day).order_by("pk"):
        arms[arm.experiment.campaign_id].append(arm)
    return {campaign_id: _offered(of_trial) for campaign_id, of_trial in arms.items()}


def _offered(arms: list[Any]) -> OfferedTrial:
    experiment = arms[0].experiment
    facts = tuple(ArmFact(arm.pk, arm.version_id, arm.name, arm.share) for arm in arms)
    trial = Trial(experiment.pk, experiment.name, facts, is_full=experiment.full_at is not None)
    return OfferedTrial(trial, max(0, -min(arm.first_day for arm in arms)))


def taking_part(trials: Collection[Trial], customer_ids: Collection[int]) -> set[tuple[int, int]]:
    """Of these customers (experiment, customer) for each who takes part in one of the trials; one query, none where
    there is no trial."""
    if not trials:
        return set()
    places = Enrolment.objects.filter(experiment__in=[trial.id for trial in trials], customer__in=customer_ids)
    return set(places.values_list("experiment", "customer"))
