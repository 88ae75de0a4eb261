"""The engine's own look at running experiments: guardrails each day, the result each week, and the end."""

from datetime import datetime, timedelta
from math import inf

from django.db import transaction

from customers.deadline import NO_DEADLINE, Deadline
from dunning.models import Experiment, Look
from dunning.operations.experiments import end
from dunning.queries.experiments import counted, fractions_of
from dunning.rules.experiments.outcome import Counted
from dunning.rules.experiments.verdict import LEAST_GROWTH, fraction_of, harm, judge

State = Experiment.State
DAILY, WEEKLY = timedelta(days=1), timedelta(days=7)


def review_experiments(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Look at every running experiment that was not looked at for a day; returns how many. Safe to run in parallel."""
    due = Experiment.objects.filter(state=State.RUNNING, reviewed_at__lte=now - DAILY)
    reviewed = 0
    for pk in due.order_by("pk").values_list("pk", flat=True):
        if not deadline.is_over:
            reviewed += _review(pk, now)
    return reviewed


@transaction.atomic
def _review(pk: int, now: datetime) -> bool:
    held = Experiment.objects.select_for_update(skip_locked=True, no_key=True)
    experiment = held.filter(pk=pk, state=State.RUNNING, reviewed_at__lte=now - DAILY).first()
    if experiment is None:
        return False
    arms = counted(experiment, now=now)
    Experiment.objects.filter(pk=pk).update(reviewed_at=now, full_at=_full_at(experiment, arms, now))
    if harmed := harm(arms):
        end(experiment, State.STOPPED, harmed, now=now)
    else:
        _look(experiment, arms, now)
    return True


def _full_at(experiment: Experiment, arms: list[Counted], now: datetime) -> datetime | None:
    """Since when enough customers take part, each arm with its share."""
    shares = sum(arm.share for arm in arms)
    is_full = all(arm.enrolled * shares >= arm.share * (experiment.planned or 0) for arm in arms)
    return experiment.full_at or (now if is_full else None)


def _look(experiment: Experiment, arms: list[Counted], now: datetime) -> None:
    """Take the week's look, if there is something new to see, and end what is decided."""
    former = fractions_of(experiment)
    fraction = fraction_of(arms, experiment.planned or 1)
    grown = fraction - max(former, default=0)
    last = experiment.looks.order_by("-number").first()
    is_due = now - (last.looked_at if last else experiment.started_at or now) >= WEEKLY or fraction >= 1
    if not is_due or grown <= 0 or (grown < LEAST_GROWTH and fraction < 1):
        return
    verdict = judge(arms, [*former, fraction])
    Look.objects.create(
        experiment=experiment,
        number=len(former) + 1,
        looked_at=now,
        fraction=fraction,
        counted={arm.arm_id: [arm.complete, arm.recovered] for arm in arms},
        distances={each.arm_id: [each.apart, each.limit if each.limit < inf else None] for each in verdict.distances},
    )
    if verdict.is_decided:
        Experiment.objects.filter(pk=experiment.pk).update(winner_id=verdict.winner)
        end(experiment, State.FINISHED, verdict.says, now=now)
