"""The campaign designer: the time line, the check, what differs, copies, files, moving cases and switching on."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dunning.models import Campaign, CampaignVersion, Case, CaseMove, Step, Template, TemplateText
from dunning.operations import moves
from dunning.operations.campaigns import draft_of, publish
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.people import owes, reachable
from tests.screens.books import everything_stored, yesterday_noon
from tests.screens.pressing import opened, press, send


@pytest.fixture
def published(manager: Client) -> CampaignVersion:
    return standard_campaign(now=yesterday_noon(), charge_on=0)


@pytest.fixture
def draft(published: CampaignVersion) -> CampaignVersion:
    return draft_of(published.campaign, now=timezone.now())


def page(client: Client, name: str, row: Any, query: str = "") -> str:
    model = f"{row._meta.app_label}_{row._meta.model_name}"
    answer = client.get(reverse(f"admin:{model}_{name}", args=[row.pk]) + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def debtors(*names: str) -> None:
    due = (timezone.now() - timedelta(days=10)).date()
    for name in names:
        owes(reachable(name, time_zone="UTC"), "10.00", due=str(due))


def test_draft_s_cards_lead_to_their_rows_and_say_day_tone_channel_and_text(
    manager: Client, draft: CampaignVersion
) -> None:
    shown = page(manager, "change", draft)
    assert 'href="#id_steps-0-offset_days"' in shown
    for words in (
        "day −3",
        "friendly reminder",
        "charge of the card",
        "e-mail · 1-day-7",
        "When it is paid:",
        "due date",
    ):
        assert words.replace("1-day", f"{draft.campaign_id}-day") in shown


def test_published_version_shows_the_same_line_frozen(manager: Client, published: CampaignVersion) -> None:
    shown = page(manager, "change", published)
    assert "day +14" in shown
    assert "data-field" not in shown


def test_whoever_may_only_look_sees_a_draft_s_line_frozen(collector: Client, draft: CampaignVersion) -> None:
    assert "data-field" not in page(collector, "change", draft)


def test_check_names_everything_to_mend_and_changes_nothing(manager: Client, draft: CampaignVersion) -> None:
    Step.objects.filter(version=draft, offset_days=14).update(tone=4)
    Template.objects.filter(key__endswith="day-7").update(announces="fee")
    TemplateText.objects.filter(template__key__endswith="day-1", language="fr").delete()
    before = everything_stored()
    shown = page(manager, "check", draft)
    assert "3 things to mend" in shown
    for words in ("announces a fee, and no later step does it", "has no text in: fr", "rises by more than one level"):
        assert words in shown
    assert everything_stored() == before


def test_page_for_publishing_shows_what_differs(manager: Client, draft: CampaignVersion) -> None:
    Step.objects.filter(version=draft, offset_days=7).update(offset_days=9)
    TemplateText.objects.filter(template__key__endswith="day-1", language="en").update(subject="Day one")
    shown = page(manager, "publish", draft)
    assert "Nothing to mend" in shown
    assert "Clear reminder (day +9): day +7 → day +9" in shown
    assert "<del>1</del><ins>one</ins>" in shown


def test_published_version_stays_beside_the_one_before(manager: Client, draft: CampaignVersion) -> None:
    Step.objects.filter(version=draft, offset_days=30).delete()
    publish(draft, now=timezone.now())
    assert "Formal reminder (day +30): removed" in page(manager, "change", draft)


def test_campaign_is_copied(manager: Client, published: CampaignVersion) -> None:
    form = opened(manager, "clone", published.campaign)
    refused = send(manager, "clone", published.campaign, {**form, "name": "Standard"})
    assert refused == ["There is a campaign “Standard” already. Choose another name."]
    send(manager, "clone", published.campaign, {**form, "name": "Gentle"})
    assert Campaign.objects.get(name="Gentle").versions.get().published_at is None


def upload(client: Client, content: str | bytes, **told: str) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("campaign.json", raw, content_type="application/json")
    return client.post(reverse("admin:dunning_campaign_import"), {"file": file, **told}, follow=True)


def test_exported_file_is_imported_as_a_draft(manager: Client, published: CampaignVersion) -> None:
    answer = manager.get(reverse("admin:dunning_campaignversion_export", args=[published.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="standard-v1.json"'
    file = answer.content.decode()
    assert "Choose another name" in upload(manager, file).content.decode()
    assert "“Gentle” is imported and rests" in upload(manager, file, name="Gentle").content.decode()


def test_faulty_file_is_refused_with_every_fault(manager: Client, published: CampaignVersion) -> None:
    whole = json.loads(manager.get(reverse("admin:dunning_campaignversion_export", args=[published.pk])).content)
    whole["steps"][0]["day"], whole["campaign"]["priority"] = "soon", -1
    shown = upload(manager, json.dumps(whole), name="Gentle").content.decode()
    assert "steps[0].day: write a whole number" in shown
    assert "campaign.priority: write a whole number" in shown
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[[[[", b"{}", b"null", b"\x00"])
def test_any_other_file_is_refused_in_words(manager: Client, published: CampaignVersion, content: bytes) -> None:
    assert upload(manager, content).status_code == 200
    assert Campaign.objects.count() == 1


def test_running_cases_are_previewed_and_then_moved(manager: Client, draft: CampaignVersion) -> None:
    debtors("Ada Lindgren", "Grace Okafor")
    tick(now=yesterday_noon())
    Step.objects.filter(version=draft, offset_days=7).update(offset_days=9)
    publish(draft, now=timezone.now())
    shown = page(manager, "move_cases", draft)
    for words in ("2 running cases would be moved to Standard v2", "from v1", "Ada Lindgren", "counts as sent: up to"):
        assert words in shown
    assert not CaseMove.objects.exists()
    assert press(manager, "move_cases", draft) == ["2 cases moved to Standard v2."]
    assert set(Case.objects.values_list("version", flat=True)) == {draft.pk}
    assert press(manager, "move_cases", draft) == ["Every running case of this campaign follows Standard v2 already."]


def test_long_move_shows_how_far_it_is(manager: Client, draft: CampaignVersion) -> None:
    debtors("Ada Lindgren")
    tick(now=yesterday_noon())
    version = publish(draft, now=timezone.now())
    moves.order(version, now=timezone.now(), by=None)
    shown = page(manager, "change", version)
    assert "Move to Standard v2: 0 of 1 cases" in shown
    assert 'http-equiv="refresh"' in shown


def test_switching_on_lists_everybody_first(manager: Client, published: CampaignVersion) -> None:
    campaign = published.campaign
    assert press(manager, "switch_off", campaign) == [
        "“Standard” rests: no new case begins under it; running cases go on."
    ]
    debtors("Ada Lindgren")
    shown = page(manager, "switch_on", campaign)
    assert "1 customer would be enrolled" in shown
    assert "Ada Lindgren" in shown
    assert not Case.objects.exists()
    assert press(manager, "switch_on", campaign) == ["“Standard” is on. The engine opens its cases in the next turn."]


@pytest.mark.parametrize("query", ["?page=2", "?page=0", "?page=x", "?page=99999999999"])
def test_any_page_number_is_only_a_page(manager: Client, published: CampaignVersion, query: str) -> None:
    debtors("Ada Lindgren")
    page(manager, "switch_on", published.campaign, query)
    page(manager, "move_cases", published, query)


def test_pages_take_as_many_queries_for_three_rows_as_for_one(manager: Client, draft: CampaignVersion) -> None:
    publish(draft, now=timezone.now())
    first = draft.campaign.versions.get(number=1)
    counts = []
    for name in ("Ada Lindgren", "Grace Okafor", "Marie Delacroix"):
        debtors(name)
        tick(now=yesterday_noon())
        Case.objects.update(version=first)
        debtors(f"{name} the younger")
        counts.append(
            [
                queries_of(manager, "move_cases", draft),
                queries_of(manager, "switch_on", draft.campaign),
                queries_of(manager, "change", draft),
            ]
        )
    assert counts[0] == counts[2]
    assert max(counts[2]) <= 31


def queries_of(client: Client, name: str, row: Any) -> int:
    page(client, name, row)
    with CaptureQueriesContext(connection) as queries:
        page(client, name, row)
    return len(queries)
