"""Conditions in forms: rows of selects, errors at the row, and the campaign chosen by hand on the customer's page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from dunning.models import Campaign, CampaignChoice, CampaignVersion
from dunning.operations.campaigns import draft_of
from tests.campaigns import only, standard_campaign
from tests.people import owes, reachable
from tests.screens.pressing import press

CAMPAIGN = "admin:dunning_campaign_change"
STEP = "admin:dunning_step_change"


@pytest.fixture
def campaign(manager: Client) -> Campaign:
    return standard_campaign(now=timezone.now()).campaign


def rows(*asked: tuple[str, str, str]) -> dict[str, str]:
    """The rows of the form as a browser sends them, with spare ones."""
    told = [*asked, ("", "", ""), ("", "", "")]
    names = ("fact", "operator", "value")
    return {f"conditions-{n}-{name}": said for n, row in enumerate(told) for name, said in zip(names, row, strict=True)}


def save(client: Client, campaign: Campaign, *asked: tuple[str, str, str]) -> Any:
    form = {"name": campaign.name, "trigger": "overdue", "priority": "100", **rows(*asked)}
    return client.post(reverse(CAMPAIGN, args=[campaign.pk]), form)


def test_conditions_of_a_campaign_are_stored_in_their_one_spelling(manager: Client, campaign: Campaign) -> None:
    assert save(manager, campaign, ("open_amount", "at_least", "500 eur"), ("", "", ""),
                ("history", "one_of", "new; Late for the first time")).status_code == 302  # fmt: skip
    campaign.refresh_from_db()
    assert campaign.conditions == [
        *only("open_amount", "at_least", "500 EUR"), *only("history", "one_of", "new; first_time_late")
    ]  # fmt: skip
    page = manager.get(reverse(CAMPAIGN, args=[campaign.pk])).content.decode()
    assert 'value="new; late for the first time"' in page
    listed = manager.get(reverse("admin:dunning_campaign_changelist")).content.decode()
    assert "open amount is at least 500.00 EUR and payment history is one of new, late for the first time" in listed


def test_empty_rows_make_a_campaign_for_everybody(manager: Client, campaign: Campaign) -> None:
    Campaign.objects.update(conditions=only("tag", "is", "vip"))
    save(manager, campaign)
    campaign.refresh_from_db()
    assert campaign.conditions == []


def test_errors_stand_at_their_rows_and_nothing_is_lost(manager: Client, campaign: Campaign) -> None:
    page = save(
        manager, campaign, ("open_amount", "at_least", "much"), ("tag", "is", "vip"), ("country", "less_than", "DE")
    )
    assert page.status_code == 200
    said = page.content.decode()
    assert "Row 1: Write an amount and its currency, for example 500 EUR." in said
    assert "Row 3: The country cannot be compared like this." in said
    assert '<p class="desk-error" id="conditions-0-problem">' in said
    assert '<p class="desk-error" id="conditions-1-problem">' not in said
    assert 'value="much"' in said
    assert '<option value="less_than" selected>' in said
    campaign.refresh_from_db()
    assert campaign.conditions == []
    again = manager.get(reverse(CAMPAIGN, args=[campaign.pk])).content.decode()
    assert "desk-error" not in again


def test_script_in_a_value_is_only_text(manager: Client, campaign: Campaign) -> None:
    save(manager, campaign, ("segment", "is", "<script>alert(1)</script>"))
    page = manager.get(reverse(CAMPAIGN, args=[campaign.pk])).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_conditions_of_a_drafts_step_are_edited_on_its_page(manager: Client, campaign: Campaign) -> None:
    step = draft_of(campaign, now=timezone.now()).steps.get(offset_days=14)
    asked = ("open_share", "at_least", "20 %")
    assert manager.post(reverse(STEP, args=[step.pk]), rows(asked)).status_code == 302
    step.refresh_from_db()
    assert step.conditions == only(*asked)
    refused = manager.post(reverse(STEP, args=[step.pk]), rows(("open_share", "at_least", "lots")))
    assert "Row 1: Write 0 to 100" in refused.content.decode()


def test_frozen_step_thanks_and_auditor_only_read(manager: Client, auditor: Client, campaign: Campaign) -> None:
    draft = draft_of(campaign, now=timezone.now())
    frozen = CampaignVersion.objects.get(number=1).steps.get(offset_days=14)
    for client, step in (
        (manager, frozen), (manager, draft.steps.get(kind="thanks")), (auditor, draft.steps.get(offset_days=14))
    ):  # fmt: skip
        address = reverse(STEP, args=[step.pk])
        assert "conditions-0-fact" not in client.get(address).content.decode()
        assert client.post(address, rows(("tag", "is", "vip"))).status_code == 403
        step.refresh_from_db()
        assert step.conditions == []
    assert "conditions-0-fact" not in auditor.get(reverse(CAMPAIGN, args=[campaign.pk])).content.decode()


def test_step_with_conditions_does_not_become_the_thanks(manager: Client, campaign: Campaign) -> None:
    from tests.screens.test_campaigns import PAGE, form_of

    draft = draft_of(campaign, now=timezone.now())
    draft.steps.filter(offset_days=14).update(conditions=only("tag", "is", "vip"))
    form = form_of(draft, step_3={"kind": "thanks"})
    assert (
        "It has conditions, and thanks have none."
        in manager.post(reverse(PAGE, args=[draft.pk]), form).content.decode()
    )


def test_campaign_is_chosen_by_hand_and_shown_on_the_customers_page(collector: Client, campaign: Campaign) -> None:
    ada = reachable()
    invoice = owes(ada, "10.00", due="2026-03-01")
    [said] = press(collector, "choose_campaign", ada, campaign=str(campaign.pk), reason="As agreed")
    assert said == "The next case follows “Standard” for Ada Lindgren: As agreed"
    [said] = press(collector, "choose_campaign", ada, invoice=str(invoice.pk), campaign="none", reason="Barter")
    assert said == f"No campaign sends reminders for invoice {invoice}: Barter"
    page = collector.get(reverse("admin:customers_customer_change", args=[ada.pk])).content.decode()
    assert "<strong>Standard</strong>, chosen by" in page
    assert "<strong>no reminders</strong>, chosen by" in page
    assert "Payment history: new: no invoice settled yet." in page
    press(collector, "choose_campaign", ada, campaign="conditions", reason="Enough")
    assert CampaignChoice.objects.filter(ended_at=None).count() == 1


def test_tags_are_typed_and_found(manager: Client) -> None:
    ada = reachable(tags=["vip", "Berlin"])
    reachable("Grace Okafor")
    page = manager.get(reverse("admin:customers_customer_changelist"), {"tag": "VIP"}).content.decode()
    assert "Ada Lindgren" in page
    assert "Grace Okafor" not in page
    shown = manager.get(reverse("admin:customers_customer_change", args=[ada.pk])).content.decode()
    assert 'value="vip, Berlin"' in shown


def test_ways_of_a_drafts_letter_are_edited_on_its_page(
    manager: Client, campaign: Campaign, settings: Settings
) -> None:
    email = next(iter(settings.DUNNING_CHANNELS.values()))
    settings.DUNNING_CHANNELS = {"email": email, "post": email}
    step = draft_of(campaign, now=timezone.now()).steps.get(offset_days=14)
    address = reverse(STEP, args=[step.pk])
    assert 'name="then_1_channel"' in manager.get(address).content.decode()
    way = {"then_1_channel": "post", "then_1_template": str(step.template_id)}
    assert manager.post(address, {**rows(), **way, "wait_hours": "48"}).status_code == 302
    step.refresh_from_db()
    assert (step.wait_hours, list(step.fallbacks.values_list("channel", "template"))) == (
        48,
        [("post", step.template_id)],
    )
    for wrong, says in (
        ({"then_1_channel": "post"}, "Choose both a channel and a text, or none."),
        ({**way, "then_1_channel": "email"}, "Name each channel once"),
    ):
        assert says in manager.post(address, {**rows(), **wrong}).content.decode()
    assert manager.post(address, {**rows(), **way, "wait_hours": "48", "goes_to": "escalation", "copied_to": "owner"})
    step.refresh_from_db()
    assert (step.goes_to, step.copied_to) == ("escalation", "owner")
    version = manager.get(reverse("admin:dunning_campaignversion_change", args=[step.version_id])).content.decode()
    assert "e-mail, then post, to the escalation contact, with a copy to the owner contact (48 h)" in version
    assert f'href="{address}"' in version
    thanks = draft_of(campaign, now=timezone.now()).steps.get(kind="thanks")
    assert "then_1_channel" not in manager.get(reverse(STEP, args=[thanks.pk])).content.decode()
