"""What an experiment refuses, what stops it, and what its figures count."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import ContactStop
from customers.operations import ledger
from dunning.models import Arm, Case, Enrolment, Experiment, Feedback, Notice, Step, TemplateText
from dunning.operations import experiments, moves, variants
from dunning.operations.campaigns import CampaignRefusal, draft_of, publish
from dunning.operations.experiment_review import review_experiments
from dunning.operations.experiments import ExperimentRefusal
from dunning.operations.opening import open_cases
from dunning.operations.tick import tick
from dunning.queries.experiments import counted
from dunning.rules.triggers import Trigger
from dunning.rules.words import Tone
from tests.campaigns import standard_campaign
from tests.experimenting import debtors, experiment_on, variant_of
from tests.people import NOW, owes, paid, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def running() -> Experiment:
    return experiments.start(experiment_on(), now=NOW, by=None)


def test_customer_whose_case_opens_again_keeps_arm_and_first_case() -> None:
    running()
    debtors(12)
    open_cases(now=NOW)
    first = dict(Enrolment.objects.values_list("customer", "arm"))
    cases = dict(Enrolment.objects.values_list("customer", "case"))
    Case.objects.update(state="closed", closed_at=NOW, next_action_at=None, ending="settled", close_reason="paid")
    open_cases(now=LATER)
    assert Case.objects.filter(state="open").count() == 12
    assert dict(Enrolment.objects.values_list("customer", "arm")) == first
    assert dict(Enrolment.objects.values_list("customer", "case")) == cases
    for again in Case.objects.filter(state="open"):
        assert again.version_id == Arm.objects.get(pk=first[again.customer_id]).version_id


def test_opening_asks_as_many_queries_for_many_as_for_one() -> None:
    running()
    debtors(1)
    with CaptureQueriesContext(connection) as for_one:
        open_cases(now=NOW)
    for one in range(5):
        owes(reachable("Grace Okafor", number=f"G-{one}"), "10.00", due="2026-03-01")
    with CaptureQueriesContext(connection) as for_five:
        assert open_cases(now=NOW) == 5
    assert len(for_five) == len(for_one)


def test_place_in_an_experiment_and_its_arms_can_be_changed_by_nobody() -> None:
    running()
    debtors(1)
    open_cases(now=NOW)
    attempts = [
        lambda: Enrolment.objects.update(enrolled_at=LATER),
        lambda: Enrolment.objects.all().delete(),
        lambda: Arm.objects.update(share=20),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_two_experiments_never_run_on_one_campaign() -> None:
    first = running()
    control = first.arms.get(is_control=True).version
    second = Experiment.objects.create(campaign=first.campaign, name="Later", created_at=NOW, smallest_effect=40)
    Arm.objects.create(experiment=second, name="as now", version=control, is_control=True)
    Arm.objects.create(experiment=second, name="later", version=variant_of(control))
    with pytest.raises(ExperimentRefusal, match="Another experiment runs"):
        experiments.start(second, now=NOW, by=None)


def test_experiment_is_not_started_before_its_arms_are_right() -> None:
    experiment = experiment_on()
    kinder = experiment.arms.get(name="kinder")
    Arm.objects.filter(pk=kinder.pk).update(share=40)
    with pytest.raises(ExperimentRefusal, match="make 90 %"):
        experiments.start(experiment, now=NOW, by=None)
    experiment.arms.filter(pk=kinder.pk).delete()
    with pytest.raises(ExperimentRefusal, match="two arms at least"):
        experiments.start(experiment, now=NOW, by=None)
    other = standard_campaign(now=NOW, name="Other")
    Arm.objects.create(experiment=experiment, name="other", version=other)
    with pytest.raises(ExperimentRefusal, match="Choose a published version of “Standard”"):
        experiments.start(experiment, now=NOW, by=None)


def test_arm_without_the_formal_letter_is_refused_and_a_hold_out_keeps_it() -> None:
    experiment = experiment_on()
    control = experiment.arms.get(is_control=True).version
    draft = draft_of(experiment.campaign, now=NOW)
    draft.steps.filter(tone=Tone.FORMAL).delete()
    experiment.arms.filter(name="kinder").update(version=variants.publish_as_variant(draft, now=NOW))
    with pytest.raises(ExperimentRefusal, match="leaves out the formal letter, which law asks for"):
        experiments.start(experiment, now=NOW, by=None)
    hold_out = variants.publish_hold_out(experiment.campaign, now=NOW)
    assert [str(step) for step in hold_out.steps.all()] == ["formal reminder (day +30)"]
    experiment.arms.filter(name="kinder").update(version=hold_out, is_hold_out=True)
    assert experiments.start(experiment, now=NOW, by=None).state == "running"
    assert control.steps.count() == 6


def test_campaign_about_something_foreseen_has_no_variants() -> None:
    version = standard_campaign(now=NOW)
    draft = draft_of(version.campaign, now=NOW)
    version.campaign.trigger = Trigger.CARD_EXPIRES
    version.campaign.save()
    with pytest.raises(CampaignRefusal, match="nothing to recover"):
        variants.publish_as_variant(draft, now=NOW)


def test_variant_is_followed_by_nobody_outside_its_experiment(provider: Provider) -> None:
    control = standard_campaign(now=NOW)
    variant_of(control)
    debtors(1)
    tick(now=NOW)
    assert Case.objects.get().version == control
    assert draft_of(control.campaign, now=NOW).number == 3


def test_nothing_is_published_or_moved_while_an_experiment_runs() -> None:
    experiment = running()
    control = experiment.arms.get(is_control=True).version
    with pytest.raises(CampaignRefusal, match="Stop it first"):
        publish(draft_of(experiment.campaign, now=NOW), now=NOW)
    with pytest.raises(CampaignRefusal, match="Stop it first"):
        moves.order(control, now=NOW, by=None)


def test_harm_stops_an_experiment_by_itself_and_new_cases_follow_the_control(provider: Provider) -> None:
    experiment = running()
    debtors(40)
    tick(now=NOW)
    for enrolment in Enrolment.objects.filter(arm__name="kinder"):
        ContactStop.objects.create(customer=enrolment.customer, channel="email", source="by mail", since=NOW)
    assert review_experiments(now=NOW + timedelta(hours=23)) == 0
    assert review_experiments(now=LATER) == 1
    experiment.refresh_from_db()
    assert experiment.state == "stopped"
    assert experiment.ended_because.startswith("Stopped by itself: in “kinder”")
    assert experiment.settled_at is None
    experiments.keep(experiment, now=LATER, by=None)
    late = reachable("Grace Okafor")
    owes(late, "10.00", due="2026-03-01")
    open_cases(now=LATER)
    assert Case.objects.get(customer=late).version == experiment.arms.get(is_control=True).version


def test_figures_count_whom_an_arm_harmed(provider: Provider) -> None:
    experiment = running()
    debtors(8)
    tick(now=NOW)
    warned, told, let_off = Notice.objects.order_by("pk")[:3]
    day_before = NOW - timedelta(days=2)
    paid(warned.customer.invoices.get(), day_before)
    credited = let_off.customer.invoices.get()  # without money
    ledger.credit(credited, credited.balance, reason="Gone", now=day_before, on=day_before.date(), by=None)
    Feedback.objects.create(customer=told.customer, case=told.case, is_kind=False, given_at=NOW)
    harmed = [dict(arm.harmed) for arm in counted(experiment, now=LATER)]
    assert {kind: sum(arm[kind] for arm in harmed) for kind in harmed[0]} == {
        "opt_out": 0, "complaint": 0, "unhappy": 1, "wrongful": 1,
    }  # fmt: skip


def test_winner_is_adopted_in_the_words_that_were_tried() -> None:
    experiment = running()
    kinder = experiment.arms.get(name="kinder")
    told = {"state": "finished", "ended_at": LATER, "ended_because": "It recovers more.", "winner": kinder}
    Experiment.objects.update(**told)
    TemplateText.objects.update(subject="Something else by now")
    adopted = experiments.adopt(experiment, now=LATER, by=None)
    first = Step.objects.filter(version=adopted).order_by("position").first()
    assert first is not None
    assert set(first.texts.values_list("subject", flat=True)) == {"Day -3"}
    with pytest.raises(ExperimentRefusal, match="settled already"):
        experiments.adopt(experiment, now=LATER, by=None)


def test_nothing_is_adopted_without_a_winner_or_beside_a_draft() -> None:
    experiment = running()
    with pytest.raises(ExperimentRefusal, match="still runs"):
        experiments.adopt(experiment, now=LATER, by=None)
    Experiment.objects.update(state="finished", ended_at=LATER, ended_because="No difference.")
    with pytest.raises(ExperimentRefusal, match="nothing to adopt"):
        experiments.adopt(experiment, now=LATER, by=None)
    Experiment.objects.update(winner=experiment.arms.get(name="kinder"))
    draft_of(experiment.campaign, now=NOW)
    with pytest.raises(CampaignRefusal, match="one draft at a time"):
        experiments.adopt(experiment, now=LATER, by=None)
