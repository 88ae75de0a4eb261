"""A profile: what is clear enough to be a habit, and how it reads."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.history import PaysHow
from dunning.rules.profile import CLEAR, LOOKED_AT, Behaviour, Occasions, behaviour_of, evidence, in_words

THURSDAY = date(2026, 3, 5)
THURSDAYS = [THURSDAY - timedelta(days=7 * n) for n in range(4)]
MORNINGS = [datetime(2026, 3, 5 + n, 9 + n % 2, 20, tzinfo=UTC) for n in range(3)]


def test_profile_reads_as_one_sentence() -> None:
    known = Occasions([6, 7, 6], THURSDAYS, MORNINGS, [True, False, True], [(4, "email")])
    words = in_words(behaviour_of(known), "clear reminder (day +7)")
    assert words == (
        "Usually pays 6 days late, on Thursday mornings; 2 of 3 promises kept; "
        "the clear reminder (day +7) worked last time."
    )


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (Occasions(), "No invoice settled yet."),
        (Occasions([0, 2, -4]), "Has paid on time so far."),
        (Occasions([0, 0, 9]), "Usually pays on time."),
        (Occasions([4]), "Usually pays 4 days late."),
        (Occasions([20, 30, 41, 0]), "Nearly always pays late, usually by 30 days."),
        (Occasions([0], THURSDAYS), "Has paid on time so far, on Thursdays."),
        (Occasions([0], (), MORNINGS), "Has paid on time so far, between 9:00 and 11:00."),
        (Occasions([0], read_at=MORNINGS), "Has paid on time so far; reads letters between 9:00 and 11:00."),
        (Occasions((), THURSDAYS), "No invoice settled yet; pays on Thursdays."),
    ],
)
def test_sentence_says_only_what_is_known(known: Occasions, words: str) -> None:
    assert in_words(behaviour_of(known)) == words


def test_two_occasions_are_no_habit() -> None:
    seen = behaviour_of(Occasions(paid_on=THURSDAYS[:2], at_screen=MORNINGS[:2]))
    assert (seen.weekday.habit, seen.hour.habit) == (None, None)
    assert (seen.weekday.times, seen.weekday.of) == (2, 2)


def test_habit_broken_too_often_is_none() -> None:
    others = [THURSDAY - timedelta(days=1), THURSDAY - timedelta(days=2)]
    assert behaviour_of(Occasions(paid_on=[*THURSDAYS, *others])).weekday.habit == 4
    assert behaviour_of(Occasions(paid_on=[*THURSDAYS[:3], *others])).weekday.habit is None


def test_hour_is_the_first_of_two_that_belong_together() -> None:
    moments = [datetime(2026, 3, day, hour, 5, tzinfo=UTC) for day, hour in [(1, 9), (2, 10), (3, 10), (4, 20)]]
    seen = behaviour_of(Occasions(at_screen=moments))
    assert (seen.hour.habit, seen.hour.times, seen.hour.of) == (9, 3, 4)


def test_chronic_needs_more_than_one_bad_month() -> None:
    assert behaviour_of(Occasions([60, 0, 0, 0])).history.pays == PaysHow.LATE
    assert behaviour_of(Occasions([60, 20, 31, 0])).history.pays == PaysHow.CHRONIC


def test_evidence_names_the_counts() -> None:
    known = Occasions([6, 0], THURSDAYS, MORNINGS[:2], [True], [(4, "email")] * 3)
    assert evidence(behaviour_of(known)) == [
        "2 settled invoices looked at, 1 of them paid more than 3 days late",
        "paid on a Thursday 4 of 4 times",
        "no clear hour in 2 visits to the page to pay",
        "1 promise or plan whose end has come, 1 kept",
        "3 earlier cases paid after a letter, 3 of them after one by email",
    ]


OCCASIONS = st.builds(
    Occasions,
    days_late=st.lists(st.integers(-400, 4000), max_size=LOOKED_AT),
    paid_on=st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), max_size=LOOKED_AT),
    at_screen=st.lists(st.datetimes(timezones=st.just(UTC)), max_size=LOOKED_AT),
    promises=st.lists(st.booleans(), max_size=LOOKED_AT),
    worked=st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["email", "sms"])), max_size=LOOKED_AT),
)


@given(OCCASIONS)
def test_no_habit_without_clear_evidence(known: Occasions) -> None:
    seen = behaviour_of(known)
    for habit in (seen.weekday, seen.hour, seen.channel):
        assert 0 <= habit.times <= habit.of <= LOOKED_AT
        assert (habit.habit is not None) == (habit.times >= CLEAR and habit.times >= 2 * (habit.of - habit.times))


@given(OCCASIONS)
def test_every_profile_can_be_told(known: Occasions) -> None:
    seen = behaviour_of(known)
    sentence = in_words(seen)
    assert sentence[0].isupper() and sentence.endswith(".") and "None" not in sentence + " ".join(evidence(seen))


@given(OCCASIONS)
def test_order_of_what_was_seen_does_not_matter_for_days_and_hours(known: Occasions) -> None:
    turned = Occasions(known.days_late, known.paid_on[::-1], known.at_screen[::-1], known.promises[::-1], known.worked)
    assert behaviour_of(known) == behaviour_of(turned)


def test_nothing_known_is_the_empty_profile() -> None:
    assert behaviour_of(Occasions()) == Behaviour()
