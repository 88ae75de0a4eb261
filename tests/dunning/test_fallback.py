"""A step that goes by several ways: what is queued, told and sent; never two messages that both arrived."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from customers.models import Contact, Customer
from dunning.channels.news import DeliveryNews
from dunning.models import (
    CampaignVersion,
    Case,
    CaseEvent,
    Fallback,
    Notice,
    Profile,
    StepRun,
    Task,
    Template,
)
from dunning.operations import campaign_files, drafts
from dunning.operations.advance import advance_due, facts_of
from dunning.operations.campaigns import CampaignRefusal, draft_of, publish
from dunning.operations.deliver import deliver
from dunning.operations.delivery_news import apply_news, take_in
from dunning.operations.tick import tick
from dunning.queries.story import story
from dunning.queries.versions import comparison_of
from dunning.queries.why import why
from dunning.rules.delivery_news import NewsKind
from tests.campaigns import standard_campaign, template_named
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
SHORT = "{company_name}: please look at your page: {pay_link} STOP/BAJA"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def mails(settings: Settings, tmp_path: Path) -> Provider:
    """E-mail and text messages end at providers of their own."""
    settings.DUNNING_CONNECTIONS = 1
    settings.DUNNING_CHANNELS = {
        alias: {"class": "tests.provider.Provider", "options": {"journal": str(tmp_path / alias)}}
        for alias in ("email", "sms", "post")
    }
    return Provider(str(tmp_path / "email"))


@pytest.fixture
def texts(mails: Provider) -> Provider:
    return Provider(str(mails.journal.parent / "sms"))


@pytest.fixture
def version(mails: Provider) -> CampaignVersion:
    """Day 1 goes by e-mail, then by text message; word of delivery is waited for a day."""
    campaign = standard_campaign(now=NOW).campaign
    draft = draft_of(campaign, now=NOW)
    drafts.set_ways(draft.steps.get(offset_days=1), [("sms", short())], wait_hours=24, now=NOW)
    return publish(draft, now=NOW)


def short() -> Template:
    text = template_named("short", "Your account", SHORT)
    Template.objects.filter(pk=text.pk).update(channel="sms")
    text.refresh_from_db()
    return text


def ada(*, email: str = "ada@example.com", phone: str = "0151 23456789") -> Customer:
    customer = reachable(email=email or "x@example.com", country="DE")
    Contact.objects.filter(customer=customer).update(email=email, phone=phone)
    owes(customer, "90.00", due="2026-03-01")
    return customer


def hear(kind: NewsKind, notice: Notice, at: datetime) -> None:
    told = DeliveryNews(
        channel=notice.channel, provider="Provider", kind=kind, event_id=f"{kind}{notice.pk}", happened_at=at,
        notice_id=str(notice.pk), recipient=notice.address, said="", detail="550 no such user", reference="", raw=b"",
    )  # fmt: skip
    take_in([told], now=at)
    apply_news(now=at)


def lines() -> list[str]:
    """Title and text of what happened to the case, oldest first."""
    case = Case.objects.select_related("customer", "next_step").get()
    told = why(case, facts_of(case, now=NOW), now=NOW)
    return [f"{line.title}: {line.text}" for line in reversed(story(case, told.steps))]


def test_without_an_address_the_step_goes_the_next_way_at_once(version: CampaignVersion, texts: Provider) -> None:
    ada(email="")
    tick(now=NOW)
    [message] = texts.accepted()
    assert message["to"] == "+4915123456789"
    assert message["text"].endswith(" STOP/BAJA")
    assert StepRun.objects.get(outcome="done").reason.endswith("; by text message, as no usable email address on file")


def test_bounce_sends_the_step_the_next_way_with_the_reason_on_the_case(
    version: CampaignVersion, mails: Provider, texts: Provider
) -> None:
    ada()
    tick(now=NOW)
    hear(NewsKind.BOUNCED, Notice.objects.get(), NOW + HOUR)
    tick(now=NOW + DAY)
    assert (len(mails.accepted()), len(texts.accepted())) == (1, 1)
    assert StepRun.objects.get(outcome="done").reason.endswith("; by text message, as what went by e-mail came back")
    assert any("by text message, as what went by e-mail came back" in line for line in lines())


def test_silence_sends_it_once_more_another_way_and_then_asks_a_person(
    version: CampaignVersion, mails: Provider, texts: Provider
) -> None:
    ada()
    tick(now=NOW)
    hear(NewsKind.ACCEPTED, Notice.objects.get(), NOW + HOUR)
    hear(NewsKind.OPENED, Notice.objects.get(), NOW + HOUR)  # by a robot, perhaps
    for hours in (2, 23, 24, 25, 30, 47):
        tick(now=NOW + hours * HOUR)
    assert (len(mails.accepted()), len(texts.accepted())) == (1, 1)
    event = CaseEvent.objects.get(kind="fallback")
    assert event.text.startswith("no word of delivery by e-mail (sent on 2 March 2026)")
    assert any(line.startswith("Another way, as nothing was heard of the first") for line in lines())
    hear(NewsKind.ACCEPTED, Notice.objects.get(channel="sms"), NOW + 30 * HOUR)
    for hours in (50, 60, 74):
        tick(now=NOW + hours * HOUR)
    task = Task.objects.get()
    assert (task.kind, task.queue) == ("unreached", "addresses")
    assert "no word of delivery by e-mail (sent on 2 March 2026), by text message (sent on 3 March 2026)" in task.script
    assert StepRun.objects.filter(outcome="done").count() == 1
    assert (len(mails.accepted()), len(texts.accepted())) == (1, 1)


def test_delivery_heard_in_time_ends_it(version: CampaignVersion, texts: Provider) -> None:
    ada()
    tick(now=NOW)
    hear(NewsKind.DELIVERED, Notice.objects.get(), NOW + HOUR)
    for hours in (24, 25, 48):
        tick(now=NOW + hours * HOUR)
    assert texts.accepted() == []


def test_delivery_heard_while_the_next_way_waits_to_leave_takes_that_back(version: CampaignVersion) -> None:
    ada()
    tick(now=NOW)
    first = Notice.objects.get()
    Notice.objects.filter(pk=first.pk).update(delivery="accepted")
    Case.objects.update(next_action_at=NOW + DAY)
    assert advance_due(now=NOW + DAY)["queued"] == 1
    hear(NewsKind.DELIVERED, first, NOW + DAY)
    assert deliver(now=NOW + DAY)["withdrawn"] == 1
    run = StepRun.objects.get(step=first.step_id)
    assert (run.outcome, Notice.objects.get(channel="sms").state) == ("done", "withdrawn")


def test_database_itself_lets_no_second_message_leave_once_the_first_arrived(version: CampaignVersion) -> None:
    customer = ada()
    tick(now=NOW)
    first = Notice.objects.get()
    second = Notice.objects.create(
        case_id=first.case_id, step_id=first.step_id, customer=customer, contact_id=first.contact_id, channel="sms",
        state="leased", queued_at=NOW, due_at=NOW, lease_token="00000000-0000-4000-8000-000000000001",
        lease_until=datetime.now(tz=NOW.tzinfo) + DAY,
    )  # fmt: skip
    message = '{"address": "+4915123456789", "held_as": "0151 23456789", "language": "en", "subject": "", "body": "x", '
    message += '"lines": [], "link": null, "key": "k"}'
    invoice = customer.invoices.get()
    facts = [second.pk, second.lease_token, 1, NOW, "open", [f"{invoice.pk}:{invoice.balance}"], [], message]
    for delivery, may_go in (("delivered", False), ("accepted", True)):
        Notice.objects.filter(pk=first.pk).update(delivery=delivery)
        with connection.cursor() as cursor:
            cursor.execute("SELECT dunning_mark_calling(%s, %s, %s, %s, %s, %s::text[], %s::text[], %s)", facts)
            assert cursor.fetchone() == (may_go,), delivery


def test_bounce_of_the_first_leaves_the_second_standing(version: CampaignVersion) -> None:
    ada()
    tick(now=NOW)
    first = Notice.objects.get()
    hear(NewsKind.ACCEPTED, first, NOW + HOUR)
    tick(now=NOW + 25 * HOUR)
    hear(NewsKind.BOUNCED, first, NOW + 26 * HOUR)
    run = StepRun.objects.get(step=first.step_id)
    assert (run.outcome, Notice.objects.get(pk=first.pk).state) == ("done", "refused")


def test_profile_chooses_among_the_steps_ways_unless_it_is_switched_off(
    version: CampaignVersion, mails: Provider, texts: Provider
) -> None:
    told = {"channel": "sms", "channel_times": 3, "channel_of": 3}
    Profile.objects.create(customer=ada(), is_stale=False, **told)
    tick(now=NOW)
    assert (len(mails.accepted()), len(texts.accepted())) == (0, 1)
    said = StepRun.objects.get(outcome="done").reason
    assert said.endswith("; by text message, as they usually pay after one that came so")
    other = reachable("Grace Okafor", country="DE")
    Contact.objects.filter(customer=other).update(phone="0151 98765432")
    owes(other, "90.00", due="2026-03-01")
    Profile.objects.create(customer=other, is_stale=False, is_used=False, **told)
    tick(now=NOW + DAY)
    assert [message["to"] for message in mails.accepted()] == ["grace-okafor@example.com"]


def test_each_way_needs_a_text_written_for_it_before_publishing(version: CampaignVersion) -> None:
    draft = draft_of(version.campaign, now=NOW)
    step = draft.steps.get(offset_days=7)
    drafts.set_ways(step, [("sms", Template.objects.get(key__endswith="day-7"))], wait_hours=0, now=NOW)
    with pytest.raises(CampaignRefusal, match="written for e-mail"):
        publish(draft, now=NOW)
    with pytest.raises(CampaignRefusal, match="each channel once"):
        drafts.set_ways(step, [("email", Template.objects.get(key="short"))], wait_hours=0, now=NOW)
    with pytest.raises(CampaignRefusal, match="Only reminders"):
        thanks = draft.steps.get(kind="thanks")
        drafts.set_ways(thanks, [("sms", Template.objects.get(key="short"))], wait_hours=0, now=NOW)


def test_ways_stay_with_the_version_and_go_through_copy_and_file(version: CampaignVersion) -> None:
    step = version.steps.get(offset_days=1)
    with pytest.raises(CampaignRefusal, match="frozen"):
        drafts.set_ways(step, [], wait_hours=0, now=NOW)
    with pytest.raises(Exception, match="published campaign version"):
        Fallback.objects.all().delete()


def test_copy_and_file_bring_the_ways_along(version: CampaignVersion) -> None:
    copied = draft_of(version.campaign, now=NOW).steps.get(offset_days=1)
    assert (list(copied.fallbacks.values_list("channel")), copied.wait_hours) == ([("sms",)], 24)
    brought = campaign_files.take_in(campaign_files.export(version), name="Brought", now=NOW)
    assert campaign_files.export(brought).replace("Brought", "Standard") == campaign_files.export(version)
    drafts.set_ways(copied, [], wait_hours=0, now=NOW)
    compared = comparison_of(copied.version)
    assert compared and compared.diff.in_words[0] == (
        "Friendly reminder (day +1): then text messages (“short”) → no other way, "
        "waits for word of delivery 24 → 0 hours"
    )
