"""Nights, working days and paydays on the customer's own clock and calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.local_hours import NIGHT_FROM, NIGHT_UNTIL, by_day
from payments.rules.paydays import is_payday, payday_from

ZONES = ["Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]


@pytest.mark.parametrize(
    ("zone", "moment", "morning"),
    [
        ("Europe/Berlin", "2026-03-28T22:30+00:00", "2026-03-29T05:00+00:00"),  # the night the clocks go forward
        ("Europe/Berlin", "2026-10-25T00:30+00:00", "2026-10-25T06:00+00:00"),  # the night they go back
        ("Europe/Berlin", "2026-12-31T23:00+00:00", "2027-01-01T06:00+00:00"),
        ("Australia/Lord_Howe", "2026-04-04T15:15+00:00", "2026-04-04T20:30+00:00"),
        ("Europe/Berlin", "2026-07-01T19:59+00:00", "2026-07-01T19:59+00:00"),
    ],
)
def test_night_ends_at_seven_on_the_customers_clock(zone: str, moment: str, morning: str) -> None:
    assert by_day(datetime.fromisoformat(moment), ZoneInfo(zone)) == datetime.fromisoformat(morning)


@given(st.integers(0, 30 * 365 * 24 * 60), st.sampled_from(ZONES))
def test_morning_comes_within_nine_hours_or_a_skipped_day_and_is_no_night(minutes: int, zone: str) -> None:
    at, here = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes), ZoneInfo(zone)
    morning = by_day(at, here)
    assert at <= morning <= at + timedelta(hours=34)
    assert NIGHT_UNTIL <= morning.astimezone(here).time() < NIGHT_FROM


@pytest.mark.parametrize(
    ("start", "country", "payday"),
    [
        (date(2026, 3, 30), "DE", date(2026, 3, 31)),  # the last working day
        (date(2026, 4, 2), "DE", date(2026, 4, 15)),
        (date(2026, 2, 2), "GB", date(2026, 2, 6)),  # a Friday
        (date(2026, 2, 7), "FR", date(2026, 2, 27)),  # the 1st of March is a Sunday, and so is paid on Friday
        (date(2026, 8, 10), "US", date(2026, 8, 14)),
        (date(2026, 11, 3), "XX", date(2026, 11, 13)),  # the 15th is a Sunday
    ],
)
def test_payday_is_the_countrys_and_no_weekend(start: date, country: str, payday: date) -> None:
    assert payday_from(start, country) == payday


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(["DE", "US", "GB", "FR", "AU", "", "XX"]))
def test_next_payday_is_within_a_month_and_on_a_working_day(day: date, country: str) -> None:
    found = payday_from(day, country)
    assert day <= found <= day + timedelta(days=31)
    assert found.weekday() < 5
    assert is_payday(found, country)
