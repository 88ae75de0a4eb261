from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.days import local_day
from payments.rules.charging import FAILURES_ALLOWED, WITHIN, may_be_charged, wait_after_failures
from tests.people import NOW

MINUTES_AGO = st.integers(0, 180)


@given(st.lists(MINUTES_AGO, max_size=12))
def test_no_hour_ever_holds_more_failures_than_allowed(minutes_ago: list[int]) -> None:
    failed_at = [NOW - timedelta(minutes=minutes) for minutes in minutes_ago]
    wait = wait_after_failures(failed_at, now=NOW)
    next_try = NOW + (wait or timedelta(0))
    assert sum(moment > next_try - WITHIN for moment in failed_at) < FAILURES_ALLOWED
    assert wait is None or timedelta(0) < wait <= WITHIN


@pytest.mark.parametrize(
    ("amount", "currency", "fine"),
    [
        ("100", "EUR", True),
        ("0.01", "EUR", True),
        ("100.01", "EUR", False),
        ("0", "EUR", False),
        ("0.001", "EUR", False),
        ("0.001", "KWD", True),
        ("0.5", "JPY", False),
        ("NaN", "EUR", False),
        ("Infinity", "EUR", False),
    ],
)
def test_amount_is_bounded_by_what_is_open_and_by_its_currency(amount: str, currency: str, fine: bool) -> None:
    assert may_be_charged(Decimal(amount), currency, Decimal(100)) is fine


@pytest.mark.parametrize(
    ("zone", "day"), [("Pacific/Auckland", 3), ("UTC", 2), ("Mars/Olympus", 2), ("", 2), ("../x", 2)]
)
def test_day_is_the_customers_and_utc_where_the_zone_is_unknown(zone: str, day: int) -> None:
    assert local_day(NOW.replace(hour=20), zone).day == day
