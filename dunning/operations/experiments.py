"""What a manager does to an experiment: start, stop, adopt the winner, keep what is. Each is one transaction."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from dunning.models import Arm, CampaignVersion, EngineState, Experiment
from dunning.operations.campaigns import (
    CampaignRefusal,
    copied,
    freeze,
    locked_campaign,
    next_number,
    refuse_beside_an_experiment,
)
from dunning.operations.moves import refuse_beside_a_move
from dunning.operations.variants import newest_of, refuse_beside_a_draft
from dunning.queries.experiments import plan_of
from dunning.queries.versions import written
from dunning.rules.experiments.assignment import PERCENT
from dunning.rules.experiments.required import left_out

State = Experiment.State


class ExperimentRefusal(ValueError):
    """It cannot be done as it is; the message says why, and the remedy."""


@transaction.atomic
def start(experiment: Experiment, *, now: datetime, by: User | None) -> Experiment:  # noqa: ARG001 - the log names them
    """New cases of the campaign are divided by chance from now on; shares and arms are fixed.

    Raises ExperimentRefusal with every problem of its arms; CampaignRefusal while another experiment runs on the
    campaign, or its cases are moved to another version.
    """
    campaign = locked_campaign(experiment.campaign_id)
    experiment = _locked(experiment, State.PLANNED)
    refuse_beside_an_experiment(campaign)
    refuse_beside_a_move(campaign)
    arms = list(experiment.arms.select_related("version__campaign").order_by("-is_control", "pk"))
    if problems := problems_of(experiment, arms):
        raise ExperimentRefusal(" ".join(problems))
    needed = plan_of(experiment, arms, now=now)
    experiment.state, experiment.started_at, experiment.reviewed_at = State.RUNNING, now, now
    experiment.base_rate, experiment.planned = needed.base_rate, needed.total
    experiment.save()
    EngineState.objects.update(scanned_at=None)
    return experiment


def problems_of(experiment: Experiment, arms: list[Arm]) -> list[str]:
    """What keeps it from starting, with the remedies; an empty list when it may."""
    controls = [arm for arm in arms if arm.is_control]
    if len(arms) < 2 or len(controls) != 1:
        return ["Name two arms at least, and mark one of them as the control."]
    found = []
    if sum(arm.share for arm in arms) != PERCENT:
        found.append(f"The shares make {sum(arm.share for arm in arms)} %. Change them so that they make 100 %.")
    if not experiment.campaign.is_active:
        found.append(f"“{experiment.campaign}” rests, so nobody new would come. Switch it on first.")
    return found + _of_the_versions(experiment, controls[0], [arm for arm in arms if not arm.is_control])


def _of_the_versions(experiment: Experiment, control: Arm, others: list[Arm]) -> list[str]:
    try:
        newest = newest_of(experiment.campaign)
    except CampaignRefusal as refusal:
        return [str(refusal)]
    found = []
    if control.version_id != newest.pk:
        found.append(f"The control must be what is done now: choose {newest} for it.")
    kept = written(control.version).steps
    for arm in others:
        if arm.version.campaign_id != experiment.campaign_id or arm.version.published_at is None:
            found.append(f"“{arm}” follows {arm.version}. Choose a published version of “{experiment.campaign}”.")
        elif lacks := left_out(kept, written(arm.version).steps):
            found.append(f"“{arm}” leaves out {' and '.join(lacks)}, which law asks for. Choose another version.")
    return found


@transaction.atomic
def stop(experiment: Experiment, *, reason: str, now: datetime, by: User | None) -> None:
    """New cases follow the campaign's newest version again; running cases keep theirs.

    Raises ExperimentRefusal when it does not run.
    """
    experiment = _locked(experiment, State.RUNNING)
    who = f" ({by.get_username()})" if by else ""
    end(experiment, State.STOPPED, f"Stopped: {reason}{who}", now=now)
    Experiment.objects.filter(pk=experiment.pk).update(settled_at=now)


def end(experiment: Experiment, state: Experiment.State, because: str, *, now: datetime) -> None:
    """It is over, for this reason. Call inside a transaction that holds it."""
    Experiment.objects.filter(pk=experiment.pk).update(state=state, ended_at=now, ended_because=because[:500])


@transaction.atomic
def adopt(experiment: Experiment, *, now: datetime, by: User | None) -> CampaignVersion:  # noqa: ARG001 - the log names them
    """The winner becomes the campaign's newest version, in the very words that were tried; running cases keep theirs.

    Raises ExperimentRefusal when there is no winner or it is settled already; CampaignRefusal while a draft is open,
    while another experiment runs on the campaign, and where the winner could not be published today.
    """
    campaign = locked_campaign(experiment.campaign_id)
    experiment = _unsettled(experiment)
    winner = experiment.winner
    if winner is None:
        raise ExperimentRefusal("No arm was shown to be better than the control: there is nothing to adopt.")
    refuse_beside_an_experiment(campaign)
    refuse_beside_a_draft(campaign)
    draft = copied(winner.version, campaign, next_number(campaign))
    adopted = freeze(draft, written(winner.version), now=now)
    Experiment.objects.filter(pk=experiment.pk).update(settled_at=now, adopted=adopted)
    return adopted


@transaction.atomic
def keep(experiment: Experiment, *, now: datetime, by: User | None) -> None:  # noqa: ARG001 - the log names them
    """Nothing is adopted. Raises ExperimentRefusal when it still runs or is settled already."""
    Experiment.objects.filter(pk=_unsettled(experiment).pk).update(settled_at=now)


def _unsettled(experiment: Experiment) -> Experiment:
    held = Experiment.objects.select_for_update(of=("self",), no_key=True)
    experiment = held.select_related("campaign").get(pk=experiment.pk)
    if experiment.ended_at is None or experiment.settled_at:
        raise ExperimentRefusal("It still runs, or what follows from it is settled already.")
    return experiment


def _locked(experiment: Experiment, state: Experiment.State) -> Experiment:
    held = Experiment.objects.select_for_update(of=("self",), no_key=True)
    found = held.select_related("campaign").get(pk=experiment.pk)
    if found.state != state:
        raise ExperimentRefusal(f"This experiment is {found.get_state_display()}, not {state.label}.")
    return found
