"""Who may agree to a write-off, and what a payment in between leaves of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.decide import decide
from dunning.rules.decisions import Close
from dunning.rules.giving_up import Answer, Proposed, Verdict, agree
from dunning.rules.words import Ending
from tests.rules.cases import at, case, reached

KARL, MARIA, MAX = 1, 2, 3
LIMIT = Decimal(250)


def answer(open_now: dict[int, int], by: int = MARIA, first_by: int | None = None, **lines: int) -> Answer:
    proposed = {int(pk[1:]): Decimal(amount) for pk, amount in (lines or {"i1": 100}).items()}
    proposal = Proposed(proposed, KARL, first_by)
    return agree(proposal, {pk: Decimal(amount) for pk, amount in open_now.items()}, limit=LIMIT, by=by)


@pytest.mark.parametrize(
    ("open_now", "proposed", "by", "first_by", "verdict"),
    [
        (100, 100, MARIA, None, Verdict.WRITE_OFF),
        (250, 250, MARIA, None, Verdict.WRITE_OFF),
        (251, 251, MARIA, None, Verdict.WAITS_FOR_SECOND),
        (251, 251, MAX, MARIA, Verdict.WRITE_OFF),
        (251, 251, MARIA, MARIA, Verdict.REFUSED),
        (100, 100, KARL, None, Verdict.REFUSED),
        (251, 251, KARL, MARIA, Verdict.REFUSED),
        (200, 400, MARIA, None, Verdict.WRITE_OFF),  # paid down below the limit
        (0, 100, MARIA, None, Verdict.LAPSES),
        (101, 100, MARIA, None, Verdict.LAPSES),
    ],
)
def test_one_manager_agrees_up_to_the_limit_and_two_above_it(
    open_now: int, proposed: int, by: int, first_by: int | None, verdict: Verdict
) -> None:
    assert answer({1: open_now}, by, first_by, i1=proposed).verdict is verdict


amounts = st.dictionaries(st.integers(1, 5), st.integers(1, 500), min_size=1)


@given(amounts, st.dictionaries(st.integers(1, 5), st.integers(0, 500)), st.sampled_from([KARL, MARIA, MAX]), st.sampled_from([None, MARIA, MAX]))  # fmt: skip  # noqa: E501
def test_never_more_than_proposed_and_never_by_the_same_eyes_is_given_up(
    proposed: dict[int, int], open_now: dict[int, int], by: int, first_by: int | None
) -> None:
    told = answer(open_now, by, first_by, **{f"i{pk}": amount for pk, amount in proposed.items()})
    if told.verdict is Verdict.WRITE_OFF:
        assert by not in (KARL, first_by)
        assert all(0 < amount == open_now[pk] <= proposed[pk] for pk, amount in told.amounts)
        assert first_by or sum(amount for _, amount in told.amounts) <= LIMIT


def test_case_whose_rest_was_written_off_ends_so_and_thanks_nobody() -> None:
    closed = decide(case(runs=(reached(1, at(1)),), written_off=True), now=at(40))
    assert isinstance(closed, Close)
    assert (closed.ending, closed.thanks) == (Ending.WRITTEN_OFF, None)
    assert [skip.reason for skip in closed.skips] == ["what was open was written off: there is nothing to thank for"]
