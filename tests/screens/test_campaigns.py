"""Campaigns: drafts are edited, published versions are read, and both steps in between are buttons."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from dunning.models import Campaign, CampaignVersion, Template, TemplateText
from dunning.operations.campaigns import draft_of
from dunning.rules.words import Tone
from tests.campaigns import standard_campaign
from tests.screens.test_buttons import press

PAGE = "admin:dunning_campaignversion_change"


@pytest.fixture
def draft(manager: Client) -> CampaignVersion:
    published = standard_campaign(now=timezone.now())
    return draft_of(published.campaign, now=timezone.now())


def form_of(version: CampaignVersion, **changes: dict[str, Any]) -> dict[str, Any]:
    """The version's page as the browser would post it; `changes` by position of the step."""
    steps = list(version.steps.order_by("position"))
    form: dict[str, Any] = {
        "send_from": "09:00", "send_until": "18:00", "review_days": "3",
        "steps-TOTAL_FORMS": len(steps), "steps-INITIAL_FORMS": len(steps)
    }  # fmt: skip
    for place, step in enumerate(steps):
        row = {
            "id": step.pk, "version": version.pk, "kind": step.kind, "offset_days": step.offset_days,
            "tone": step.tone, "channel": "email", "template": step.template_id, **changes.get(f"step_{place}", {}),
        }  # fmt: skip
        form |= {f"steps-{place}-{name}": value for name, value in row.items()}
    return form


def days_of(version: CampaignVersion) -> list[int]:
    return [step.offset_days for step in version.steps.filter(kind="reminder").order_by("position")]


def test_new_draft_is_a_copy_and_publishing_freezes_it(manager: Client) -> None:
    campaign = standard_campaign(now=timezone.now()).campaign
    [said] = press(manager, "new_draft", campaign)
    assert said.startswith("Standard v2 (draft) is ready")
    draft = campaign.versions.get(number=2)
    [said] = press(manager, "publish", draft)
    assert said == "Standard v2 is published: new cases follow it from now on."
    assert press(manager, "publish", draft) == ["Standard v2 is published already."]


def test_charge_of_a_published_version_shows_neither_tone_nor_channel(auditor: Client) -> None:
    version = standard_campaign(now=timezone.now(), steps=[(7, Tone.CLEAR)], charge_on=0)
    page = " ".join(strip_tags(auditor.get(reverse(PAGE, args=[version.pk])).content.decode()).split())
    assert "charge day 0 – – " in page
    assert "reminder day +7 clear e-mail" in page


def test_steps_of_a_draft_stand_in_the_order_of_their_days(manager: Client, draft: CampaignVersion) -> None:
    form = form_of(draft, step_0={"offset_days": 21}, step_3={"offset_days": 2})
    assert manager.post(reverse(PAGE, args=[draft.pk]), form).status_code == 302
    assert days_of(draft) == [1, 2, 7, 21, 30]
    assert draft.steps.order_by("position").last().kind == "thanks"  # type: ignore[union-attr]


def test_step_is_removed_from_a_draft(manager: Client, draft: CampaignVersion) -> None:
    form = form_of(draft, step_0={"DELETE": "on"})
    assert manager.post(reverse(PAGE, args=[draft.pk]), form).status_code == 302
    assert days_of(draft) == [1, 7, 14, 30]


@pytest.mark.parametrize(
    ("change", "words"),
    [({"offset_days": 7}, "Two reminders on the same day"), ({"kind": "thanks"}, "A campaign says thank you once")],
)
def test_draft_that_cannot_be_is_refused_in_its_form(
    manager: Client, draft: CampaignVersion, change: dict[str, Any], words: str
) -> None:
    page = manager.post(reverse(PAGE, args=[draft.pk]), form_of(draft, step_0=change))
    assert words in page.content.decode()
    assert days_of(draft) == [-3, 1, 7, 14, 30]


def test_published_version_is_read_only(manager: Client, draft: CampaignVersion) -> None:
    published = CampaignVersion.objects.get(number=1)
    page = manager.post(reverse(PAGE, args=[published.pk]), form_of(published, step_0={"offset_days": -5}))
    assert page.status_code == 403
    assert days_of(published) == [-3, 1, 7, 14, 30]


def test_published_version_shows_the_words_it_was_published_with(manager: Client, draft: CampaignVersion) -> None:
    TemplateText.objects.update(body="Other words")
    page = manager.get(reverse(PAGE, args=[CampaignVersion.objects.get(number=1).pk])).content.decode()
    assert "The words of this version" in page
    assert "Other words" not in page


def test_draft_that_breaks_a_rule_is_not_published_and_says_why(manager: Client, draft: CampaignVersion) -> None:
    TemplateText.objects.filter(template=draft.steps.get(position=1).template, language="fr").delete()
    [said] = press(manager, "publish", draft)
    assert "has no text in: fr" in said
    assert CampaignVersion.objects.get(pk=draft.pk).published_at is None


def test_draft_may_be_thrown_away(manager: Client, draft: CampaignVersion) -> None:
    manager.post(reverse("admin:dunning_campaignversion_delete", args=[draft.pk]), {"post": "yes"})
    assert Campaign.objects.get().versions.count() == 1


def test_text_with_an_unknown_field_is_refused_with_a_remedy(manager: Client, draft: CampaignVersion) -> None:
    text = TemplateText.objects.select_related("template").order_by("pk").first()
    assert text is not None
    form = {
        "name": text.template.name, "key": text.template.key, "texts-TOTAL_FORMS": "1", "texts-INITIAL_FORMS": "1",
        "texts-0-id": text.pk, "texts-0-template": text.template_id, "texts-0-language": text.language,
        "texts-0-subject": "Your account", "texts-0-body": "Hello {customer_nam}",
    }  # fmt: skip
    page = manager.post(reverse("admin:dunning_template_change", args=[text.template_id]), form)
    assert "Did you mean {customer_name}?" in page.content.decode()


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_preview_shows_the_letter_with_samples(manager: Client, draft: CampaignVersion, language: str) -> None:
    template = Template.objects.order_by("pk").first()
    assert template is not None
    page = manager.get(reverse("admin:dunning_template_preview", args=[template.pk, language])).content.decode()
    assert "Marguerite Ashdown" in page
    assert "sandbox=" in page


def test_preview_of_a_broken_text_says_what_to_mend(manager: Client, draft: CampaignVersion) -> None:
    text = TemplateText.objects.filter(language="en").order_by("pk").first()
    assert text is not None
    TemplateText.objects.filter(pk=text.pk).update(body="Hello {nobody}")
    url = reverse("admin:dunning_template_preview", args=[text.template_id, "en"])
    assert "there is no field {nobody}" in manager.get(url).content.decode()
