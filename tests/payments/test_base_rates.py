"""Base rates that nobody has confirmed for the half-year are shown to somebody."""

from datetime import date

import pytest

from payments.models import BaseRate, ClaimPolicy
from payments.queries.base_rates import to_confirm
from payments.rules.base_rates import half_year_of, is_to_be_confirmed


@pytest.mark.parametrize(
    ("begins", "today", "unconfirmed"),
    [
        (date(2026, 1, 1), date(2026, 6, 30), False),
        (date(2026, 1, 1), date(2026, 7, 1), True),
        (date(2026, 7, 1), date(2026, 12, 31), False),
        (date(2026, 7, 1), date(2027, 1, 1), True),
        (date(2026, 7, 29), date(2026, 8, 1), False),
    ],
)
def test_rate_is_good_for_its_half_year(begins: date, today: date, *, unconfirmed: bool) -> None:
    assert is_to_be_confirmed(begins, today) is unconfirmed


def test_half_year_begins_in_january_or_july() -> None:
    assert [half_year_of(day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [date(2026, 1, 1), date(2026, 7, 1)]


def unconfirmed(on: date) -> list[str]:
    return [rate.name for rate in to_confirm(BaseRate.objects.all(), on)]


@pytest.mark.django_db
def test_shipped_rates_of_july_that_were_not_to_be_had_are_to_be_confirmed(by_law: ClaimPolicy) -> None:
    autumn = date(2026, 11, 22)
    assert unconfirmed(autumn) == ["boe", "bundesbank"]
    BaseRate.objects.create(name="boe", percent="3.5", source="Bank of England", valid_from="2026-07-01")
    assert unconfirmed(autumn) == ["bundesbank"]
    assert unconfirmed(date(2026, 3, 2)) == []


@pytest.mark.django_db
def test_nobody_is_asked_while_claims_are_off() -> None:
    assert unconfirmed(date(2026, 11, 22)) == []
