"""Instalments: schedules that sum exactly, and what is missing of them."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from customers.rules.money import smallest_unit
from payments.rules.allocate import OpenInvoice
from payments.rules.instalments import Interval, ScheduleRefusal, is_broken, missing, schedule, spread

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
TOTALS = st.integers(1, 10_000_000)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
SCHEDULES = {
    "total": TOTALS,
    "currency": CURRENCIES,
    "parts": st.integers(1, 60),
    "first_on": DAYS,
    "interval": st.sampled_from(Interval),
}


def made(total: int, currency: str, parts: int, first_on: date, interval: Interval):  # type: ignore[no-untyped-def]
    assume(total >= parts)
    amount = total * smallest_unit(currency)
    return amount, schedule(amount, currency, parts=parts, first_on=first_on, interval=interval)


@given(**SCHEDULES)
def test_schedule_sums_exactly_in_whole_minor_units_on_rising_days(**asked: object) -> None:
    amount, lines = made(**asked)  # type: ignore[arg-type]
    unit = smallest_unit(str(asked["currency"]))
    assert sum(line.amount for line in lines) == amount
    assert all(line.amount > 0 and line.amount % unit == 0 for line in lines)
    assert max(line.amount for line in lines) - min(line.amount for line in lines) <= unit
    days = [line.due_on for line in lines]
    assert days[0] == asked["first_on"]
    assert days == sorted(set(days))
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


def test_hundred_in_three_is_two_cents_apart_nowhere() -> None:
    lines = schedule(D(100), "EUR", parts=3, first_on=date(2026, 1, 31), interval=Interval.MONTH)
    assert [line.amount for line in lines] == [D("33.34"), D("33.33"), D("33.33")]
    assert [line.due_on for line in lines] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]


def test_leap_day_and_year_s_end_are_kept() -> None:
    lines = schedule(D(500), "JPY", parts=4, first_on=date(2027, 11, 30), interval=Interval.MONTH)
    assert [str(line.due_on) for line in lines] == ["2027-11-30", "2027-12-30", "2028-01-30", "2028-02-29"]


def test_fortnights_are_fourteen_days() -> None:
    lines = schedule(D(10), "EUR", parts=3, first_on=date(2026, 12, 24), interval=Interval.FORTNIGHT)
    assert [str(line.due_on) for line in lines] == ["2026-12-24", "2027-01-07", "2027-01-21"]


@pytest.mark.parametrize(
    ("total", "currency", "parts"),
    [("0.02", "EUR", 3), ("10", "EUR", 0), ("10", "EUR", 61), ("10.001", "EUR", 2), ("1.5", "JPY", 1), ("0", "EUR", 1)],
)
def test_schedule_that_cannot_be_is_refused(total: str, currency: str, parts: int) -> None:
    with pytest.raises((ScheduleRefusal, ArithmeticError)):
        schedule(D(total), currency, parts=parts, first_on=date(2026, 1, 1), interval=Interval.WEEK)


@given(**SCHEDULES, paid=st.integers(-1000, 12_000_000), corrected=st.integers(-1000, 1000))
def test_what_is_missing_is_what_is_open_and_earlier_instalments_come_first(
    paid: int, corrected: int, **asked: object
) -> None:
    amount, lines = made(**asked)  # type: ignore[arg-type]
    unit = smallest_unit(str(asked["currency"]))
    still_open = max(D(0), amount - paid * unit + corrected * unit)
    left = missing(lines, settled=paid * unit, still_open=still_open)
    assert sum(line.amount for line in left) == still_open
    assert all(line.amount > 0 for line in left)
    whole = {line.number: line.amount for line in lines}
    full = [line for line in left[1:-1] if line.number != len(lines)]
    assert all(line.amount == whole[line.number] for line in full)
    assert [line.number for line in left] == sorted({line.number for line in left})


@given(**SCHEDULES, paid=st.integers(0, 9_000_000), more=st.integers(0, 1000))
def test_paying_more_never_brings_a_day_forward(paid: int, more: int, **asked: object) -> None:
    amount, lines = made(**asked)  # type: ignore[arg-type]
    unit = smallest_unit(str(asked["currency"]))
    oldest = []
    for settled in (paid * unit, (paid + more) * unit):
        left = missing(lines, settled=settled, still_open=max(D(0), amount - settled))
        oldest.append(left[0].due_on if left else date.max)
    assert oldest[0] <= oldest[1]


@given(balances=st.lists(st.integers(1, 9999), min_size=1, max_size=5), parts=st.integers(1, 8))
def test_instalments_spread_over_invoices_ask_each_for_its_whole_balance(balances: list[int], parts: int) -> None:
    assume(sum(balances) >= parts)
    invoices = [OpenInvoice(n, D(cents) / 100) for n, cents in enumerate(balances)]
    total = sum(invoice.balance for invoice in invoices)
    lines = schedule(total, "EUR", parts=parts, first_on=date(2026, 1, 1), interval=Interval.MONTH)
    found = list(spread(lines, invoices))
    for invoice in invoices:
        assert sum(p.instalment.amount for p in found if p.invoice_id == invoice.id) == invoice.balance
    for line in lines:
        assert sum(p.instalment.amount for p in found if p.instalment.number == line.number) == line.amount
    assert [p.invoice_id for p in found] == sorted(p.invoice_id for p in found)


@pytest.mark.parametrize(("today", "broken"), [("2026-03-08", False), ("2026-03-09", True)])
def test_plan_breaks_the_day_after_its_patience(today: str, broken: bool) -> None:
    assert is_broken(date(2026, 3, 1), patience_days=7, today=date.fromisoformat(today)) is broken
