"""The review page: what waits, deciding on many at once, one letter's own page."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from dunning.models import Case, Notice, ReviewDecision
from dunning.operations.tick import tick
from tests.campaigns import REMINDER, standard_campaign
from tests.people import owes, reachable
from tests.screens.books import everything_stored
from tests.screens.pressing import press

PAGE, DECIDE = (f"admin:dunning_reviewdecision_{name}" for name in ("review", "decide"))


def propose(*names: str, amount: str = "120.00", currency: str = "EUR") -> list[Customer]:
    """A letter of each waits for review since an hour ago."""
    now = timezone.now() - timedelta(hours=1)
    if not Case.objects.exists():
        standard_campaign(now=now, is_reviewed=True)
    found = []
    for name in names:
        customer = reachable(name, time_zone=_zone_of_noon())
        owes(customer, amount, currency, due=str((now - timedelta(days=2)).date()))
        found.append(customer)
    tick(now=now)
    return found


def _zone_of_noon() -> str:
    """Where it is about noon now, so that letters leave."""
    ahead = 12 - timezone.now().hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


def decide(client: Client, act: str, *ticked: Customer, **told: str) -> str:
    """Press a button of the list as it is shown; returns what the next page says."""
    page = client.get(reverse(PAGE)).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(seen_at|shown|campaign|tone)" value="([^"]*)"', page))
    return send(client, {**hidden, "act": act, **told}, ticked)


def send(client: Client, form: dict[str, str], ticked: tuple[Customer, ...] = ()) -> str:
    ids = [str(Notice.objects.get(customer=customer).pk) for customer in ticked]
    answer = client.post(reverse(DECIDE), {**form, "ticked": ids}, follow=True)
    return " ".join(str(message) for message in answer.context["messages"])


def states() -> dict[str, str]:
    return dict(Notice.objects.values_list("customer__name", "state"))


def test_the_page_begins_with_totals_per_campaign_tone_and_currency(manager: Client) -> None:
    propose("Ada Lindgren", "Grace Okafor")
    propose("Jun Tanaka", amount="7000", currency="JPY")
    page = manager.get(reverse(PAGE))
    [pile] = page.context["piles"]
    assert (pile.campaign, pile.tone_words, pile.letters, pile.customers) == ("Standard", "friendly", 3, 3)
    assert {code: int(amount) for code, amount in pile.money.items()} == {"EUR": 240, "JPY": 7000}
    words = page.content.decode()
    assert "3 letters to 3 customers wait for review" in words
    assert "7,000\N{NO-BREAK SPACE}JPY" in words


def test_all_but_the_ticked_leave(manager: Client) -> None:
    _, grace, _ = propose("Ada Lindgren", "Grace Okafor", "Jun Tanaka")
    assert decide(manager, "release_others", grace) == "2 letters released."
    assert states() == {"Ada Lindgren": "queued", "Grace Okafor": "proposed", "Jun Tanaka": "queued"}
    assert {d.decided_by.username for d in ReviewDecision.objects.all() if d.decided_by} == {"maria"}


def test_only_the_ticked_leave(manager: Client) -> None:
    ada, _ = propose("Ada Lindgren", "Grace Okafor")
    assert decide(manager, "release_ticked", ada) == "1 letter released."
    assert states() == {"Ada Lindgren": "queued", "Grace Okafor": "proposed"}


def test_the_ticked_are_dropped_with_a_reason(manager: Client) -> None:
    ada, _ = propose("Ada Lindgren", "Grace Okafor")
    assert decide(manager, "drop_ticked", ada) == "Say why: the reason stands on the case."
    assert decide(manager, "drop_ticked", ada, reason="they called") == "1 letter dropped."
    assert states() == {"Ada Lindgren": "withdrawn", "Grace Okafor": "proposed"}


def test_nothing_ticked_is_asked_about(manager: Client) -> None:
    propose("Ada Lindgren")
    assert decide(manager, "release_ticked") == "Tick the letters that are meant."
    assert states() == {"Ada Lindgren": "proposed"}


def test_a_second_click_changes_nothing(manager: Client) -> None:
    propose("Ada Lindgren", "Grace Okafor")
    form = {"act": "release_others", "seen_at": timezone.now().isoformat(), "shown": "2"}
    assert send(manager, form) == "2 letters released."
    before = everything_stored()
    assert send(manager, form).startswith("0 letters released. 2 had been decided before")
    assert everything_stored() == before


def test_what_came_after_the_page_was_shown_waits(manager: Client) -> None:
    propose("Ada Lindgren")
    form = {"act": "release_others", "seen_at": timezone.now().isoformat(), "shown": "1"}
    propose("Grace Okafor")  # proposed at the same time, and stored only now
    assert send(manager, form) == "1 letter released."
    assert sorted(states().values()) == ["proposed", "queued"]


def test_the_list_can_be_narrowed_and_decides_on_what_it_shows(manager: Client) -> None:
    propose("Ada Lindgren")
    campaign = str(Case.objects.get().version.campaign_id)
    page = manager.get(reverse(PAGE), {"campaign": campaign, "tone": "1"})
    assert len(page.context["rows"]) == 1
    assert manager.get(reverse(PAGE), {"campaign": campaign, "tone": "2"}).context["rows"] == []
    assert decide(manager, "release_others", tone="2") == "0 letters released. 1 had been decided before, were " \
        "proposed anew, or are left for the next press."  # fmt: skip
    assert states() == {"Ada Lindgren": "proposed"}


@pytest.mark.parametrize("name", ["campaign", "tone", "page", "ticked", "seen_at", "shown"])
@pytest.mark.parametrize("value", ["", "-1", "x", "9" * 40, "²", "\x00"])
def test_bad_input_is_answered_with_a_page(manager: Client, name: str, value: str) -> None:
    propose("Ada Lindgren")
    assert manager.get(reverse(PAGE), {name: value}).status_code == 200
    form = {"act": "release_ticked", "seen_at": timezone.now().isoformat(), "shown": "1", name: value}
    assert manager.post(reverse(DECIDE), form, follow=True).status_code == 200
    assert states() == {"Ada Lindgren": "proposed"}


@pytest.mark.parametrize("role", ["auditor", "collector"])
def test_others_look_and_decide_nothing(role: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(role)
    [ada] = propose("Ada Lindgren")
    page = client.get(reverse(PAGE)).content.decode()
    assert "Ada Lindgren" in page
    assert "release_others" not in page
    before = everything_stored()
    form = {"act": "release_others", "seen_at": timezone.now().isoformat(), "shown": "1"}
    assert client.post(reverse(DECIDE), form).status_code == 403
    notice = Notice.objects.get(customer=ada)
    for button in ("release", "change_words", "drop"):
        url = reverse(f"admin:dunning_notice_{button}", args=[notice.pk])
        assert client.post(url, {"reason": "no"}).status_code == 403
    assert everything_stored() == before


def test_a_letter_s_page_shows_it_as_it_would_leave_and_changes_nothing(manager: Client) -> None:
    [ada] = propose("Ada Lindgren")
    before = everything_stored()
    page = manager.get(reverse("admin:dunning_notice_change", args=[Notice.objects.get().pk]))
    assert page.context["proof"]["subject"] == "Day 1"
    assert "€120.00 is still open" in page.context["proof"]["text"]
    assert everything_stored() == before
    case = manager.get(reverse("admin:dunning_case_change", args=[Case.objects.get(customer=ada).pk]))
    assert "Waits for review since" in case.content.decode()


def test_one_letter_is_released_changed_or_dropped_on_its_page(manager: Client) -> None:
    ada, grace, jun = propose("Ada Lindgren", "Grace Okafor", "Jun Tanaka")
    letter = {customer: Notice.objects.get(customer=customer) for customer in (ada, grace, jun)}
    assert press(manager, "release", letter[ada])[0].startswith("The letter is released")
    own = {"headline": "Short", "body": REMINDER}
    assert press(manager, "change_words", letter[grace], **own)[0].startswith("The letter has words of its own")
    shown = manager.get(reverse("admin:dunning_notice_change", args=[letter[grace].pk])).content.decode()
    assert "words changed" in shown
    [refusal] = press(manager, "change_words", letter[jun], headline="Short", body="Hello")
    assert "{invoice_list}" in refusal
    assert press(manager, "drop", letter[jun], reason="they called") == ["Dropped: they called"]
    assert states() == {"Ada Lindgren": "queued", "Grace Okafor": "proposed", "Jun Tanaka": "withdrawn"}
    said = press(manager, "release", letter[ada], seen_at=timezone.now().isoformat())
    assert said == ["This letter waits for review no longer, or was proposed anew. Look at it again."]


def test_the_first_page_says_how_many_wait_and_since_when(manager: Client) -> None:
    propose("Ada Lindgren", "Grace Okafor")
    [figure] = [f for f in manager.get(reverse("admin:index")).context["waiting"] if "review" in f.words]
    assert (figure.number, figure.words) == ("2", "letters wait for review")
    assert figure.note == "the oldest is 1 hour old"


def test_what_was_decided_is_counted(manager: Client) -> None:
    ada, grace = propose("Ada Lindgren", "Grace Okafor")
    decide(manager, "release_ticked", ada)
    decide(manager, "drop_ticked", grace, reason="they called")
    page = manager.get(reverse(PAGE))
    assert dict(page.context["lately"])["released unchanged"] == 1
    assert dict(page.context["lately"])["dropped"] == 1
    progress = page.context["progress"]
    assert (progress.released, progress.leaving) == (1, 1)


def test_the_page_takes_as_many_queries_for_three_letters_as_for_one(manager: Client) -> None:
    counts = []
    for names in (["Ada Lindgren"], ["Grace Okafor", "Jun Tanaka"]):
        propose(*names)
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(reverse(PAGE)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14
    assert User.objects.count() == 1
