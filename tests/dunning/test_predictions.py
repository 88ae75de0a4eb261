"""The night's prediction: what it writes, what it goes by, and that it is made once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from customers.models import LedgerEntry
from customers.operations.ledger import Posting, post
from dunning.figures.foreseen import Past, expected_within
from dunning.figures.question import Question
from dunning.models import Case, CaseOutlook, Prediction
from dunning.operations.predictions import predict
from dunning.operations.tick import tick
from dunning.queries.expected_payments import expected_payments
from dunning.rules.prediction.books import outcomes
from dunning.rules.prediction.model import RULES
from dunning.snapshot.payment_books import books_of, sampled
from tests.campaigns import standard_campaign
from tests.experimenting import debtors
from tests.people import NOW, owes, paid, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
YESTERDAY = NOW.date() - timedelta(days=1)


@pytest.fixture
def ada(provider: Provider) -> None:
    """Ada pays a week late, and owes 100 EUR and 60 USD since; Grace has paid, and her case is over."""
    standard_campaign(now=NOW)
    customer = reachable("Ada Lindgren")
    for month in (11, 12):
        earlier = owes(customer, "50.00", due=f"2025-{month}-01")
        paid(earlier, NOW.replace(year=2025, month=month, day=8))
    owes(customer, "100.00", due="2026-02-26")
    owes(customer, "60.00", "USD", due="2026-03-20")
    owes(reachable("Grace Okafor"), "10.00", due="2026-02-26")
    tick(now=NOW - timedelta(days=1))


def test_prediction_says_when_each_open_case_is_likely_paid_and_why(ada: None) -> None:
    made = predict(now=NOW)
    assert made is not None
    assert (made.made_on, made.is_learnt) == (YESTERDAY, False)
    assert made.says == "goes by rules: 2 payments seen, 200 needed"
    case = Case.objects.get(customer__name="Ada Lindgren")
    assert case.outlook.why == "usually pays 7 days late"
    assert case.outlook.likely_on is not None
    assert 50 < case.outlook.chance < 95
    assert predict(now=NOW + timedelta(hours=3)) is None


def test_outlook_of_a_closed_case_goes(ada: None) -> None:
    predict(now=NOW)
    grace = Case.objects.get(customer__name="Grace Okafor")
    paid(grace.customer.invoices.get(), NOW)
    tick(now=NOW + timedelta(minutes=1))
    predict(now=NOW + timedelta(days=1))
    assert [outlook.case.customer.name for outlook in CaseOutlook.objects.all()] == ["Ada Lindgren"]


def test_expected_payments_are_never_added_across_currencies_and_grow_with_the_days(ada: None) -> None:
    by_days = [expected_payments(NOW.date(), days) for days in (7, 30, 90)]
    assert {*by_days[0]} == {"EUR", "USD"}
    for currency, most in (("EUR", Decimal(110)), ("USD", Decimal(60))):
        sums = [found[currency] for found in by_days]
        assert sums == sorted(sums)
        assert 0 < sums[-1] < most


def test_figure_of_a_past_night_stays_what_it_was(ada: None) -> None:
    counted = expected_payments(YESTERDAY, 30)
    predict(now=NOW)
    paid(Case.objects.get(customer__name="Ada Lindgren").customer.invoices.get(currency="USD"), NOW)
    assert expected_payments(YESTERDAY, 30) == counted
    Prediction.objects.all().delete()
    assert expected_payments(YESTERDAY, 30) == counted
    assert "USD" not in expected_payments(NOW.date(), 30)


def test_what_was_not_booked_by_a_day_is_not_expected_on_it(ada: None) -> None:
    assert expected_payments(date(2025, 11, 3), 30).keys() == {"EUR"}


def test_what_is_open_for_years_is_expected_and_is_the_oldest_of_its_case(ada: None) -> None:
    customer = Case.objects.get(customer__name="Ada Lindgren").customer
    owes(customer, "70.00", due="2024-09-01")
    [book] = books_of([customer.pk], YESTERDAY)
    assert [one.due_on.year for one in book.invoices if one.ended_on is None] == [2024, 2026]
    assert not [one for one in outcomes(book, YESTERDAY, {}) if one.over_on.year == 2024]
    predict(now=NOW)
    outlook = CaseOutlook.objects.get(case__customer=customer)
    assert outlook.likely_on is None


def test_rest_that_is_written_off_is_no_payment(ada: None) -> None:
    customer = Case.objects.get(customer__name="Ada Lindgren").customer
    given_up, in_full = (owes(customer, "70.00", due="2026-01-01", number=name) for name in ("given-up", "in-full"))
    for invoice, first, last in ((given_up, "paid", "written_off"), (in_full, "credited", "paid")):
        for kind, amount, days in ((first, -20, 9), (last, -50, 3)):
            at = NOW - timedelta(days=days)
            post([Posting(invoice.pk, LedgerEntry.Kind(kind), Decimal(amount), at.date(), "desk")], now=at)
    [book] = books_of([customer.pk], YESTERDAY)
    assert {one.id: one.is_paid for one in book.invoices if one.due_on.year == 2026 and one.due_on.month == 1} == {
        given_up.pk: False,
        in_full.pk: True,
    }


def test_no_more_customers_are_learnt_from_than_asked_for() -> None:
    debtors(9)
    assert [len(sampled(NOW.date(), most=most)) for most in (4, 5, 9, 20)] == [3, 4, 9, 9]


def test_learning_can_be_switched_off(ada: None, settings: Settings) -> None:
    settings.PREDICT_BY_RULES = True
    made = predict(now=NOW)
    assert made is not None
    assert (made.says, made.coefficients) == ("goes by rules: learning is switched off", {})
    assert RULES.coefficients["habit now"] > 0


def test_report_of_the_forecast_goes_by_what_was_learnt_where_all_customers_are_asked_about(ada: None) -> None:
    told = {"made_on": NOW.date(), "made_at": NOW, "is_learnt": True, "says": "learnt"}
    Prediction.objects.create(**told, expected={"EUR": ["42.00"] * 90})
    whole, some = (
        Past(Question(NOW.date(), NOW.date(), NOW.date(), segment=segment)) for segment in ("", "key account")
    )
    assert expected_within(whole, NOW.date(), 30)["EUR"] == Decimal(42)
    assert expected_within(some, NOW.date(), 30) == {}
