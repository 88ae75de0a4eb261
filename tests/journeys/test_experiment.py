"""An experiment from its start to the adopted winner, through the engine."""

from datetime import timedelta

import pytest

from dunning.models import Arm, Case, Enrolment, Experiment
from dunning.operations import experiments
from dunning.operations.tick import tick
from tests.experimenting import debtors, experiment_on
from tests.people import NOW, owes, pays, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


def test_experiment_runs_from_its_start_to_the_adopted_winner(provider: Provider) -> None:
    experiment = experiments.start(experiment_on(), now=NOW, by=None)
    assert (experiment.base_rate, experiment.planned) == (0.5, 32)
    debtors(50)
    tick(now=NOW)
    arms = {arm.name: arm for arm in experiment.arms.all()}
    followed = set(Case.objects.values_list("enrolment__arm__name", "version"))
    assert followed == {(name, arm.version_id) for name, arm in arms.items()}
    for enrolment in Enrolment.objects.filter(arm=arms["kinder"]):
        pays(enrolment.customer, "10.00", NOW + timedelta(days=4))
    tick(now=NOW + timedelta(days=4))
    assert Experiment.objects.get().full_at == NOW + timedelta(days=4)

    reachable_later = reachable("Grace Okafor")
    owes(reachable_later, "10.00", due="2026-03-05")
    tick(now=NOW + timedelta(days=8))
    assert not Experiment.objects.get().looks.exists()
    assert Case.objects.get(customer=reachable_later).version == arms["as now"].version

    tick(now=NOW + timedelta(days=14))
    experiment.refresh_from_db()
    assert (experiment.state, experiment.winner) == ("finished", arms["kinder"])
    assert experiment.ended_because.startswith("“kinder” recovers 100.0 points more than the control")

    adopted = experiments.adopt(experiment, now=NOW + timedelta(days=15), by=None)
    assert (adopted.number, adopted.is_variant, adopted.uses_profile) == (3, False, False)
    last = reachable("Jun Tanaka")
    owes(last, "10.00", due="2026-03-15")
    tick(now=NOW + timedelta(days=16))
    assert Case.objects.get(customer=last).version == adopted
    assert Arm.objects.count() == 2
