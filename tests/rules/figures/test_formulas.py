"""Each formula against an example worked out by hand; the numbers are in the test."""

from collections import Counter
from decimal import Decimal as D
from math import exp, log
from random import Random

import pytest

from dunning.rules.figures import ageing, dso, forecast, retries, shares, survival
from dunning.rules.figures.survival import Seen


def test_a_rate_of_nothing_is_not_known() -> None:
    assert shares.rate(3, 4) == D("0.75")
    assert shares.rate(0, 0) is None


def test_the_wilson_interval_of_1_in_10_is_1_8_to_40_4_per_cent() -> None:
    # p = 0.1, z² = 3.8415: middle (0.1 + 0.19207) / 1.38415 = 0.21101; half 1.95996/1.38415 × √(0.009 + 0.0096036)
    # = 1.41600 × 0.136396 = 0.19314
    found = shares.wilson(1, 10)
    assert found is not None
    assert found.low == pytest.approx(0.21101 - 0.19314, abs=1e-4)
    assert found.high == pytest.approx(0.21101 + 0.19314, abs=1e-4)
    assert shares.wilson(0, 0) is None


def test_kaplan_and_meier_count_those_still_waited_for() -> None:
    # Ten late invoices: on day 1 two paid; on day 3 one paid, one was last seen; on day 7 three of the six left paid.
    # Unpaid: 8/10 = 0.8; × 7/8 = 0.7; × 3/6 = 0.35. The last three were seen until day 10.
    seen = {Seen(0, 1, True): 2, Seen(0, 3, True): 1, Seen(0, 3, False): 1, Seen(0, 7, True): 3, Seen(0, 10, False): 3}
    points = survival.curve(seen)
    assert [round(points[day - 1].paid, 6) for day in (1, 2, 3, 6, 7, 10)] == [0.2, 0.2, 0.3, 0.3, 0.65, 0.65]
    assert survival.paid_by(points, 30) is None
    found = survival.median(points)
    assert found is not None
    # Day 1 by Greenwood: 1.96 × √(2 ÷ (10 × 8)) ÷ |ln 0.8| = 1.389; at most 1 − 0.8 ** e ** 1.389 = 0.59: over a half.
    assert points[0].interval.high == pytest.approx(0.5913, abs=1e-3)
    assert (found.day, found.low, found.high) == (7, 1, None)
    assert survival.median(points[:6]) is None


def test_who_reaches_the_books_late_is_looked_at_from_then_on_only() -> None:
    # Imported 60 days after the due date, and paid ten days later: nothing is known of the first sixty days.
    assert survival.curve({Seen(60, 70, True): 5}) == []
    # Four from the beginning, one paid on day 2; four more come in on day 3; on day 5 one of the seven pays.
    points = survival.curve({Seen(0, 2, True): 1, Seen(3, 5, True): 1, Seen(0, 9, False): 3, Seen(3, 9, False): 3})
    assert [round(points[day - 1].paid, 4) for day in (1, 2, 5)] == [0, 0.25, round(1 - 0.75 * 6 / 7, 4)]
    # The only one there from the beginning pays on day 4, others come in on day 6: that one does not stand for them.
    assert len(survival.curve({Seen(0, 4, True): 1, Seen(6, 9, False): 5})) == 3
    all_paid = survival.curve({Seen(0, 4, True): 2})
    late = survival.paid_by(all_paid, 30)
    assert late is not None
    assert late.paid == 1 and late.interval == shares.wilson(2, 2)


def test_curves_and_intervals_equal_those_of_statsmodels() -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    chance = Random(7)
    rows = [
        Seen(e := chance.choice([0, 0, 0, 5]), e + chance.randint(1, 30), chance.random() < 0.6) for _ in range(400)
    ]
    points = survival.curve(Counter(rows))
    theirs = SurvfuncRight([r.day for r in rows], [r.is_paid for r in rows], entry=[r.entered for r in rows])
    for day, unpaid, error in zip(theirs.surv_times[:25], theirs.surv_prob, theirs.surv_prob_se, strict=False):
        ours = points[int(day) - 1]
        half = shares.Z_95 * error / (unpaid * abs(log(unpaid)))  # Greenwood's error, on the scale of log(−log)
        assert 1 - ours.paid == pytest.approx(unpaid)
        assert tuple(ours.interval) == pytest.approx((1 - unpaid ** exp(-half), 1 - unpaid ** exp(half)))


def test_simple_dso_is_receivable_by_sales_times_days() -> None:
    assert dso.simple(D(150_000), D(450_000), 90) == D(30)  # a third of a quarter's sales is open
    assert dso.simple(D(1), D(0), 30) is None


def test_countback_dso_takes_months_off_backwards() -> None:
    # 150 open; the last month sold 90 (30 days): 60 left of the 120 of the month before (31 days): half of it, 15.5.
    months = [dso.Sales(D(90), 30), dso.Sales(D(120), 31), dso.Sales(D(100), 30)]
    assert dso.countback(D(150), months) == D("45.5")
    assert dso.countback(D(0), months) == 0
    assert dso.countback(D(500), months) is None


def test_true_dso_weighs_each_invoice_by_its_months_sales() -> None:
    # 10 days × 50/100 + 40 days × 30/120 = 5 + 10
    assert dso.true([dso.Owed(10, D(50), D(100)), dso.Owed(40, D(30), D(120))]) == D(15)
    assert dso.true([dso.Owed(10, D(50), D(100)), dso.Owed(40, D(30), D(0))]) is None


def test_best_possible_dso_and_delay_divide_what_is_open() -> None:
    best = dso.best_possible(D(90_000), D(450_000), 90)
    assert best == D(18)
    assert dso.average_delay(D(30), best) == D(12)
    assert dso.average_delay(None, best) is None


def test_collection_effectiveness_is_100_when_all_that_was_due_came() -> None:
    # opening 100, a quarter's sales of 300 (100 a month): closing 120 in all, 80 of it not due: (200−120)/(200−80)
    found = dso.effectiveness(opening=D(100), sales=D(300), months=3, closing=D(120), closing_current=D(80))
    assert found is not None
    assert round(found, 2) == D("66.67")
    assert dso.effectiveness(opening=D(100), sales=D(300), months=3, closing=D(80), closing_current=D(80)) == 100


def test_age_counts_from_the_day_after_the_due_date() -> None:
    days = [-5, 0, 1, 30, 31, 60, 61, 90, 91, 120, 121]
    assert [ageing.bucket(day) for day in days] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5]


def test_head_room_is_what_a_cap_leaves() -> None:
    assert (retries.head_room(15, 11), retries.head_room(15, 20)) == (4, 0)
    assert [retries.is_narrow(15, tried) for tried in (12, 13)] == [False, True]  # 3 of 15 is 20 %, 2 is less


def test_a_forecast_goes_by_what_debts_of_that_age_paid_before() -> None:
    # Bucket 0: 30 + 60 of 100 + 100 were paid: 45 %. Bucket 1: 5 of 50: 10 %. Of bucket 2 nothing is known.
    rates = forecast.pay_rates([(0, D(100), D(30)), (0, D(100), D(60)), (1, D(50), D(5))])
    assert rates == {0: D("0.45"), 1: D("0.1")}
    assert forecast.expected({0: D(200), 1: D(40), 2: D(99)}, rates) == D(94)
    assert forecast.at_least([{0: D("0.5"), 1: D("0.2")}, {0: D("0.4")}]) == {0: D("0.5"), 1: D("0.2")}


def test_forecast_accuracy_is_one_less_wape() -> None:
    # |90−100| + |60−50| = 20, of 150 that came
    found = forecast.accuracy([(D(90), D(100)), (D(60), D(50))])
    assert found is not None
    assert round(found, 4) == D("0.8667")
    assert forecast.accuracy([(D(9), D(0))]) is None
