"""Interest: on the balance as it was each day, by the rate of each day."""

from datetime import date
from decimal import Decimal

import pytest

from customers.models import Customer, Hold, Invoice
from customers.operations import holds, ledger
from payments.models import BaseRate, Claim, ClaimPolicy, Payment, Refund
from payments.operations import claims, refunds
from payments.operations.claims import raise_due
from payments.operations.payments import record
from tests.claiming import business, interest_on, on, raised
from tests.people import NOW, owes, pays
from tests.plans import agree

pytestmark = pytest.mark.django_db


D = Decimal


class TestInterest:
    """On the balance as it was each day, by the rate of each day."""

    @pytest.fixture
    def invoice(self, by_law: ClaimPolicy) -> Invoice:
        invoice = owes(business(), "10000.00", due="2026-01-31")
        raise_due(now=on("2026-02-01"))
        return invoice

    def test_german_business_rate_is_nine_points_above_base(self, invoice: Invoice) -> None:
        assert interest_on(invoice, date(2026, 3, 31)) == D("166.01")
        assert interest_on(invoice, date(2026, 1, 31)) == 0

    def test_part_payment_counts_from_its_value_date(self, invoice: Invoice) -> None:
        record(
            invoice.customer, amount=D(4000), currency="EUR", received_on=date(2026, 3, 1),
            source=Payment.Source.DESK, now=NOW,
        )  # fmt: skip
        expected = D("10.27") / 36500 * (10000 * 28 + 6000 * 31)
        assert interest_on(invoice, date(2026, 3, 31)) == expected.quantize(D("0.01"))

    def test_what_was_credited_had_never_been_owed(self, invoice: Invoice) -> None:
        ledger.credit(invoice, D(5000), reason="half was missing", now=NOW, on=NOW.date(), by=None)
        assert interest_on(invoice, date(2026, 3, 31)) == D("83.00")  # 83.0034

    def test_dispute_and_plan_cost_nothing(self, invoice: Invoice) -> None:
        hold = holds.place(
            invoice.customer, kind=Hold.Kind.DISPUTE, reason="wrong", until_on=date(2026, 3, 11), now=NOW, by=None
        )
        assert hold.placed_at.date() == date(2026, 3, 2)
        ten_days_less = D("10.27") / 36500 * 10000 * (59 - 10)
        assert interest_on(invoice, date(2026, 3, 31)) == ten_days_less.quantize(D("0.01"))
        agree(invoice.customer, now=on("2026-03-12"))
        until_the_plan = D("10.27") / 36500 * 10000 * 29
        assert interest_on(invoice, date(2026, 12, 31)) == until_the_plan.quantize(D("0.01"))

    def test_it_runs_until_the_invoice_is_paid_and_is_then_known(self, invoice: Invoice) -> None:
        claim = Claim.objects.get(kind="interest")
        assert claim.is_running
        record(
            invoice.customer, amount=D(10000), currency="EUR", received_on=date(2026, 4, 1),
            source=Payment.Source.DESK, now=on("2026-04-03"),
        )  # fmt: skip
        raise_due(now=on("2026-04-03"))
        claim.refresh_from_db()
        assert (claim.amount, claim.until_on) == (D("166.01"), date(2026, 4, 1))
        raise_due(now=on("2026-05-03"))
        assert Claim.objects.get(kind="interest").amount == D("166.01")

    def test_it_runs_on_when_the_money_went_back(self, invoice: Invoice) -> None:
        """The days on which the money was here cost nothing."""
        payment = record(
            invoice.customer, amount=D(10000), currency="EUR", received_on=date(2026, 3, 1),
            source=Payment.Source.DESK, now=on("2026-03-02"),
        )  # fmt: skip
        raise_due(now=on("2026-03-02"))
        returned = Refund.Kind.RETURNED
        refunds.record(payment, kind=returned, amount=D(1), on=date(2026, 3, 11), reason="?", now=on("2026-03-12"))
        claim = Claim.objects.get(kind="interest")
        assert (claim.is_running, claim.amount) == (True, 0)
        expected = D("10.27") / 36500 * (10000 * 28 + 1 * 10)
        assert interest_on(invoice, date(2026, 3, 20)) == expected.quantize(D("0.01"))
        pays(invoice.customer, "1.00", on("2026-03-21"))
        raise_due(now=on("2026-03-21"))
        assert raised(invoice.customer) == [("interest", expected.quantize(D("0.01")))]

    @pytest.mark.parametrize("what", ["waived", "paid", "credited"])
    def test_waived_or_paid_interest_stays_as_it_was_when_the_money_went_back(
        self, invoice: Invoice, what: str
    ) -> None:
        payment = pays(invoice.customer, "10000.00", on("2026-03-02"))
        raise_due(now=on("2026-03-02"))
        claim = Claim.objects.get(kind="interest")
        if what == "waived":
            claims.waive(claim, reason="kindness", now=NOW, by=None)
        elif what == "paid":
            pays(invoice.customer, "5.00", on("2026-03-02"))
            claims.pay_from_credit(claim, now=NOW, by=None)
        kind, is_credited = Refund.Kind.REFUND, what == "credited"
        refunds.record(
            payment, kind=kind, amount=D(1), on=NOW.date(), reason="?", now=NOW, is_credited=is_credited
        )  # fmt: skip
        before = (claim.amount, claim.until_on)
        claim.refresh_from_db()
        assert (claim.amount, claim.until_on) == before and claim.amount > 0

    def test_paid_in_time_and_booked_late_costs_nothing(self, invoice: Invoice) -> None:
        record(
            invoice.customer, amount=D(10000), currency="EUR", received_on=date(2026, 1, 30),
            source=Payment.Source.DESK, now=on("2026-02-03"),
        )  # fmt: skip
        raise_due(now=on("2026-02-03"))
        assert raised(invoice.customer) == [("interest", 0)]

    def test_days_on_which_claims_are_off_cost_nothing(self, invoice: Invoice) -> None:
        ClaimPolicy.objects.create(is_on=False, source="Maria, manager", valid_from="2026-03-01")
        assert interest_on(invoice, date(2026, 12, 31)) == (D("10.27") / 36500 * 10000 * 28).quantize(D("0.01"))

    def test_law_under_which_it_was_raised_goes_on(self, invoice: Invoice) -> None:
        Customer.objects.update(kind="unknown")
        assert interest_on(invoice, date(2026, 3, 31)) == D("166.01")

    def test_british_rate_is_that_of_the_day_it_began(self, by_law: ClaimPolicy) -> None:
        grace = business("Grace Okafor", "GB")
        debt = owes(grace, "10000.00", "GBP", due="2026-06-29")
        BaseRate.objects.create(name="boe", percent=5, source="a test of the half-years", valid_from="2026-07-01")
        raise_due(now=on("2026-06-30"))
        assert interest_on(debt, date(2026, 6, 30)) == D("3.22")
        assert interest_on(debt, date(2027, 6, 29)) == D("1175.00")
