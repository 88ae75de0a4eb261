"""Experiments: who is in which arm, how many are needed, what may be said when. Held against published figures."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunning.rules.experiments.assignment import ArmFact, Trial, arm_of
from dunning.rules.experiments.outcome import Counted, compare, holm, rate_interval, sample_ratio
from dunning.rules.experiments.planning import History, plan, sample_per_arm
from dunning.rules.experiments.required import left_out, required
from dunning.rules.experiments.sequential import boundaries
from dunning.rules.experiments.simulation import simulate
from dunning.rules.experiments.verdict import fraction_of, harm, judge
from dunning.rules.words import Consequence, StepKind, Tone
from tests.rules.campaigns import action, charge, good_steps, reminder

# Base rate → customers per arm for 3, 5, 8 and 10 points: 80 % power, two-sided 5 %.
TABLE = {
    0.13: (2162, 822, 345, 231),
    0.30: (3763, 1377, 550, 356),
    0.40: (4234, 1534, 604, 388),
    0.50: (4356, 1565, 609, 388),
    0.60: (4129, 1471, 564, 356),
}
CONTROL = Counted(1, "as now", 50, True, enrolled=1000, complete=1000, recovered=300)
ARM = Counted(2, "kinder", 50, False, enrolled=1000, complete=1000, recovered=300)


def trial(*shares: int, pk: int = 1) -> Trial:
    return Trial(pk, "Kinder", tuple(ArmFact(place, place, str(place), share) for place, share in enumerate(shares)))


@settings(max_examples=20)
@given(st.integers(1, 10**6), st.lists(st.integers(1, 40), min_size=2, max_size=4))
def test_assignment_is_sticky_balanced_and_knows_no_order(pk: int, parts: list[int]) -> None:
    shares = [100 * part // sum(parts) for part in parts]
    shares[0] += 100 - sum(shares)
    divided = trial(*shares, pk=pk)
    customers = list(range(1, 2001))
    first = {customer: arm_of(divided, customer).id for customer in customers}
    Random(pk).shuffle(customers)
    assert {customer: arm_of(divided, customer).id for customer in customers} == first
    found = Counter(first.values())
    for place, share in enumerate(shares):
        expected = 20 * share
        assert abs(found[place] - expected) < 6 * (expected * (1 - share / 100)) ** 0.5 + 1


def test_two_experiments_divide_the_same_customers_independently() -> None:
    pairs = Counter((arm_of(trial(50, 50), c).id, arm_of(trial(50, 50, pk=2), c).id) for c in range(4000))
    assert all(900 < number < 1100 for number in pairs.values())


@pytest.mark.parametrize("base_rate", TABLE)
def test_sample_is_that_of_the_published_table(base_rate: float) -> None:
    assert tuple(sample_per_arm(base_rate, effect) for effect in (0.03, 0.05, 0.08, 0.10)) == TABLE[base_rate]


def test_plan_says_how_long_it_takes_here_and_six_per_cent_more_for_weekly_looks() -> None:
    needed = plan(History(200, 60, 150.0), effect=0.05, shares=(50, 50), window_days=14)
    assert (needed.total, needed.smallest_arm, needed.weeks) == (2920, 1460, 22)
    assert plan(History(200, 60, 0.0), effect=0.05, shares=(50, 50), window_days=14).weeks is None


def test_plan_of_a_small_arm_or_of_several_asks_for_more() -> None:
    history = History(200, 60, 150.0)
    totals = [
        plan(history, effect=0.05, shares=shares, window_days=14).total for shares in ((50, 50), (90, 10), (34, 33, 33))
    ]
    assert totals[0] < totals[2] < totals[1]


def test_little_history_is_planned_with_a_half() -> None:
    assert (History(29, 1, 5.0).base_rate, History(30, 3, 5.0).base_rate) == (0.5, 0.1)


def test_boundaries_are_the_published_ones_of_obrien_fleming_type_spending() -> None:
    """Lan and DeMets, five equal looks, two-sided 5 %."""
    assert [round(limit, 3) for limit in boundaries((0.2, 0.4, 0.6, 0.8, 1.0))] == [4.877, 3.357, 2.680, 2.290, 2.031]
    assert round(boundaries((1.0,))[0], 3) == 1.960


def test_interval_of_the_difference_and_of_a_share_are_newcombes_examples() -> None:
    """Newcombe 1998: 56/70 beside 48/80, method 10; and 81 of 263 by Wilson."""
    control = replace(CONTROL, complete=80, recovered=48)
    [found] = compare(control, [replace(ARM, complete=70, recovered=56)])
    assert (round(found.difference, 2), round(found.low, 4), round(found.high, 4)) == (0.20, 0.0524, 0.3339)
    assert [round(limit, 4) for limit in rate_interval(81, 263)] == [0.2553, 0.3662]


def test_few_in_a_cell_are_compared_exactly() -> None:
    """Fisher's lady tasting tea: three of four beside one of four."""
    [found] = compare(replace(CONTROL, complete=4, recovered=1), [replace(ARM, complete=4, recovered=3)])
    assert (found.is_exact, round(found.p, 4)) == (True, 0.4857)
    assert not compare(CONTROL, [ARM])[0].is_exact


def test_holm_multiplies_the_smallest_most() -> None:
    assert [round(p, 3) for p in holm([0.01, 0.04, 0.03])] == [0.03, 0.06, 0.06]


def test_uneven_sample_is_noticed_and_no_winner_named() -> None:
    uneven = [replace(CONTROL, enrolled=1000), replace(ARM, enrolled=850, recovered=500)]
    assert sample_ratio(uneven) < 0.001 < sample_ratio([CONTROL, replace(ARM, enrolled=960)])
    verdict = judge(uneven, [1.0])
    assert (verdict.winner, verdict.says[:10]) == (None, "No verdict")


def test_difference_that_a_plain_test_would_call_a_winner_is_too_early_for_a_look_half_way() -> None:
    """42 points of z·100 more: 2.4 standard deviations, p = 0.016; the boundary there is 2.96."""
    arms = [CONTROL, replace(ARM, recovered=350)]
    assert compare(CONTROL, [arms[1]])[0].p < 0.02
    assert judge(arms, [0.25, 0.5]).winner is None
    last = judge(arms, [0.25, 0.5, 1.0])
    assert (last.winner, last.is_decided) == (2, True)
    assert last.says == "“kinder” recovers 5.0 points more than the control (95 %: 0.9 to 9.1)."


def test_arm_that_is_clearly_worse_ends_the_experiment_without_a_winner() -> None:
    verdict = judge([CONTROL, replace(ARM, recovered=100)], [0.5])
    assert (verdict.winner, verdict.is_decided, "less than the control" in verdict.says) == (None, True, True)


def test_best_of_several_arms_wins_after_holm() -> None:
    others = [replace(ARM, arm_id=3, name="later", recovered=330), replace(ARM, recovered=380)]
    assert judge([CONTROL, *others], [1.0]).winner == 2
    assert judge([CONTROL, replace(others[0], recovered=342), replace(ARM, recovered=300)], [1.0]).winner is None


def test_arm_furthest_behind_says_how_much_is_known() -> None:
    assert fraction_of([replace(CONTROL, complete=500), replace(ARM, complete=400)], 2000) == 0.4


@pytest.mark.parametrize(("harmed", "beside", "stops"), [(4, 0, False), (9, 0, True), (9, 8, False), (30, 9, True)])
def test_harm_stops_an_arm_that_is_clearly_worse_than_the_control(harmed: int, beside: int, stops: bool) -> None:
    arms = [replace(CONTROL, harmed=(("opt_out", beside),)), replace(ARM, harmed=(("opt_out", harmed),))]
    assert bool(harm(arms)) == stops
    assert not stops or harm(arms).startswith(f"Stopped by itself: in “kinder” {harmed} of 1000 customers wanted no")


def test_hold_out_keeps_what_law_asks_for() -> None:
    announces = reminder(10, Tone.CLEAR, announces=Consequence.CHARGE)
    steps = (*good_steps(), announces, charge(12), action(StepKind.CALL, 9), action(StepKind.LEGAL, 40))
    assert [str(step) for step in required(steps)] == [
        "formal reminder (day +30)",
        "clear reminder (day +10)",
        "charge of the stored card (day +12)",
        "legal notice (day +40)",
    ]
    assert [step.day for step in required(good_steps()[:3])] == [7]


def test_arm_without_what_law_asks_for_is_refused() -> None:
    control = (*good_steps(), reminder(31, Tone.FORMAL, announces=Consequence.LEGAL), action(StepKind.LEGAL, 40))
    assert left_out(control, good_steps()[:3]) == [
        "the letter that announces legal steps",
        "the formal letter",
        "the legal notice",
    ]
    assert left_out(control, required(control)) == []


def test_simulated_experiments_err_as_rarely_and_find_as_often_as_planned() -> None:
    """Looked at weekly for half a year; three standard errors of 20,000 experiments are half a point."""
    alike = simulate(0.30, 0.0, planned_effect=0.05, looks=26, experiments=20_000, seed=7)
    assert alike.found == pytest.approx(0.05, abs=0.005)
    assert alike.found_naively > 0.20
    apart = simulate(0.30, 0.05, planned_effect=0.05, looks=26, experiments=20_000, seed=8)
    assert apart.found == pytest.approx(0.80, abs=0.015)
    assert apart.looks_taken < 20
