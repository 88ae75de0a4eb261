"""Texts of the desk: checked beside the words and before publishing, seen by any reader, tried out, and taken back."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from dunning.models import CampaignVersion, Notice, Template, TemplateText, TextVersion
from dunning.operations import default_campaign
from dunning.operations.campaigns import draft_of
from tests.people import owes, reachable
from tests.provider import Provider
from tests.screens.pressing import press

BLAMING = "You failed to pay."


@pytest.fixture
def clear(manager: Client) -> Template:
    """The shipped clear reminder, used by the shipped campaign."""
    default_campaign.ensure(now=timezone.now())
    return Template.objects.get(key="clear")


@pytest.fixture
def draft(clear: Template) -> CampaignVersion:
    step = clear.steps.select_related("version__campaign").get()
    return draft_of(step.version.campaign, now=timezone.now())


def english(template: Template) -> TemplateText:
    return template.texts.get(language="en")


def add(template: Template, sentence: str) -> None:
    text = english(template)
    TemplateText.objects.filter(pk=text.pk).update(body=f"{text.body}\n\n{sentence}")


def page_of(template: Template, **changes: str) -> dict[str, Any]:
    """The page of a text as the browser would post it, with other English words."""
    texts = list(template.texts.order_by("language"))
    form: dict[str, Any] = {
        "name": template.name,
        "key": template.key,
        "channel": template.channel,
        "announces": template.announces,
        "message_class": template.message_class,
    }
    form |= {"texts-TOTAL_FORMS": len(texts), "texts-INITIAL_FORMS": len(texts)}
    for place, text in enumerate(texts):
        row = {"id": text.pk, "template": template.pk, "language": text.language, "subject": text.subject}
        row |= {"body": text.body, **(changes if text.language == "en" else {})}
        form |= {f"texts-{place}-{name}": value for name, value in row.items()}
    return form


def test_findings_of_unsaved_words_come_back_and_nothing_is_stored(auditor: Client, clear: Template) -> None:
    text = english(clear)
    url = reverse("admin:dunning_template_findings", args=[clear.pk])
    asked = {"language": "en", "subject": text.subject, "body": f"{text.body}\n\n{BLAMING}"}
    page = auditor.post(url, asked).content.decode()
    assert "1 warning" in page
    assert "Line 24" in page and "failed to pay" in page and "didn’t go through" in page
    assert "the step is clear" in page and "Friendly reminder (day +1): 0" in page
    assert english(clear).body == text.body
    assert auditor.get(url).status_code == 400


def test_page_of_a_text_shows_its_findings_and_checks_unsaved_words_without_a_script(
    manager: Client, clear: Template
) -> None:
    add(clear, BLAMING)
    page = manager.get(reverse("admin:dunning_template_change", args=[clear.pk])).content.decode()
    assert page.count("Nothing to mend") == 3
    assert "This sounds like blame." in page
    url = reverse("admin:dunning_template_check", args=[clear.pk])
    assert f'formaction="{url}"' in page
    checked = manager.post(url, page_of(clear, body="{oops} overdue")).content.decode()
    assert "In fr" in checked and "There is no field {oops}" in checked


def test_error_in_a_text_keeps_the_campaign_from_being_published(manager: Client, draft: CampaignVersion) -> None:
    clear = Template.objects.get(key="clear")
    add(clear, "Otherwise we will see you in court.")
    [said] = press(manager, "publish", draft)
    assert "“Clear reminder” (en) in “clear reminder (day +7)”. Line 24 “court”: This speaks of legal steps" in said
    assert CampaignVersion.objects.get(pk=draft.pk).published_at is None


def test_warning_is_shown_and_keeps_nothing_from_being_published(manager: Client, draft: CampaignVersion) -> None:
    add(Template.objects.get(key="clear"), BLAMING)
    page = manager.get(reverse("admin:dunning_campaignversion_check", args=[draft.pk])).content.decode()
    assert "1 thing that could be said more kindly or clearly" in page
    [said] = press(manager, "publish", draft)
    assert "is published" in said


def test_text_is_seen_by_a_customer_and_by_the_nastiest_reader(manager: Client, clear: Template) -> None:
    ada = reachable("Ada Lindgren")
    owes(ada, "10.00", number="R-77", due="2026-02-01")
    url = reverse("admin:dunning_template_preview", args=[clear.pk, "en"])
    assert "R-77" in manager.get(url, {"customer": ada.number}).content.decode()
    nastiest = manager.get(url, {"as": "nastiest"}).content.decode()
    assert "JP¥" in nastiest and "شركة" in nastiest and "6 more" in nastiest
    assert "There is no customer" in manager.get(url, {"customer": "nobody"}).content.decode()


def test_trial_letter_goes_to_whoever_asks_and_to_no_customer(
    manager: Client, clear: Template, provider: Provider
) -> None:
    assert "no e-mail address" in press(manager, "trial", clear, language="de", reader="sample")[0]
    User.objects.filter(username="maria").update(email="maria@example.com")
    [said] = press(manager, "trial", clear, language="de", reader="nastiest")
    assert said == "A trial letter in de is on its way to maria@example.com."
    [sent] = provider.accepted()
    assert (sent["to"], sent["subject"][:6]) == ("maria@example.com", "[Test]")
    reachable("Maria Torres", email="Maria@example.com")
    [said] = press(manager, "trial", clear, language="de", reader="sample")
    assert "tests never go to customers" in said
    assert len(provider.accepted()) == 1
    assert not Notice.objects.exists()


def test_trial_letter_of_unknown_fate_says_so(
    manager: Client, clear: Template, provider: Provider, settings: Settings
) -> None:
    User.objects.filter(username="maria").update(email="maria@example.com")
    settings.DUNNING_CHANNELS["email"]["class"] = "tests.provider.ProviderLosingAnswers"
    [said] = press(manager, "trial", clear, language="en", reader="sample")
    assert said == "It may have been sent, or not: TimeoutError. Look into your mail."


def test_every_wording_is_kept_with_its_author_and_can_be_taken_again(
    manager: Client, auditor: Client, clear: Template
) -> None:
    original = english(clear).subject
    form = page_of(clear, subject="Your account with {company_name}: hello")
    form |= {name: str(value).replace("\n", "\r\n") for name, value in form.items()}  # as browsers do
    assert manager.post(reverse("admin:dunning_template_change", args=[clear.pk]), form).status_code == 302
    url = reverse("admin:dunning_template_versions", args=[clear.pk, "en"])
    page = manager.get(url).content.decode()
    assert "by maria" in page and "<ins>hello</ins>" in page
    first, second = TextVersion.objects.filter(template=clear, language="en").order_by("pk")
    assert (first.subject, first.written_by, second.written_by) == (original, None, User.objects.get(username="maria"))
    assert auditor.post(url, {"version": first.pk}).status_code == 403
    assert manager.post(url, {"version": first.pk}).status_code == 302
    assert english(clear).subject == original
    assert TextVersion.objects.filter(template=clear, language="en").count() == 3
    assert TextVersion.objects.filter(template=clear).count() == 6, "the other three languages are as they came"
    assert manager.post(url, {"version": 999_999}).status_code == 404


def test_command_tells_the_same_and_ends_with_a_status(clear: Template, capsys: pytest.CaptureFixture[str]) -> None:
    add(clear, BLAMING)
    call_command("check_texts")
    assert "Clear reminder (en): 1 warning, tone" in capsys.readouterr().out
    with pytest.raises(CommandError, match="1 of 16 texts to mend"):
        call_command("check_texts", "--strict", "--language", "en")
    capsys.readouterr()
    call_command("check_texts", "--json", "--language", "de")
    assert {told["language"] for told in json.loads(capsys.readouterr().out)} == {"de"}
    add(clear, "We call the police.")
    with pytest.raises(CommandError, match="to mend"):
        call_command("check_texts")


def test_command_checks_the_shipped_texts_on_an_empty_desk(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_texts", "--strict")
    told = capsys.readouterr().out
    assert told.count("as shipped: nothing to mend") == 36
    with pytest.raises(CommandError, match="no text in 'xx'"):
        call_command("check_texts", "--language", "xx")
