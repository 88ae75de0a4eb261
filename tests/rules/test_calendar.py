"""Letters on working days: none on a weekend or holiday of the customer's country, and no step is lost by it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.calendar import is_working_day, working_days_later
from dunning.rules.decide import decide
from dunning.rules.decisions import Send, Wait
from dunning.rules.plan_ahead import wait_after
from tests.rules.cases import DAY_ZERO, EVENTS, PLAN, Event, Life, at, case, happen, invoice, reached

WORKING = replace(PLAN, working_days_only=True)
COUNTRIES = st.sampled_from(["DE", "US", "KW", "JP", "GB", "", "XX"])


@pytest.mark.parametrize(
    ("day", "country", "answer"),
    [
        (date(2026, 12, 25), "DE", False),
        (date(2026, 12, 28), "DE", True),
        (date(2026, 12, 28), "GB", False),  # Boxing Day falls on a Saturday
        (date(2026, 11, 22), "DE", False),  # a Sunday
        (date(2026, 11, 22), "KW", True),
        (date(2026, 11, 20), "KW", False),  # a Friday
        (date(2026, 7, 4), "", False),
        (date(2026, 12, 25), "XX", True),  # nothing is known of its holidays
    ],
)
def test_working_days_are_those_of_the_customers_country(day: date, country: str, answer: bool) -> None:
    assert is_working_day(day, country) is answer


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), COUNTRIES)
def test_the_day_for_a_letter_is_the_next_that_lets_it_through(day: date, country: str) -> None:
    found = working_days_later(day, 0, country)
    assert day <= found <= day + timedelta(days=12)
    assert is_working_day(found, country)
    assert not any(is_working_day(day + timedelta(days=n), country) for n in range((found - day).days))


def test_a_letter_due_on_a_sunday_leaves_on_monday_morning() -> None:
    """DAY_ZERO is a Monday, so day +7 falls due on Monday the 12th, and one day later counts from Sunday the 11th."""
    due = invoice(DAY_ZERO - timedelta(days=1))
    facts = case(due, plan=WORKING, country="DE", runs=(reached(1, at(-1)),))
    wait = decide(facts, now=at(-1))
    assert isinstance(wait, Wait)
    assert wait.until == at(7, 9)
    assert wait.reason == (
        "day +7: the oldest open invoice fell due on 4 January 2026; no letter leaves on 11 January 2026 there"
    )
    early = decide(facts, now=at(6))
    assert isinstance(early, Wait)
    assert "only on the customer's working days" in early.reason
    assert isinstance(decide(facts, now=at(7)), Send)


def test_a_letter_that_a_weekend_kept_back_does_not_put_off_the_next() -> None:
    life = Life(case(invoice(DAY_ZERO + timedelta(days=1)), plan=WORKING, country="DE"))  # falls due on a Tuesday
    for hours in range(-6 * 24, 40 * 24, 6):
        life.look(at(0, 0) + timedelta(hours=hours))
    days = [(sent.date() - DAY_ZERO).days - 1 for sent, _ in life.letters]
    assert days == [-1, 1, 7, 14, 30]  # day -3 was a Saturday


@given(st.lists(st.tuples(st.integers(1, 30), EVENTS), min_size=1, max_size=40), COUNTRIES)
def test_rest_days_keep_letters_back_and_use_up_no_step(gaps: list[tuple[int, Event]], country: str) -> None:
    life = Life(case(invoice(DAY_ZERO), plan=WORKING, country=country))
    now = at(-6)
    for hours, event in gaps:
        now += timedelta(hours=hours)
        happen(life, event, now)
        life.look(now)
    assert all(is_working_day(sent.date(), country) for sent, _ in life.letters)


@pytest.mark.parametrize("country", ["DE", "US", "KW", ""])
def test_who_never_answers_gets_every_step_once(country: str) -> None:
    life = Life(case(invoice(DAY_ZERO), plan=WORKING, country=country))
    for hours in range(-6 * 24, 60 * 24, 6):
        life.look(at(0, 0) + timedelta(hours=hours))
    assert [send.step.offset_days for _, send in life.letters] == [-3, 1, 7, 14, 30]


def test_letters_of_two_days_that_a_holiday_brings_together_leave_on_two_days() -> None:
    new_year, day_after = date(2026, 1, 1), date(2026, 1, 2)
    first, second = replace(PLAN.reminders[1], offset_days=0), replace(PLAN.reminders[2], offset_days=1)
    facts = case(invoice(new_year), plan=replace(WORKING, reminders=(first, second)), country="DE")
    now = datetime.combine(day_after, time(10), UTC)
    send = decide(facts, now=now)
    assert isinstance(send, Send) and send.step == first
    wait = wait_after(facts, send, now=now)
    assert (wait.step, wait.until) == (second, datetime(2026, 1, 5, 9, tzinfo=UTC))
