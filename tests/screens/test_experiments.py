"""Experiments on the desk: planned, started, watched and decided on."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dunning.models import CampaignVersion, Experiment
from dunning.operations import experiments
from dunning.operations.experiment_review import review_experiments
from dunning.operations.tick import tick
from dunning.queries.experiment_page import plan_words
from tests.campaigns import standard_campaign
from tests.experimenting import debtors, experiment_on, variant_of
from tests.people import NOW
from tests.provider import Provider
from tests.screens.pressing import press

pytestmark = pytest.mark.django_db


def page_of(experiment: Experiment) -> str:
    return reverse("admin:dunning_experiment_change", args=[experiment.pk])


def test_manager_plans_and_starts_an_experiment(manager: Client) -> None:
    control = standard_campaign(now=NOW)
    variant = variant_of(control)
    arms = {"arms-TOTAL_FORMS": 2, "arms-INITIAL_FORMS": 0}
    for place, (name, version) in enumerate((("as now", control), ("kinder", variant))):
        arms |= {f"arms-{place}-name": name, f"arms-{place}-version": version.pk, f"arms-{place}-share": 50}
    told = {"name": "Kinder words", "campaign": control.campaign_id, "window_days": 30, "smallest_effect": 5}
    manager.post(reverse("admin:dunning_experiment_add"), {**told, **arms, "arms-0-is_control": "on"})
    planned = Experiment.objects.get()
    page = manager.get(page_of(planned)).content.decode()
    assert "Only 0 customers of this campaign can be looked back at" in page
    assert "Nobody has come in the last twelve weeks" in page
    press(manager, "start", planned)
    planned.refresh_from_db()
    assert (planned.state, planned.planned) == ("running", 3318)
    assert CampaignVersion.objects.get(pk=variant.pk).is_variant


def test_page_says_what_the_campaigns_past_lets_one_expect(provider: Provider) -> None:
    experiment = experiment_on(window_days=1, smallest_effect=10)
    debtors(40)
    tick(now=NOW)
    assert plan_words(experiment, now=NOW + timedelta(days=7))[0].startswith("In the last year 0% of 40 customers")
    assert plan_words(experiment, now=NOW + timedelta(days=7))[2].startswith(
        "At your volume, 40 customers a week, this"
    )


def test_running_experiment_shows_how_far_it_is_and_keeps_its_p_values(manager: Client, provider: Provider) -> None:
    long_ago = timezone.now() - timedelta(days=15)
    experiment = experiments.start(experiment_on(smallest_effect=20), now=long_ago, by=None)
    debtors(30)
    tick(now=long_ago)
    with CaptureQueriesContext(connection) as few:
        page = manager.get(page_of(experiment)).content.decode()
    assert "Too early: 30 of " in page
    assert "p = " not in page
    assert len(few) < 30
    review_experiments(now=timezone.now())
    page = manager.get(page_of(experiment)).content.decode()
    assert "Looks at the result" in page
    assert re.search(r"“kinder” 0\.00 (of \d\.\d\d needed|when nothing could be decided yet)", page)
    press(manager, "stop", experiment, reason="Enough seen")
    assert "Stopped: Enough seen" in manager.get(page_of(experiment)).content.decode()


def test_first_page_asks_for_a_decision_on_what_ended_by_itself(chief: Client) -> None:
    experiment = experiments.start(experiment_on(), now=NOW, by=None)
    debtors(1)
    Experiment.objects.update(state="stopped", ended_at=NOW, ended_because="Stopped by itself.")
    assert "experiment that ended by itself" in chief.get(reverse("admin:index")).content.decode()
    press(chief, "keep", experiment)
    assert Experiment.objects.get().settled_at is not None
