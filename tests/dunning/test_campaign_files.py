"""Copies of campaigns, and campaigns out to a file and in again."""

import json

import pytest

from dunning.models import Campaign, CampaignVersion, Template, TemplateText
from dunning.operations import default_campaign
from dunning.operations.campaign_files import export, take_in
from dunning.operations.campaigns import CampaignRefusal, clone, draft_of, publish
from dunning.rules.campaign_reading import CampaignFileRefusal
from tests.campaigns import only
from tests.people import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped() -> CampaignVersion:
    return default_campaign.ensure(now=NOW).versions.get()


def test_copy_rests_under_a_new_name_with_the_same_steps(shipped: CampaignVersion) -> None:
    draft = clone(shipped.campaign, name=" Gentle ", now=NOW)
    assert (draft.campaign.name, draft.campaign.is_active, draft.number, draft.published_at) == (
        "Gentle",
        False,
        1,
        None,
    )
    assert list(map(str, draft.steps.all())) == list(map(str, shipped.steps.all()))
    shipped.campaign.refresh_from_db()
    assert (shipped.campaign.is_active, shipped.campaign.versions.count()) == (True, 1)
    publish(draft, now=NOW)


def test_copy_needs_a_name_of_its_own_and_something_to_copy(shipped: CampaignVersion) -> None:
    with pytest.raises(CampaignRefusal, match="Choose another name"):
        clone(shipped.campaign, name="Standard reminders", now=NOW)
    with pytest.raises(CampaignRefusal, match="1 to 100 characters"):
        clone(shipped.campaign, name="  ", now=NOW)
    with pytest.raises(CampaignRefusal, match="nothing to copy"):
        clone(Campaign.objects.create(name="Empty"), name="Another", now=NOW)


def test_exported_campaign_is_the_same_after_an_import(shipped: CampaignVersion) -> None:
    file = export(shipped)
    draft = take_in(file, name="Gentle", now=NOW)
    assert json.loads(export(draft)) == {
        **json.loads(file),
        "campaign": {**json.loads(file)["campaign"], "name": "Gentle"},
    }
    assert not draft.campaign.is_active
    publish(draft, now=NOW)


def test_a_text_message_comes_in_as_one(shipped: CampaignVersion) -> None:
    draft = draft_of(shipped.campaign, now=NOW)
    short = Template.objects.get(key="sms_friendly")
    draft.steps.filter(offset_days=1).update(channel="sms", template=short)
    file = export(draft)
    Template.objects.filter(pk=short.pk).update(key="another")
    step = take_in(file, name="Gentle", now=NOW).steps.get(offset_days=1)
    assert step.template and (step.channel, step.template.key, step.template.channel) == ("sms", "sms_friendly", "sms")


def test_conditions_of_campaign_and_steps_are_in_the_file(shipped: CampaignVersion) -> None:
    key = only("segment", "is", "key")
    Campaign.objects.update(conditions=key)
    draft = draft_of(shipped.campaign, now=NOW)
    draft.steps.filter(offset_days=7).update(conditions=only("open_amount", "at_least", "500 EUR"))
    taken = take_in(export(draft), name="Gentle", now=NOW)
    assert taken.campaign.conditions == key
    assert taken.steps.get(offset_days=7).conditions == only("open_amount", "at_least", "500 EUR")


def test_import_uses_the_library_s_texts_where_they_are_the_same(shipped: CampaignVersion) -> None:
    before = Template.objects.count()
    take_in(export(shipped), name="Gentle", now=NOW)
    assert Template.objects.count() == before


def test_import_changes_no_text_of_the_library_but_adds_its_own_beside(shipped: CampaignVersion) -> None:
    file = export(shipped)
    TemplateText.objects.filter(template__key="clear", language="en").update(subject="Other words")
    for name in ("Gentle", "Gentle too"):
        take_in(file, name=name, now=NOW)
    found = Template.objects.filter(key__startswith="clear").order_by("key")
    assert list(found.values_list("key", "name")) == [
        ("clear", "Clear reminder"),
        ("clear-2", "Clear reminder (2)"),
        ("clear-3", "Clear reminder (3)"),
    ]
    assert TemplateText.objects.get(template__key="clear", language="en").subject == "Other words"


def test_published_version_is_exported_with_its_frozen_words(shipped: CampaignVersion) -> None:
    TemplateText.objects.update(subject="Other words")
    assert "Other words" not in export(shipped)
    assert "Other words" in export(draft_of(shipped.campaign, now=NOW))


def test_import_asks_for_another_name_and_a_faulty_file_leaves_nothing(shipped: CampaignVersion) -> None:
    file, before = export(shipped), Campaign.objects.count()
    with pytest.raises(CampaignRefusal, match="There is a campaign “Standard reminders” already"):
        take_in(file, name="", now=NOW)
    with pytest.raises(CampaignFileRefusal, match=r"steps\[0\].tone"):
        take_in(file.replace('"friendly"', '"rude"', 1), name="Gentle", now=NOW)
    assert Campaign.objects.count() == before
