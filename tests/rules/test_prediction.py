"""When invoices are paid: what is learnt, what is said of it, and what it falls back to."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from dunning.rules.prediction.backtest import judge_past
from dunning.rules.prediction.books import Book, BookedInvoice, Cell, cell_at, outcomes, period_at, typical_amounts
from dunning.rules.prediction.judging import Foretold, brier, calibration, money
from dunning.rules.prediction.learning import counted, learn
from dunning.rules.prediction.model import RULES, outlook, reasons

DUE = date(2026, 3, 1)
TODAY = date(2026, 12, 1)


def invoice(number: int, due_on: date, late: int | None, **facts: object) -> BookedInvoice:
    """One of 100.00 EUR, billed a fortnight before it is due and paid so many days late; None: still open."""
    ended_on = None if late is None else due_on + timedelta(days=late)
    told = {"id": number, "due_on": due_on, "currency": "EUR", "amount": Decimal(100), "balance": Decimal(100)}
    told |= {"known_on": due_on - timedelta(days=14), "ended_on": ended_on, "is_paid": ended_on is not None}
    return BookedInvoice(**{**told, **facts})  # type: ignore[arg-type]


def portfolio(customers: int, *, seed: int) -> list[Book]:
    """Every customer has a day of their own; every fifth invoice of theirs is paid a month later than that."""
    chance = Random(seed)
    books = []
    for customer in range(customers):
        usual = chance.choice((0, 6, 20))
        bills = []
        for month in range(9):
            late = usual + chance.choice((0, 0, 1, 2, 33))
            due_on = DUE + timedelta(days=30 * month)
            ended = due_on + timedelta(days=late)
            bills.append(invoice(month, due_on, late if ended <= TODAY else None))
        books.append(Book(customer, tuple(bills)))
    return books


@pytest.mark.parametrize(("days", "period"), [(-90, 0), (0, 0), (1, 1), (3, 1), (4, 2), (30, 4), (31, 5), (900, 8)])
def test_day_belongs_to_its_period(days: int, period: int) -> None:
    assert period_at(days) == period


def test_cell_knows_nothing_of_what_came_later() -> None:
    paid = [invoice(n, DUE - timedelta(days=30 * n), 6) for n in (3, 2, 1)]
    now = invoice(9, DUE, 20)
    letters = ((DUE + timedelta(days=1), "email"), (DUE + timedelta(days=7), "post"))
    book = Book(1, (*paid, now), letters, ((DUE + timedelta(days=2), DUE + timedelta(days=5)),))
    day = DUE + timedelta(days=4)
    assert cell_at(book, now, day, Decimal(30)) == Cell(2, "large", "now", True, False, 1, "email")
    before = Book(1, tuple(i for i in paid if i.ended_on and i.ended_on < day) + (invoice(9, DUE, None),), letters[:1])
    assert cell_at(before, before.invoices[-1], day, None).habit == "now"
    assert cell_at(Book(1, (now,)), now, day, None).habit == "new"


def test_outcomes_are_whole_periods_until_it_is_paid() -> None:
    book = Book(1, (invoice(1, DUE, 5),))
    seen = [(one.cell.period, one.is_paid) for one in outcomes(book, TODAY, {})]
    assert seen == [(0, False), (1, False), (2, True)]
    assert len(list(outcomes(book, DUE + timedelta(days=4), {}))) == 2
    credited = Book(1, (invoice(1, DUE, 5, is_paid=False),))
    assert [one.cell.period for one in outcomes(credited, TODAY, {})] == [0, 1]


def test_chance_rises_with_the_days_and_the_likely_day_is_where_it_passes_a_half() -> None:
    seen = outlook(RULES, Cell(1), 1, None)
    assert list(seen.within) == sorted(seen.within)
    assert seen.likely_in is not None
    assert seen.within[seen.likely_in] >= 0.5 > seen.within[seen.likely_in - 1]
    assert (seen.chance(0), seen.chance(999)) == (0.0, seen.within[-1])


def test_model_that_is_learnt_foretells_new_customers_better_than_the_rules() -> None:
    """Learnt from 150 customers and judged on 150 others, month by month."""
    books, strangers = portfolio(150, seed=1), portfolio(150, seed=2)
    typical = typical_amounts(books)
    model = learn(counted((one for book in books for one in outcomes(book, TODAY, typical)), TODAY), name="learnt")
    assert model is not RULES
    judged = {}
    for judge in (model, RULES):
        foretold = []
        for book in strangers:
            for bill in book.invoices[3:8]:
                first = bill.due_on + timedelta(days=1)
                if bill.is_open_on(first):
                    cell = cell_at(book, bill, first, Decimal(100))
                    chance = outlook(judge, cell, 1, book.usual_days(first)).chance(30)
                    ended_by = bill.ended_on is not None and bill.ended_on < first + timedelta(days=30)
                    foretold.append(Foretold("EUR", bill.amount, chance, ended_by))
        judged[judge.name] = foretold
    assert brier(judged["learnt"]) < brier(judged["rules"])
    expected, came = money(judged["learnt"])["EUR"]
    assert abs(expected - came) < came / 10
    assert all(abs(band.said - band.came) < 0.1 for band in calibration(judged["learnt"]) if band.invoices > 100)


def test_past_months_are_judged_by_what_was_known_before_them() -> None:
    books = portfolio(100, seed=3)
    typical = typical_amounts(books)
    seen = [one for book in books for one in outcomes(book, TODAY, typical)]
    past = judge_past(books, seen, typical, TODAY)
    assert [month.day for month in past.months] == [TODAY - timedelta(days=back) for back in (90, 60, 30)]
    assert past.error < past.error_of_rules
    for month in past.months:
        assert abs(month.expected - month.came) < month.came / 5


def test_little_data_falls_back_to_rules() -> None:
    books = portfolio(10, seed=4)
    seen = counted((one for book in books for one in outcomes(book, TODAY, {})), TODAY)
    assert learn(seen, name="learnt") is RULES


def test_reasons_are_told_in_words() -> None:
    assert reasons(RULES, Cell(2, habit="now", promise=True), 6) == ["usually pays 6 days late", "they promised to"]
    assert reasons(RULES, Cell(2, long_open=True), None) == ["something older is open for more than 30 days"]


def test_bands_say_what_was_foretold_and_what_came() -> None:
    told = [Foretold("EUR", Decimal(10), 0.9, True), Foretold("EUR", Decimal(20), 0.95, False)]
    [band] = calibration([*told])
    assert (band.low, band.high, band.invoices, round(band.said, 3), band.came) == (0.8, 1.0, 2, 0.925, 0.5)
    assert money(told) == {"EUR": (Decimal("28.00"), Decimal(10))}
    assert brier([told[0]]) == pytest.approx(0.01)
