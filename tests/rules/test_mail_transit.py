"""Letters by post: the day on which they count as received, and counting in working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.calendar import is_public_holiday, is_working_day, working_days_later
from dunning.rules.mail_transit import received_on

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
COUNTRIES = st.sampled_from(["DE", "GB", "NL", "US", "KW", ""])


@pytest.mark.parametrize(
    ("posted", "country", "received"),
    [
        (date(2026, 3, 2), "DE", date(2026, 3, 6)),
        (date(2026, 4, 1), "DE", date(2026, 4, 9)),  # over Easter
        (date(2026, 3, 6), "GB", date(2026, 3, 10)),  # a Friday
        (date(2026, 3, 5), "NL", date(2026, 3, 7)),  # Thursday to Saturday
        (date(2026, 3, 6), "NL", date(2026, 3, 10)),  # Friday: Saturday, and Tuesday after Sunday and Monday
        (date(2026, 3, 2), "FR", date(2026, 3, 9)),
    ],
)
def test_a_letter_counts_as_received_after_its_days_of_delivery(posted: date, country: str, received: date) -> None:
    assert received_on(posted, country) == received


@given(DAYS, COUNTRIES)
def test_a_letter_is_never_received_on_a_holiday_and_later_ones_never_earlier(posted: date, country: str) -> None:
    received = received_on(posted, country)
    assert posted + timedelta(days=2) <= received <= posted + timedelta(days=20)
    assert not (is_public_holiday(received, country) and not is_working_day(received, country))
    assert received <= received_on(posted + timedelta(days=1), country)


@given(DAYS, st.integers(0, 40), st.integers(1, 20), COUNTRIES)
def test_working_days_add_up(day: date, first: int, then: int, country: str) -> None:
    there = working_days_later(day, first, country)
    assert is_working_day(there, country) or first == 0
    assert working_days_later(there, then, country) == working_days_later(day, first + then, country) or first == 0


@given(DAYS, st.integers(1, 30), COUNTRIES)
def test_as_many_working_days_pass_as_were_asked_for(day: date, number: int, country: str) -> None:
    later = working_days_later(day, number, country)
    span = (later - day).days
    assert sum(is_working_day(day + timedelta(days=n), country) for n in range(1, span + 1)) == number
