"""What is granted at once to who cannot pay now."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dunning.rules.help_terms import (
    NO_TERMS,
    Standing,
    Terms,
    answered_by,
    beyond_days,
    beyond_parts,
    next_friday,
    parts_offered,
    rests_until,
    why_a_person,
)

TODAY = date(2026, 3, 2)  # a Monday
TERMS = Terms(
    longest_promise_days=14, longest_extension_days=10, most_parts=3, smallest_part=Decimal(25), times_a_year=2
)


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (Standing(), ""),
        (Standing(granted=1), ""),
        (Standing(granted=2), "more time was given 2 times in a year, the policy allows 2"),
        (Standing(has_broken=True), "a promise or a plan was broken lately"),
        (Standing(is_vulnerable=True), "the customer is vulnerable: a person decides"),
    ],
)
def test_who_is_granted_anything_at_once(standing: Standing, why: str) -> None:
    assert why_a_person(TERMS, standing) == why


def test_policy_may_let_a_broken_promise_pass() -> None:
    lenient = Terms(times_a_year=1, person_after_broken=False)
    assert why_a_person(lenient, Standing(has_broken=True)) == ""


def test_without_a_policy_a_person_decides() -> None:
    assert why_a_person(NO_TERMS, Standing())


@pytest.mark.parametrize(("days", "is_within"), [(1, True), (14, True), (15, False)])
def test_day_is_within_the_policy_up_to_its_last_one(days: int, is_within: bool) -> None:
    assert (beyond_days(TODAY + timedelta(days=days), 14, TODAY) == "") == is_within


@pytest.mark.parametrize(
    ("total", "offered"), [("300", [2, 3]), ("75", [2, 3]), ("74.99", [2]), ("50", [2]), ("49.99", []), ("10", [])]
)
def test_parts_are_offered_down_to_the_smallest(total: str, offered: list[int]) -> None:
    assert parts_offered(Decimal(total), TERMS) == offered
    assert all(not beyond_parts(parts, Decimal(total), TERMS) for parts in offered)
    assert beyond_parts(4, Decimal(total), TERMS)


def test_answer_and_pause_count_working_days() -> None:
    friday = date(2026, 4, 2)  # the Thursday before Easter, in Germany
    assert answered_by(friday, TERMS, "DE") == date(2026, 4, 8)
    assert rests_until(TODAY, TERMS, "DE") == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("today", "friday"),
    [
        ("2026-03-02", "2026-03-06"),
        ("2026-03-05", "2026-03-06"),
        ("2026-03-06", "2026-03-13"),
        ("2026-03-07", "2026-03-13"),
    ],
)
def test_friday_is_still_to_come(today: str, friday: str) -> None:
    assert next_friday(date.fromisoformat(today)) == date.fromisoformat(friday)
