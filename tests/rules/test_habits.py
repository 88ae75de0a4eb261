"""Habits: a letter may wait for the customer's hour or weekday, never longer, never twice, never earlier."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunning.rules.decide import decide
from dunning.rules.decisions import Send, Wait
from dunning.rules.facts import CaseFacts
from dunning.rules.habits import FIRST_TIME_PATIENCE_DAYS, SHIFT_DAYS, Habit, leaving_of
from dunning.rules.pace import pace_of
from dunning.rules.plan_facts import PlanFact, StepFact
from dunning.rules.recheck import Go, recheck
from dunning.rules.words import Tone
from tests.rules.cases import DAY_ZERO, GAPS, PLAN, STEPS, ZONES, Life, at, case, happen, invoice, reached

DUE = DAY_ZERO  # a Monday; the first reminder after it is meant for Tuesday, 6 January
THURSDAY, FRIDAY = 4, 5
HABITS = st.builds(
    Habit,
    weekday=st.none() | st.integers(1, 7),
    hour=st.none() | st.integers(0, 23),
    never_late=st.booleans(),
)


def decided(habit: Habit, now: datetime, **facts: object) -> Send | Wait:
    decision = decide(case(invoice(DUE), habit=habit, **facts), now=now)
    assert isinstance(decision, Send | Wait)
    return decision


def test_letter_waits_for_the_hour_of_its_day_and_says_why() -> None:
    decision = decided(Habit(hour=14), at(1, hour=10))
    assert isinstance(decision, Wait)
    assert decision.until == at(1, hour=14)
    assert decision.reason.endswith("it waits for that moment because they usually pay at about 14:00")


def test_letter_waits_for_the_weekday_and_says_why() -> None:
    decision = decided(Habit(weekday=THURSDAY, hour=10), at(1, hour=10))
    assert isinstance(decision, Wait)
    assert decision.until == at(3, hour=10)
    assert decision.reason.endswith("because they usually pay on Thursday mornings")
    sent = decided(Habit(weekday=THURSDAY, hour=10), at(3, hour=10))
    assert isinstance(sent, Send)
    assert sent.reason.endswith("because they usually pay on Thursday mornings")


def test_next_letter_is_announced_for_the_moment_it_really_leaves() -> None:
    decision = decided(Habit(weekday=THURSDAY), at(0, hour=10))
    assert isinstance(decision, Wait)
    assert decision.next_letter_at == at(3, hour=9)


def test_weekday_too_far_away_moves_nothing() -> None:
    assert isinstance(decided(Habit(weekday=FRIDAY), at(1, hour=10)), Send)


def test_hour_outside_the_campaigns_hours_moves_nothing() -> None:
    for hour in (3, 9, 18, 22):
        assert isinstance(decided(Habit(hour=hour), at(1, hour=9)), Send)


def test_letter_before_the_due_date_waits_within_the_days_before_it() -> None:
    steps = (replace(STEPS[0], offset_days=-1), *STEPS[1:])
    plan = replace(PLAN, reminders=steps)
    sunday = at(-1, hour=10)
    assert isinstance(decided(Habit(weekday=1), sunday, plan=plan), Send)


def test_letter_never_waits_into_the_day_of_the_next_step() -> None:
    close = (StepFact(0, 0, 1, Tone.FRIENDLY, "email"), StepFact(1, 1, 3, Tone.CLEAR, "email"))
    plan = PlanFact(1, close, None, time(9), time(18))
    assert isinstance(decided(Habit(weekday=THURSDAY), at(1, hour=10), plan=plan), Send)


def test_weekday_is_a_working_day_where_letters_leave_on_those_only() -> None:
    plan = replace(PLAN, working_days_only=True)
    thursday_due = invoice(DUE + timedelta(days=3))  # its first reminder is meant for Friday
    decision = decide(case(thursday_due, plan=plan, country="DE", habit=Habit(weekday=7)), now=at(4, hour=10))
    assert isinstance(decision, Send)


def test_letter_that_was_kept_back_longer_leaves_at_once_and_blames_no_habit() -> None:
    sent = decided(Habit(weekday=THURSDAY, hour=16), at(5, hour=10))
    assert isinstance(sent, Send)
    assert "usually pay" not in sent.reason


def test_last_look_lets_the_letter_go_at_its_hour() -> None:
    facts = case(invoice(DUE), habit=Habit(hour=14))
    assert isinstance(recheck(facts, STEPS[1], case_is_open=True, now=at(1, hour=14)), Go)
    assert not isinstance(recheck(facts, STEPS[1], case_is_open=True, now=at(1, hour=13)), Go)


def test_first_firm_letter_comes_a_week_later_to_who_was_never_late() -> None:
    runs = (reached(1, at(1)), reached(2, at(7)))
    waits = decided(Habit(never_late=True), at(14), runs=runs)
    assert isinstance(waits, Wait)
    assert waits.until == at(21, hour=9)
    assert "7 days later than the campaign has it: they are late for the first time" in waits.reason
    assert isinstance(decided(Habit(), at(14), runs=runs), Send)
    assert isinstance(decided(Habit(never_late=True), at(21), runs=runs), Send)


def test_letters_after_the_late_firm_one_keep_the_campaigns_distance() -> None:
    runs = (reached(1, at(1)), reached(2, at(7)), reached(3, at(21)))
    formal = decided(Habit(never_late=True), at(22), runs=runs)
    assert isinstance(formal, Wait)
    assert formal.until == at(21 + 16, hour=9)


def test_friendly_letters_come_on_their_day_also_to_who_was_never_late() -> None:
    assert isinstance(decided(Habit(never_late=True), at(1)), Send)
    assert isinstance(decided(Habit(never_late=True), at(7), runs=(reached(1, at(1)),)), Send)


@given(HABITS, ZONES, st.booleans(), st.integers(0, 4), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_letter_leaves_never_early_and_never_beyond_its_limits(
    habit: Habit, zone: str, working_days: bool, position: int, due_on: date
) -> None:
    plan = replace(PLAN, working_days_only=working_days)
    facts = case(invoice(due_on), zone=zone, plan=plan, country="DE", habit=habit)
    pace, step = pace_of(facts, due_on), STEPS[position]
    without = replace(facts, habit=Habit(never_late=habit.never_late))
    usual, leaving = leaving_of(without, pace, step, due_on), leaving_of(facts, pace, step, due_on)
    assert usual.at == facts.opening_of(pace.planned_on(step))
    assert usual.at <= leaving.at
    assert leaving.on - usual.on <= timedelta(days=SHIFT_DAYS)
    assert facts.local(leaving.at).date() == leaving.on
    if leaving != usual:
        assert leaving.because
        assert facts.letters_on(leaving.on) == leaving.on
        assert all(leaving.on < pace.planned_on(later) for later in STEPS[position + 1 :])


@pytest.mark.parametrize("hour", range(24))
def test_hour_that_the_clocks_skip_or_repeat_is_met_once(hour: int) -> None:
    plan = replace(PLAN, send_from=time(0), send_until=time(23, 59))
    for due_on in (date(2026, 3, 28), date(2026, 10, 24)):  # the day after each, Berlin's clocks change
        facts = case(invoice(due_on), zone="Europe/Berlin", plan=plan, habit=Habit(hour=hour))
        moment, letters = datetime.combine(due_on, time(0), UTC), 0
        life = Life(facts)
        for _ in range(24 * 6):
            letters += isinstance(life.look(moment), Send)
            moment += timedelta(hours=1)
        assert letters == 1


@given(GAPS, ZONES, HABITS)
def test_any_life_with_habits_has_each_letter_once_and_none_early(
    gaps: list[tuple[int, object]], zone: str, habit: Habit
) -> None:
    life, now = Life(case(invoice(DUE), zone=zone, habit=habit)), at(-5)
    for hours, event in gaps:
        now += timedelta(hours=hours)
        happen(life, event, now)  # type: ignore[arg-type]
        before = life.facts
        decision = life.look(now)
        if isinstance(decision, Send):
            _is_not_early(before, decision, now)
        elif isinstance(decision, Wait):
            assert decision.until > now
        else:
            break
    steps = [letter.step.id for _, letter in life.letters]
    assert len(steps) == len(set(steps))
    assert [letter.step.tone for _, letter in life.letters] == sorted(letter.step.tone for _, letter in life.letters)


def _is_not_early(facts: CaseFacts, sent: Send, now: datetime) -> None:
    """The campaign alone would have sent something by then, and nothing milder waits longer than it may."""
    without = decide(replace(facts, habit=Habit()), now=now)
    assert isinstance(without, Send)
    pace = pace_of(replace(facts, habit=Habit()), sent.anchor_on)
    assert facts.local(now).date() >= pace.planned_on(sent.step)


@settings(max_examples=40)  # of 1,776 looks each
@given(HABITS, ZONES, st.integers(0, 23))
def test_silent_customer_gets_every_letter_within_the_limits(habit: Habit, zone: str, hour: int) -> None:
    life, now = Life(case(invoice(DUE), zone=zone, habit=habit)), at(-4, hour=hour)
    while now < at(70):
        life.look(now)
        now += timedelta(hours=1)
    assert [letter.step.id for _, letter in life.letters] == [0, 1, 2, 3, 4]
    drift = 0
    for sent_at, letter in life.letters:
        late = (life.facts.local(sent_at).date() - DUE).days - letter.step.offset_days
        patience = FIRST_TIME_PATIENCE_DAYS if habit.never_late and letter.step.tone == Tone.FIRM else 0
        assert 0 <= late <= max(drift, 0) + SHIFT_DAYS + patience
        drift = late
