"""Reports on what is owed and what came in, of small books whose figures can be counted on fingers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from customers.models import Customer, Invoice
from customers.operations import ledger
from dunning.figures.book import REPORTS
from dunning.figures.question import Basis
from tests.figures.asked import ASKED, at, counts, figures
from tests.figures.portfolio import Letter, Portfolio, _send
from tests.people import LONG_AGO, owes, paid, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarter() -> None:
    """January to March: 100 a month billed on the first, due on 31 January, 28 February and 30 April.

    January's is paid in February; of February's 60 are paid in March.
    """
    ada = person("Ada Lindgren")
    for month, due in ((1, "2026-01-31"), (2, "2026-02-28"), (3, "2026-04-30")):
        one = Invoice.objects.create(
            customer=ada, number=f"R-{month}", issued_on=date(2026, month, 1), due_on=date.fromisoformat(due),
            currency="EUR", amount=100, balance=0, created_at=LONG_AGO, updated_at=LONG_AGO,
        )  # fmt: skip
        kind, day = ledger.LedgerEntry.Kind.INVOICED, date(2026, month, 1)
        now = datetime(2026, month, 1, tzinfo=UTC)
        ledger.post([ledger.Posting(one.pk, kind, Decimal(100), day, "import")], now=now)
    paid(Invoice.objects.get(number="R-1"), at("2026-02-10"))
    paid(Invoice.objects.get(number="R-2"), at("2026-03-20"), "60")


def test_dso_of_a_quarter_is_as_counted_by_hand(quarter: None) -> None:
    # At the end of March 140 are open of 300 sold in 90 days: 42. Countback: March's 100 (31 days) and 40 of
    # February's 100 (28 days): 31 + 11.2. True: 58 days × 40/100 + 30 days × 100/100. Best possible: 100 / 300 × 90.
    # CEI: (0 + 300/3 − 140) ÷ (0 + 300/3 − 100) has nothing to divide by.
    told = figures("dso", part="2026-03")
    assert (told["simple"], told["countback"], told["true"]) == (42, Decimal("42.2"), Decimal("53.2"))
    assert (told["best"], told["delay"], told["cei"]) == (30, 12, None)
    # At the end of February 100 are open, all of it due on that very day: best possible equals DSO.
    february = figures("dso", part="2026-02")
    assert (february["sales"], february["simple"], february["delay"]) == (200, Decimal("29.5"), 0)


def issued(number: str, on: str, booked: str, amount: int, due: str = "2026-04-30") -> None:
    """An invoice that reached the books on a later day than the one it was issued on."""
    one = Invoice.objects.create(
        customer=Customer.objects.get(), number=number, issued_on=date.fromisoformat(on),
        due_on=date.fromisoformat(due), currency="EUR", amount=amount, balance=0, created_at=at(booked),
        updated_at=at(booked),
    )  # fmt: skip
    kind, day = ledger.LedgerEntry.Kind.INVOICED, date.fromisoformat(on)
    ledger.post([ledger.Posting(one.pk, kind, Decimal(amount), day, "import")], now=at(booked))


def test_sales_belong_to_the_month_of_issue_even_where_they_are_booked_later() -> None:
    # Begun on 1 February with 10; 1,000 issued on 28 February are imported on 2 March. At the end of March all is open:
    # of February's 1,010 sold, 10 for 58 days and 1,000 for 31; in the two months 1,010 were sold in 59 days.
    person("Ada Lindgren")
    issued("R-1", "2026-02-01", "2026-02-01", 10)
    issued("R-2", "2026-02-28", "2026-03-02", 1000)
    march = figures("dso", part="2026-03", basis=Basis.BOOKS)
    assert (march["sales"], march["simple"], march["best"]) == (1010, 59, 59)
    assert march["true"] == Decimal(58 * 10 + 31 * 1000) / 1010
    assert march["countback"] == 31 + 28  # nothing of March, all of February


def test_a_first_import_counts_as_opening_and_not_as_sales() -> None:
    # Imported on 2 March: 900 of December and January, 100 of March; 600 of the old are paid in March. At its end 400
    # are open of 100 sold in 31 days: 124. CEI: of 900 brought in and 100 sold, 100 are not due: (1000 − 400) ÷ 900.
    person("Ada Lindgren")
    issued("R-1", "2025-12-10", "2026-03-02", 600, due="2026-01-10")
    issued("R-2", "2026-01-10", "2026-03-02", 300, due="2026-02-10")
    issued("R-3", "2026-03-01", "2026-03-02", 100)
    paid(Invoice.objects.get(number="R-1"), at("2026-03-20"))
    march = figures("dso", part="2026-03", basis=Basis.BOOKS)
    assert (march["sales"], march["closing"], march["simple"], march["best"]) == (100, 400, 124, 31)
    assert round(march["cei"], 2) == Decimal("66.67")
    assert (march["true"], march["countback"]) == (None, None)  # what was sold in January is not known
    paid(Invoice.objects.get(number="R-2"), at("2026-03-25"))
    assert figures("dso", part="2026-03", basis=Basis.BOOKS)["true"] == 30


def test_what_rolls_into_the_last_bucket_is_of_all_that_was_over_ninety_days() -> None:
    # At the end of May 40 are 100 days late and 960 half a year; at the end of June 1,000 are over 120 days: all of it.
    ada = person("Ada Lindgren")
    owes(ada, "40.00", due="2026-02-20")
    owes(ada, "960.00", due="2025-11-30")
    june = figures("rolls", part="2026-06")
    assert (june["roll_4"].part, june["roll_4"].whole) == (1000, 1000)


def test_debts_roll_and_are_cured_month_by_month(quarter: None) -> None:
    # At the end of March 40 of February's are 31 days late; at the end of April 40 are 61 days late.
    april = figures("rolls", part="2026-04")
    assert (april["roll_2"].part, april["roll_2"].whole, april["roll_0"].whole) == (40, 40, 100)
    assert (april["late"], counts(april["cured"])) == (1, (0, 1))
    paid(Invoice.objects.get(number="R-2"), at("2026-05-05"))
    paid(Invoice.objects.get(number="R-3"), at("2026-05-05"))
    assert counts(figures("rolls", part="2026-05")["cured"]) == (1, 1)


def test_what_is_open_ninety_days_late_is_at_risk(quarter: None) -> None:
    # 28 February and 90 days is 29 May: 40 are open of February's 100.
    february = figures("risk", part="2026-02")
    assert (counts(february["at_risk"]), february["amount"], february["risk_amount"]) == ((1, 1), 100, 40)
    assert counts(figures("risk", part="2026-01")["at_risk"]) == (0, 1)
    assert counts(figures("risk", part="2026-03")["waiting"]) == (1, 1)


def test_what_was_late_ends_in_four_ways_and_what_is_in_progress_stays_in_the_whole() -> None:
    # Six of 100 fell due on 1 April: one is paid on the third before any letter, one on the ninth after one, one is
    # credited; of one 60 are paid and 40 given up, of one 30 are paid so far; one was paid in time and is not counted.
    people = [person(f"Customer {number}") for number in range(6)]
    quick, slow, let_off, given_up, partly, in_time = (owes(one, "100.00", due="2026-04-01") for one in people)
    _send(Portfolio([], [Letter(1, 0, at("2026-04-08"), (1,))]), people, [quick, slow])
    for one, day, amount in ((in_time, 1, ""), (quick, 3, ""), (slow, 9, ""), (given_up, 5, "60"), (partly, 5, "30")):
        paid(one, at(f"2026-04-0{day}"), amount)
    ledger.credit(let_off, Decimal(100), reason="Gone", now=at("2026-04-20"), on=date(2026, 4, 20), by=None)
    ledger.write_off(given_up, reason="Gone", now=at("2026-04-20"), on=date(2026, 4, 20), by=None)
    told = figures("recovery")
    ends = {name: counts(told[name]) for name in ("recovered", "credited", "written_off", "open", "quiet")}
    assert ends == {"recovered": (2, 5), "credited": (1, 5), "written_off": (1, 5), "open": (1, 5), "quiet": (1, 5)}
    assert (told["failed_amount"], told["came_in"], told["came_share"].rate) == (500, 290, 0.58)


def test_bad_debt_is_what_was_written_off_of_net_sales(quarter: None) -> None:
    # In March 100 are billed and 20 credited; February's 40 are given up.
    march = Invoice.objects.get(number="R-3")
    ledger.credit(march, Decimal(20), reason="Parts", now=at("2026-03-25"), on=date(2026, 3, 25), by=None)
    february = Invoice.objects.get(number="R-2")
    ledger.write_off(february, reason="Gone", now=at("2026-03-26"), on=date(2026, 3, 26), by=None)
    assert figures("movements", part="2026-03")["bad"].rate == 0.5


def test_churn_counts_customers_given_up_and_late_money_kept(quarter: None) -> None:
    march = figures("churn", part="2026-03")
    assert (march["customers"], counts(march["lost"]), march["kept"]) == (1, (0, 1), 60)
    ledger.write_off(
        Invoice.objects.get(number="R-2"), reason="Gone", now=at("2026-05-05"), on=date(2026, 5, 5), by=None
    )
    assert counts(figures("churn", part="2026-05")["lost"]) == (1, 1)
    given_up = figures("write-offs")
    assert (given_up["number"], given_up["amount"], given_up["days"]) == (1, 40, 66)


def test_churn_knows_new_customers_money_and_debts_of_long_ago(quarter: None) -> None:
    # Bo is new in March and pays late in March. Eva was billed two years ago and owes it until it is written off in
    # May; Lee was billed two years ago, too, and paid in April.
    bo, eva, lee = (person(name) for name in ("Bo Nygaard", "Eva Sole", "Lee Park"))
    paid(owes(bo, "30.00", due="2026-03-05"), at("2026-03-20"))
    old, settled = (owes(one, "70.00", due="2024-05-01") for one in (eva, lee))
    paid(settled, at("2026-04-10"))
    ledger.write_off(old, reason="Gone", now=at("2026-05-20"), on=date(2026, 5, 20), by=None)
    months = {month: figures("churn", part=month) for month in ("2026-03", "2026-04", "2026-05", "2026-06")}
    assert [(one["customers"], counts(one["lost"])) for one in months.values()] == [
        (3, (0, 3)),  # Ada, Eva and Lee; Bo comes in the month
        (4, (0, 4)),
        (3, (1, 3)),
        (2, (0, 2)),
    ]
    assert [one["kept"] for one in months.values()] == [90, 70, 0, 0]
    assert months["2026-05"]["given_up"] == 70
    whole = figures("churn", "language")
    assert (whole["customers"], counts(whole["lost"]), whole["kept"]) == (4, (1, 4), 100 + 60 + 30 + 70)


def test_a_forecast_goes_by_the_weeks_before() -> None:
    # Each week one invoice of 100 falls due on Monday; half of what is due is paid on Thursday, the rest stays open.
    ada = person("Ada Lindgren")
    for week in range(20):
        due = date(2026, 2, 9) + timedelta(weeks=week)
        one = owes(ada, "100.00", due=str(due), number=f"R-{week}")
        paid(one, datetime.combine(due + timedelta(days=3), at("2026-01-01").timetz()), "50")
    told = figures("forecast", part=" 7 days", as_of=date(2026, 6, 23))
    # On Tuesday of the twentieth week one is a day late with 100 open: 50 of it are expected; old halves stay.
    assert told["expected"] == 50
    assert told["accuracy"] == 1


def test_days_past_due_count_from_the_due_date_as_it_stood_on_that_day(quarter: None) -> None:
    # 40 of February's are open; on 10 April their due date is put off from 28 February to 15 March.
    february = Invoice.objects.get(number="R-2")
    february.due_on, february.updated_at = date(2026, 3, 15), at("2026-04-10")
    february.save(update_fields=["due_on", "updated_at"])

    def ageing(day: date) -> list[tuple[str, Decimal]]:
        return [(row.label, row.values[0]) for row in REPORTS["ageing"].rows(replace(ASKED, as_of=day))]

    assert ("31–60 days", 40) in ageing(date(2026, 4, 9))
    assert ("1–30 days", 40) in ageing(date(2026, 4, 10))
    # Rolls look at several ends of months at once: late by 31 days at the end of March, by 46 at the end of April.
    assert counts(figures("rolls", part="2026-04")["roll_1"])[1] == 0
    assert counts(figures("rolls", part="2026-04")["roll_2"])[1] == 40
