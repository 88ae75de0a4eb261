"""What a new installation starts with."""

from datetime import datetime

import pytest
from django.conf import settings

from dunning.models import Campaign, CampaignVersion, StepText, Template, TemplateText
from dunning.operations import default_campaign
from dunning.rules.letter import check_text
from dunning.rules.words import StepKind

pytestmark = pytest.mark.django_db


def test_it_has_five_reminders_that_grow_firmer_a_charge_when_due_and_a_thank_you(now: datetime) -> None:
    campaign = default_campaign.ensure(now=now)
    assert (campaign.name, campaign.is_active) == ("Standard reminders", True)
    version = campaign.versions.get()
    assert (version.number, version.published_at) == (1, now)
    assert list(version.steps.values_list("kind", "offset_days", "tone", "template__key", "channel")) == [
        ("reminder", -3, 1, "before_due", "email"),
        ("charge", 0, 1, None, "email"),
        ("reminder", 1, 1, "friendly", "email"),
        ("reminder", 7, 2, "clear", "email"),
        ("reminder", 14, 3, "firm", "email"),
        ("reminder", 30, 4, "formal", "email"),
        ("thanks", 0, 1, "thanks", "email"),
    ]


def test_every_step_has_its_words_in_every_language(now: datetime) -> None:
    default_campaign.ensure(now=now)
    assert StepText.objects.count() == 6 * len(settings.LANGUAGES)
    for text in StepText.objects.select_related("step"):
        has_next_step = text.step.kind == StepKind.REMINDER and text.step.offset_days < 30
        kind = StepKind(text.step.kind)
        assert check_text(text.subject, text.body, kind=kind, has_next_step=has_next_step) == [], text


def test_ensuring_it_twice_changes_nothing(now: datetime) -> None:
    first = default_campaign.ensure(now=now)
    assert default_campaign.ensure(now=now) == first
    counts = [model.objects.count() for model in (Campaign, CampaignVersion, Template, TemplateText, StepText)]
    assert counts == [4, 4, 16, 64, 24]


def test_texts_that_the_desk_has_written_are_kept(now: datetime) -> None:
    template = Template.objects.create(key="friendly", name="Ours")
    body = "{total_open}\n\n{invoice_list}\n\n{pay_button}\n\nWe will write again on {next_contact_on}."
    TemplateText.objects.create(template=template, language="en", subject="Hello from us", body=body)
    default_campaign.ensure(now=now)
    assert Template.objects.get(key="friendly").name == "Ours"
    assert StepText.objects.get(step__template=template, language="en").subject == "Hello from us"


def test_a_draft_begun_by_hand_is_left_alone(now: datetime) -> None:
    campaign = Campaign.objects.create(name=default_campaign.NAME)
    CampaignVersion.objects.create(campaign=campaign, number=1)
    assert default_campaign.ensure(now=now) == campaign
    assert campaign.versions.get().published_at is None
