"""How somebody has paid so far, in one class."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.history import GRACE_DAYS, NO_HISTORY, PaysHow, history_of

days = st.lists(st.integers(-30, 200), max_size=30)


@pytest.mark.parametrize(
    ("days_late", "is_late_now", "said"),
    [
        ([], True, "new: no invoice settled yet"),
        ([0, -4, 3], False, "always on time"),
        ([0, -4, 3], True, "late for the first time"),
        ([9, 12, 7], False, "usually 9 days late"),
        ([0, 0, 0, 40], True, "late now and then"),
        ([40, 35, 20, 0], True, "chronically late, usually 35 days"),
        ([40, 40], True, "usually 40 days late"),
        ([0] * 12 + [90] * 12, False, "always on time"),
    ],
)
def test_history_in_words(days_late: list[int], is_late_now: bool, said: str) -> None:
    assert str(history_of(days_late, is_late_now=is_late_now)) == said


@given(days.filter(lambda found: all(late <= GRACE_DAYS for late in found)), st.booleans())
def test_whoever_is_late_for_the_first_time_is_never_chronic(days_late: list[int], is_late_now: bool) -> None:
    assert history_of(days_late, is_late_now=is_late_now).pays not in (PaysHow.LATE, PaysHow.CHRONIC)


@given(days)
def test_one_late_invoice_more_makes_nobody_chronic_at_once(days_late: list[int]) -> None:
    on_time = [min(late, 0) for late in days_late]
    assert history_of([200, 200, *on_time], is_late_now=True).pays is not PaysHow.CHRONIC


@given(days, st.booleans())
def test_usual_lateness_is_known_exactly_when_something_is_settled(days_late: list[int], is_late_now: bool) -> None:
    found = history_of(days_late, is_late_now=is_late_now)
    assert (found == NO_HISTORY) == (not days_late) == (found.usual_days is None)
