"""Caps, wishes and hours: never one contact too many, and what is put off is not lost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.by_hand import hurry
from dunning.rules.contact import call_words
from dunning.rules.decide import decide
from dunning.rules.decisions import Close, Send, Wait
from dunning.rules.facts import HoldFact
from dunning.rules.hours import OpenHours, narrowed
from dunning.rules.limits import Cap, Contacted, Limits, Stop, capped
from dunning.rules.recheck import Withdraw, recheck
from dunning.rules.words import Attention, Outcome
from tests.rules.cases import DAY_ZERO, EVENTS, PLAN, STEPS, ZONES, Event, Life, at, case, happen, invoice, reached

OURS = (Cap(1, 1, "ours"), Cap(3, 7, "ours"))
CALLS = (Cap(7, 7, "Regulation F", "call"), Cap(1, 7, "Regulation F", "call", talks_only=True))
MONDAY = DAY_ZERO
CAPS = st.lists(
    st.builds(
        Cap,
        at_most=st.integers(1, 4),
        days=st.integers(1, 30),
        source=st.just("ours"),
        channel=st.sampled_from(["", "email", "call"]),
        talks_only=st.booleans(),
    ),
    max_size=4,
)


def worst(days: Sequence[date], span: int) -> int:
    """The most that any `span` days in a row hold."""
    return max((sum(first <= day < first + timedelta(days=span) for day in days) for first in days), default=0)


@given(CAPS, st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["email", "call"]), st.booleans()), max_size=60))
def test_no_window_of_any_cap_ever_holds_more_than_it_allows(
    caps: list[Cap], wishes: list[tuple[int, str, bool]]
) -> None:
    """Whoever wants to make contact as often as possible, on whatever channel, is told when it is one too many."""
    limits, today = Limits(caps=tuple(caps)), MONDAY
    for days, channel, is_talk in wishes:
        today += timedelta(days=days)
        if capped(limits, channel, today) is None:
            contact = Contacted(today, channel, is_talk and channel == "call")
            limits = replace(limits, contacts=(*limits.contacts, contact))
    for cap in caps:
        counted = [contact.on for contact in limits.contacts if cap.counts(contact)]
        assert worst(counted, cap.days) <= cap.at_most


@given(CAPS, st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["email", "call"]), st.booleans()), max_size=20))
def test_the_day_it_names_is_the_first_free_one(caps: list[Cap], past: list[tuple[int, str, bool]]) -> None:
    contacts = tuple(Contacted(MONDAY - timedelta(days=ago), channel, talk) for ago, channel, talk in past)
    limits = Limits(contacts, tuple(caps))
    full = capped(limits, "email", MONDAY)
    if full is None:
        return
    assert full.free_on > MONDAY
    assert capped(limits, "email", full.free_on) is None
    assert capped(limits, "email", full.free_on - timedelta(days=1)) is not None


@given(st.lists(st.tuples(st.integers(1, 30), EVENTS), min_size=1, max_size=40), ZONES)
def test_letters_of_a_whole_life_stay_under_the_caps(gaps: list[tuple[int, Event]], zone: str) -> None:
    life = Life(case(invoice(DAY_ZERO), zone=zone, limits=Limits(caps=OURS)))
    now = at(-6)
    for hours, event in gaps:
        now += timedelta(hours=hours)
        happen(life, event, now)
        life.look(now)
    days = [life.facts.local(sent).date() for sent, _ in life.letters]
    assert worst(days, 1) <= 1
    assert worst(days, 7) <= 3


@given(st.sets(st.integers(0, 45)))
def test_a_cap_uses_up_no_step(others: set[int]) -> None:
    """Contacts from elsewhere put letters off; each step is still sent, or skipped because a later one was due."""
    contacts = tuple(Contacted(MONDAY + timedelta(days=day), "email") for day in sorted(others))
    life = Life(case(invoice(DAY_ZERO)))
    for hours in range(-6 * 24, 90 * 24, 12):
        now = at(0, 0) + timedelta(hours=hours)
        sent = tuple(Contacted(life.facts.local(when).date(), "email") for when, _ in life.letters)
        past = tuple(contact for contact in contacts if contact.on <= now.date())
        life.facts = replace(life.facts, limits=Limits((*past, *sent), OURS))
        life.look(now)
    ended = {run.step_id for run in life.facts.runs if run.outcome != Outcome.DELAYED}
    assert ended == {step.id for step in STEPS}
    assert life.letters[-1][1].step.offset_days == 30


def test_full_cap_puts_the_letter_off_and_says_until_when() -> None:
    contacts = tuple(Contacted(MONDAY + timedelta(days=day), "call") for day in (-4, -2, 0))
    facts = case(invoice(DAY_ZERO), limits=Limits(contacts, OURS))
    wait = decide(facts, now=at(1))
    assert isinstance(wait, Wait)
    assert (wait.until, wait.delays, wait.attention) == (at(3, 9), True, Attention.NONE)
    assert wait.reason.endswith("at most 3 contacts in 7 days (ours), so not before 8 January 2026")
    assert isinstance(decide(facts, now=at(3)), Send)


def test_full_cap_refuses_a_person_too() -> None:
    facts = case(invoice(DAY_ZERO), limits=Limits((Contacted(MONDAY + timedelta(days=2), "email"),), OURS))
    assert hurry(facts, now=at(2), who="nia", meant=1) == (
        "Not now: at most 1 contact a day (ours), so not before 8 January 2026."
    )


def test_contact_between_decision_and_sending_puts_the_letter_off() -> None:
    facts = case(invoice(DAY_ZERO), limits=Limits((Contacted(MONDAY + timedelta(days=1), "call"),), OURS))
    verdict = recheck(facts, STEPS[1], case_is_open=True, now=at(1))
    assert isinstance(verdict, Withdraw)
    assert verdict.outcome is Outcome.DELAYED


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ([], "calls are fine today"),
        ([(0, False)] * 7, "no call today: at most 7 calls in 7 days (Regulation F), so not before 12 January 2026"),
        ([(0, True)], "no call today: at most 1 talk in 7 days (Regulation F), so not before 12 January 2026"),
        ([(-7, True)], "calls are fine today"),
        ([(-6, True)], "no call today: at most 1 talk in 7 days (Regulation F), so not before 6 January 2026"),
    ],
)
def test_calls_follow_the_rule_of_seven(calls: list[tuple[int, bool]], said: str) -> None:
    made = tuple(Contacted(MONDAY + timedelta(days=day), "call", talk) for day, talk in calls)
    assert call_words(case(invoice(DAY_ZERO), limits=Limits(made, CALLS)), at(0)) == said


def test_call_rule_stops_no_letter() -> None:
    made = (Contacted(MONDAY, "call", is_talk=True),)
    assert isinstance(decide(case(invoice(DAY_ZERO), limits=Limits(made, CALLS)), now=at(1)), Send)


@pytest.mark.parametrize(
    "stop", [Stop("", ""), Stop("email", ""), Stop("", "reminders"), Stop("email", "reminders")], ids=str
)
def test_unwanted_reminder_waits_for_a_person(stop: Stop) -> None:
    facts = case(invoice(DAY_ZERO), limits=Limits(stops=(stop,)))
    wait = decide(facts, now=at(1))
    assert isinstance(wait, Wait)
    assert (wait.attention, wait.delays) == (Attention.OPTED_OUT, True)
    assert "wants no such letters" in str(hurry(facts, now=at(1), who="nia", meant=1))


@pytest.mark.parametrize("stop", [Stop("sms", ""), Stop("", "early"), Stop("email", "thanks")], ids=str)
def test_other_wishes_stop_no_reminder(stop: Stop) -> None:
    assert isinstance(decide(case(invoice(DAY_ZERO), limits=Limits(stops=(stop,))), now=at(1)), Send)


def test_unwanted_early_notice_is_skipped_and_the_reminder_goes() -> None:
    life = Life(case(invoice(DAY_ZERO), limits=Limits(stops=(Stop("", "early"),))))
    for day in range(-5, 3):
        life.look(at(day))
    assert [send.step.offset_days for _, send in life.letters] == [1]


@pytest.mark.parametrize(
    "limits", [{"limits": Limits(stops=(Stop("", "thanks"),))}, {"holds": (HoldFact("died", None, kind="deceased"),)}]
)
def test_unwanted_thanks_are_not_said(limits: dict[str, object]) -> None:
    facts = case(runs=(reached(1, at(1)),), **limits)
    close = decide(facts, now=at(3))
    assert isinstance(close, Close)
    assert (close.thanks, len(close.skips)) == (None, 1)
    assert PLAN.thanks
    assert isinstance(recheck(facts, PLAN.thanks, case_is_open=False, now=at(3)), Withdraw)


def test_vulnerable_customer_waits_for_a_person_who_may_send() -> None:
    facts = case(invoice(DAY_ZERO), limits=Limits(is_vulnerable=True))
    wait = decide(facts, now=at(1))
    assert isinstance(wait, Wait)
    assert (wait.attention, wait.step) == (Attention.VULNERABLE, STEPS[1])
    assert isinstance(hurry(facts, now=at(1), who="nia", meant=1), Send)


@given(
    st.times(), st.times(), st.lists(st.tuples(st.times(), st.times(), st.sampled_from(["1234567", "67"])), max_size=3)
)
def test_the_narrower_window_wins(opens: time, closes: time, rows: list[tuple[time, time, str]]) -> None:
    hours = tuple(OpenHours(*row) for row in rows)
    for weekday in (1, 6):
        first, last = narrowed(opens, closes, hours, weekday)
        assert first >= opens
        assert last <= closes
        asked = [row for row in hours if str(weekday) in row.weekdays]
        assert all(first >= row.opens and last <= row.closes for row in asked)


def test_letters_keep_the_hours_of_the_country() -> None:
    """The campaign lets letters leave from 9; on Saturday and Sunday the country lets none in before 10."""
    hours = (OpenHours(time(8), time(21)), OpenHours(time(10), time(12), "67"))
    facts = case(invoice(DAY_ZERO + timedelta(days=4)), limits=Limits(hours=hours))  # day +1 is a Saturday
    early = decide(facts, now=at(5, 9))
    assert isinstance(early, Wait)
    assert early.until == at(5, 10)
    assert "(10:00–12:00, UTC)" in early.reason
    assert isinstance(decide(facts, now=at(5, 10)), Send)
    late = decide(facts, now=at(5, 12))
    assert isinstance(late, Wait)
    assert late.until == at(6, 10)


def test_hours_that_leave_no_time_on_a_day_move_the_letter_and_lose_no_step() -> None:
    hours = (OpenHours(time(19), time(21), "67"),)  # after the campaign's last hour
    life = Life(case(invoice(DAY_ZERO + timedelta(days=4)), limits=Limits(hours=hours)))
    for tick in range(-6 * 24, 60 * 24, 6):
        life.look(at(0, 0) + timedelta(hours=tick))
    days = [(sent.date() - DAY_ZERO).days - 4 for sent, _ in life.letters]
    assert days == [-3, 3, 7, 14, 31]
