"""Suggestions are made once a month, change nothing by themselves, and become a draft with its rehearsal."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client

from customers.models import ContactStop
from dunning.models import (
    Campaign,
    CampaignVersion,
    Case,
    EngineState,
    Feedback,
    Notice,
    Rehearsal,
    Step,
    Suggestion,
    Task,
    Template,
    TemplateText,
)
from dunning.operations import suggestions
from dunning.operations.campaigns import CampaignRefusal, draft_of, publish
from dunning.operations.suggestions import REMEMBERED, SuggestionRefusal, draft_from, suggest
from dunning.operations.tick import tick
from dunning.queries.versions import comparison_of, written
from dunning.rules.suggestions import Kind, TriesSeen
from dunning.snapshot.plans import read_plan
from dunning.snapshot.suggesting import calls_seen, followed, letters_seen, tries_seen
from tests.campaigns import standard_campaign
from tests.habits import tried
from tests.people import NOW, owes, pays, reachable
from tests.provider import Provider
from tests.screens.pressing import press

pytestmark = pytest.mark.django_db
MONTH = NOW.date().replace(day=1)
LATER = NOW + timedelta(days=60)


def suggested(version: CampaignVersion, kind: Kind, day: int = 7, **facts: object) -> Suggestion:
    step = version.steps.get(offset_days=day)
    return Suggestion.objects.create(
        **{"month": MONTH, "kind": kind, "step": step, "says": "Do.", "made_at": NOW, **facts}
    )


def test_suggestions_are_made_once_a_month(provider: Provider) -> None:
    """Twenty-five readers of the first letter find it unclear."""
    standard_campaign(now=NOW)
    for one in range(25):
        owes(reachable("Ada Lindgren", number=f"C-{one}"), "10.00", due="2026-03-01")
    tick(now=NOW)
    for notice in Notice.objects.all():
        told = {"case": notice.case, "customer": notice.customer, "notice": notice, "step": notice.step}
        Feedback.objects.create(**told, is_clear=False, given_at=NOW)
    assert suggest(now=LATER) == 1
    made = Suggestion.objects.get()
    assert (made.kind, made.says) == (
        Kind.REWRITE,
        "Many do not understand the friendly reminder (day +1). Write its text anew.",
    )
    assert made.evidence == ["25 of 25 readers who answered found it unclear: 100.0% (86.7% to 100.0%)"]
    assert suggest(now=LATER + timedelta(days=1)) == 0
    publish(draft_of(Campaign.objects.get(), now=LATER), now=LATER)
    Feedback.objects.update(step=Step.objects.get(version__number=2, offset_days=1))
    Notice.objects.update(step=Step.objects.get(version__number=2, offset_days=1))
    assert suggest(now=LATER + timedelta(days=31)) == 0
    Suggestion.objects.update(made_at=LATER - REMEMBERED)
    assert suggest(now=LATER + timedelta(days=62)) == 1


def test_suggestions_are_one_workers_and_hold_nobody_back_meanwhile() -> None:
    EngineState.objects.create(pk=1, suggesting_at=LATER)
    assert suggest(now=LATER + timedelta(minutes=14)) == 0
    assert EngineState.objects.get().suggested_on is None
    suggest(now=LATER + timedelta(minutes=16))
    assert (EngineState.objects.get().suggested_on, EngineState.objects.get().suggesting_at) == (
        LATER.date().replace(day=1),
        None,
    )


def test_letters_are_counted_with_what_followed_them(provider: Provider) -> None:
    version = standard_campaign(now=NOW)
    people = [reachable("Ada Lindgren", number=f"C-{one}") for one in range(3)]
    for customer in people:
        owes(customer, "10.00", due="2026-03-01")
    tick(now=NOW)
    pays(people[0], "10.00", NOW + timedelta(days=2))
    ContactStop.objects.create(customer=people[1], channel="sms", source="By mail", since=NOW + timedelta(days=1))
    tick(now=NOW + timedelta(days=2))
    [seen] = letters_seen(followed(), now=LATER)
    assert (seen.step_id, seen.sent, seen.paid, seen.annoyed) == (version.steps.get(offset_days=1).pk, 3, 1, 1)
    assert not seen.is_kept


def test_calls_are_counted_by_segment_with_those_that_settled_before(provider: Provider) -> None:
    standard_campaign(now=NOW, steps=[(1, 1)], actions={"call": 1})
    customer = reachable("Ada Lindgren", segment="key account")
    owes(customer, "10.00", due="2026-03-01")
    tick(now=NOW)
    assert Task.objects.get().kind == "call"
    pays(customer, "10.00", NOW + timedelta(days=2))
    tick(now=NOW + timedelta(days=2))
    assert Case.objects.get().state == "closed"
    [seen] = calls_seen(followed(), now=LATER)
    assert (seen.segment, seen.calls, seen.settled) == ("key account", 1, 1)


def test_charges_are_counted_by_the_hour_of_the_customers_day_under_campaigns_that_charge(provider: Provider) -> None:
    version = standard_campaign(now=NOW, charge_on=40)
    customer = reachable("Ada Lindgren", time_zone="Asia/Tokyo")
    owes(customer, "10.00", due="2026-03-01")
    tick(now=NOW)
    midnight = NOW.replace(hour=0)
    for hour in (1, 2, 20):
        tried(customer, midnight + timedelta(days=2, hours=hour), attended=False)
    tried(customer, midnight - timedelta(days=30), attended=False)
    tried(reachable("Grace Okafor"), midnight + timedelta(days=2, hours=9), attended=False)
    charge = version.steps.get(kind="charge")
    assert tries_seen([version], now=LATER) == [TriesSeen(charge.pk, str(charge), hour, 1, 0) for hour in (10, 11)]


def test_draft_leaves_the_letter_out_and_is_rehearsed_and_nothing_is_published(maria: User) -> None:
    version = standard_campaign(now=NOW)
    rehearsal = draft_from(one := suggested(version, Kind.LEAVE_OUT), now=NOW, by=maria)
    draft = CampaignVersion.objects.get(published_at=None)
    assert (rehearsal.version, rehearsal.days) == (draft, 30)
    assert [step.day for step in written(draft).steps if step.kind == "reminder"] == [-3, 1, 14, 30]
    one.refresh_from_db()
    assert (one.state, one.draft, one.decided_by) == ("drafted", draft, maria)
    with pytest.raises(SuggestionRefusal, match="decided already"):
        draft_from(one, now=NOW, by=maria)


def test_draft_has_a_copy_of_the_text_to_be_written_anew(maria: User) -> None:
    version = standard_campaign(now=NOW)
    before = TemplateText.objects.count()
    draft_from(suggested(version, Kind.REWRITE), now=NOW, by=maria)
    old, new = (v.steps.get(offset_days=7).template for v in CampaignVersion.objects.order_by("number"))
    assert old is not None and new is not None
    assert (new.name, new.texts.count()) == (f"{old.name}, anew (1)", old.texts.count())
    assert TemplateText.objects.count() == before + old.texts.count()


def test_draft_spares_a_segment_the_call(maria: User) -> None:
    version = standard_campaign(now=NOW, actions={"call": 20})
    draft_from(suggested(version, Kind.SPARE_CALL, 20, detail="key account"), now=NOW, by=maria)
    [call] = [s for s in written(CampaignVersion.objects.get(published_at=None)).steps if s.kind == "call"]
    assert call.only_if == "segment is not key account"


def test_draft_charges_at_other_hours(maria: User) -> None:
    version = standard_campaign(now=NOW, charge_on=20)
    draft_from(suggested(version, Kind.OTHER_HOUR, 20, detail="8"), now=NOW, by=maria)
    draft = CampaignVersion.objects.get(published_at=None)
    assert read_plan(draft).hours_not_charged == {8}
    comparison = comparison_of(draft)
    assert comparison is not None
    assert comparison.diff.in_words == ["Stored cards are not charged at 8–9 h"]


def test_step_is_found_again_at_its_place_and_never_guessed(maria: User) -> None:
    version = standard_campaign(now=NOW, actions={"call": 20})
    one = suggested(version, Kind.SPARE_CALL, 20, detail="key account")
    draft = draft_of(version.campaign, now=NOW)
    call = draft.steps.get(kind="call")
    Step.objects.create(
        version=draft, position=300, kind="call", offset_days=20, queue="vip", script="Ask.", due_days=2
    )
    publish(draft, now=NOW)
    draft_from(one, now=NOW, by=maria)
    changed = CampaignVersion.objects.get(published_at=None)
    assert [bool(step.conditions) for step in changed.steps.filter(kind="call").order_by("position")] == [True, False]
    Step.objects.filter(version=changed, kind="call").update(position=F("position") + 50, conditions=[])
    publish(changed, now=NOW)
    Suggestion.objects.update(state="open", decided_at=None)
    with pytest.raises(SuggestionRefusal, match="several steps"):
        draft_from(one, now=NOW, by=maria)
    assert call.queue == "calls"


def test_text_is_rewritten_though_a_former_copy_was_deleted(maria: User) -> None:
    one = suggested(standard_campaign(now=NOW), Kind.REWRITE)
    for number in (1, 2):
        draft_from(one, now=NOW, by=maria)
        Suggestion.objects.update(state="open", decided_at=None, draft=None, rehearsal=None)
        Rehearsal.objects.all().delete()
        CampaignVersion.objects.filter(published_at=None).delete()
        assert Template.objects.filter(key__endswith=f"-new-{number}").exists()
    Template.objects.get(key__endswith="-new-1").delete()
    draft_from(one, now=NOW, by=maria)
    assert Template.objects.filter(key__contains="-new-").count() == 2


def test_no_draft_is_made_beside_another(maria: User) -> None:
    version = standard_campaign(now=NOW)
    draft_of(version.campaign, now=NOW)
    with pytest.raises(CampaignRefusal, match="one draft at a time"):
        draft_from(suggested(version, Kind.LEAVE_OUT), now=NOW, by=maria)


def test_dismissed_suggestion_keeps_its_reason(maria: User) -> None:
    one = suggested(standard_campaign(now=NOW), Kind.LEAVE_OUT)
    suggestions.dismiss(one, reason="Our auditors want it", now=NOW, by=maria)
    one.refresh_from_db()
    assert (one.state, one.reason) == ("dismissed", "Our auditors want it")


def test_manager_makes_a_draft_with_one_press(client: Client, provider: Provider) -> None:
    one = suggested(standard_campaign(now=NOW), Kind.LEAVE_OUT)
    client.force_login(User.objects.create_superuser("frida"))
    [said] = press(client, "make_draft", one)
    assert said.startswith("Standard v2 (draft) is ready to be looked at, and its rehearsal with it.")
    one.refresh_from_db()
    assert one.rehearsal is not None
    assert one.rehearsal.state == "done"
