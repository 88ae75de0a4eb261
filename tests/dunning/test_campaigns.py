"""Drafts, publishing, and what can never be changed afterwards."""

import pytest
from django.db import DatabaseError, transaction

from dunning.models import Campaign, CampaignVersion, Case, Step, StepText, TemplateText
from dunning.operations.campaigns import CampaignRefusal, draft_of, publish
from dunning.operations.tick import tick
from dunning.rules.words import Tone
from tests.campaigns import REMINDER, only, standard_campaign, template_named
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


def test_published_version_its_steps_and_words_cannot_be_changed_by_anybody() -> None:
    version = standard_campaign(now=NOW)
    step = version.steps.get(position=0)
    attempts = [
        lambda: CampaignVersion.objects.filter(pk=version.pk).update(send_from="08:00"),
        lambda: Step.objects.filter(pk=step.pk).update(offset_days=99),
        lambda: StepText.objects.filter(step=step).update(body="Pay!"),
        lambda: StepText.objects.filter(step=step).delete(),
        lambda: Step.objects.create(version=version, position=77, template=step.template),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            attempt()


def test_edited_template_changes_nothing_that_is_published(provider: Provider) -> None:
    standard_campaign(now=NOW)
    TemplateText.objects.update(subject="Pay now!")
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    assert provider.accepted()[0]["subject"] == "Day 1"


def test_draft_is_a_copy_that_new_cases_follow_once_published(provider: Provider) -> None:
    first = standard_campaign(now=NOW)
    draft = draft_of(first.campaign, now=NOW)
    assert draft_of(first.campaign, now=NOW) == draft
    assert (draft.number, draft.steps.count()) == (2, first.steps.count())
    owes(reachable("Ada Lindgren"), "10.00", due="2026-03-01")
    tick(now=NOW)
    publish(draft, now=NOW)
    owes(reachable("Grace Okafor"), "10.00", due="2026-03-01")
    tick(now=NOW)
    assert [case.version for case in Case.objects.order_by("pk")] == [first, draft]


def draft(*days_and_tones: tuple[int, Tone]) -> CampaignVersion:
    version = CampaignVersion.objects.create(campaign=Campaign.objects.create(name="Draft"), number=1)
    template = template_named("plain", "Hello", REMINDER)
    for position, (day, tone) in enumerate(days_and_tones):
        Step.objects.create(version=version, position=position, offset_days=day, tone=tone, template=template)
    return version


def test_draft_without_steps_out_of_order_or_getting_milder_is_refused() -> None:
    with pytest.raises(CampaignRefusal, match="no reminder step"):
        publish(draft(), now=NOW)


def test_steps_out_of_order_are_refused() -> None:
    with pytest.raises(CampaignRefusal, match="must come later"):
        publish(draft((7, Tone.FRIENDLY), (1, Tone.CLEAR)), now=NOW)


def test_step_that_is_milder_than_the_one_before_is_refused() -> None:
    with pytest.raises(CampaignRefusal, match="milder"):
        publish(draft((1, Tone.FIRM), (7, Tone.FRIENDLY)), now=NOW)


def test_missing_language_is_refused_by_name() -> None:
    version = draft((1, Tone.FRIENDLY))
    TemplateText.objects.filter(language="fr").delete()
    with pytest.raises(CampaignRefusal, match="no text in: fr"):
        publish(version, now=NOW)


def test_unknown_field_is_refused_and_nothing_is_half_published() -> None:
    version = draft((1, Tone.FRIENDLY))
    TemplateText.objects.filter(language="es").update(body="Hola {customer.password}")
    with pytest.raises(CampaignRefusal, match=r"\(es\)"):
        publish(version, now=NOW)
    version.refresh_from_db()
    assert version.published_at is None
    assert not StepText.objects.exists()


def test_version_is_published_once() -> None:
    with pytest.raises(CampaignRefusal, match="published already"):
        publish(standard_campaign(now=NOW), now=NOW)


def test_segment_gets_its_own_campaign_and_others_the_general_one(provider: Provider) -> None:
    general = standard_campaign(now=NOW)
    special = standard_campaign(
        now=NOW, name="Key accounts", conditions=only("segment", "is", "key"), priority=1, steps=[(1, Tone.FRIENDLY)]
    )
    for name, segment in (("Ada Lindgren", "key"), ("Grace Okafor", "retail"), ("Jun Tanaka", "")):
        owes(reachable(name, segment=segment), "10.00", due="2026-03-01")
    tick(now=NOW)
    assert [case.version for case in Case.objects.order_by("customer")] == [special, general, general]


def test_no_active_campaign_opens_no_case(provider: Provider) -> None:
    standard_campaign(now=NOW, is_active=False)
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    assert not Case.objects.exists()
