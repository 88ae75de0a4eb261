"""Money goes to invoices first, and to claims only by a person; and none of it is lost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from customers.queries import ledger_faults
from payments.models import Claim, ClaimAllocation, ClaimPolicy, Payment, Refund
from payments.operations import claims, refunds
from payments.operations.claims import ClaimRefusal, raise_due
from payments.queries.laws import with_paid
from payments.queries.money import settled_by, unapplied_of, with_parts
from tests.claiming import business
from tests.people import NOW, owes, pays

pytestmark = pytest.mark.django_db


D = Decimal


class TestMoney:
    """Money goes to invoices first, and to claims only by a person."""

    @pytest.fixture
    def ada(self, by_law: ClaimPolicy) -> Customer:
        ada = business()
        owes(ada, "100.00")
        raise_due(now=NOW)
        return ada

    def test_payment_never_goes_to_a_claim_by_itself(self, ada: Customer) -> None:
        pays(ada, "150.00", NOW)
        assert unapplied_of(ada.pk) == [("EUR", 50)]
        assert not ClaimAllocation.objects.exists()

    def test_credit_is_put_on_a_claim_once_invoices_are_settled(self, ada: Customer) -> None:
        claim = Claim.objects.get(kind="lump_sum")
        with pytest.raises(ClaimRefusal, match="is open: money settles invoices first"):
            claims.pay_from_credit(claim, now=NOW, by=None)
        pays(ada, "100.00", NOW)
        with pytest.raises(ClaimRefusal, match="no credit"):
            claims.pay_from_credit(claim, now=NOW, by=None)
        pays(ada, "15.00", NOW)
        pays(ada, "35.00", NOW)
        assert claims.pay_from_credit(claim, now=NOW, by=None) == 40
        assert unapplied_of(ada.pk) == [("EUR", 10)]
        with pytest.raises(ClaimRefusal, match="Nothing is open of this claim"):
            claims.pay_from_credit(claim, now=NOW, by=None)

    def test_invoice_that_is_not_due_yet_comes_first_too(self, ada: Customer) -> None:
        pays(ada, "150.00", NOW)
        owes(ada, "10.00", due="2026-05-01", number="LATER")
        with pytest.raises(ClaimRefusal, match="Invoice LATER is open"):
            claims.pay_from_credit(Claim.objects.get(kind="lump_sum"), now=NOW, by=None)

    def test_oldest_money_goes_to_a_claim_first(self, ada: Customer) -> None:
        pays(ada, "100.00", NOW)
        younger, older = pays(ada, "40.00", NOW), pays(ada, "40.00", NOW - timedelta(days=9))
        claims.pay_from_credit(Claim.objects.get(kind="lump_sum"), now=NOW, by=None)
        younger.refresh_from_db()
        older.refresh_from_db()
        assert (younger.unapplied, older.unapplied) == (40, 0)

    def test_money_that_goes_back_leaves_credit_then_claims_then_invoices(self, ada: Customer) -> None:
        payment = pays(ada, "150.00", NOW)
        claim = Claim.objects.get(kind="lump_sum")
        claims.pay_from_credit(claim, now=NOW, by=None)
        for back, paid, still_open in (("10", 40, 0), ("15", 25, 0), ("30", 0, 5)):
            kind = Refund.Kind.REFUND
            refunds.record(payment, kind=kind, amount=D(back), on=NOW.date(), reason="back", now=NOW)
            assert with_paid(Claim.objects.filter(pk=claim.pk)).get().paid == paid  # type: ignore[attr-defined]
            assert ada.invoices.get().balance == still_open

    def test_interest_that_runs_takes_no_money_but_can_be_waived(self, ada: Customer) -> None:
        claim = Claim.objects.get(kind="interest")
        with pytest.raises(ClaimRefusal, match="still runs"):
            claims.pay_from_credit(claim, now=NOW, by=None)
        claims.waive(claim, reason="first time", now=NOW, by=None)
        pays(ada, "100.00", NOW)
        raise_due(now=NOW)
        claim.refresh_from_db()
        assert (claim.amount, claim.until_on) == (0, None)

    def test_waiving_needs_a_reason_and_something_open(self, ada: Customer) -> None:
        claim = Claim.objects.get(kind="lump_sum")
        with pytest.raises(ClaimRefusal, match="Say in a sentence"):
            claims.waive(claim, reason=" ", now=NOW, by=None)
        pays(ada, "140.00", NOW)
        claims.pay_from_credit(claim, now=NOW, by=None)
        with pytest.raises(ClaimRefusal, match="Nothing is open"):
            claims.waive(claim, reason="too late", now=NOW, by=None)


moves = st.lists(st.tuples(st.sampled_from(["pay", "back", "claim", "waive"]), st.integers(1, 9000)), max_size=12)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bills=st.lists(st.integers(1, 9000), max_size=3), moves=moves)
def test_what_came_in_is_on_invoices_on_claims_unapplied_or_gone_back(
    bills: list[int], moves: list[tuple[str, int]]
) -> None:
    ClaimPolicy.objects.get_or_create(is_on=True, valid_from="2026-01-01", defaults={"source": "a test of money"})
    ada = business(number=f"A{Customer.objects.count()}")
    for cents in bills:
        owes(ada, str(D(cents) / 100))
    raise_due(now=NOW)
    for move, cents in moves:
        try:
            _move(ada, move, D(cents) / 100)
        except (ClaimRefusal, refunds.RefundRefusal):
            continue
    mine = Payment.objects.filter(customer=ada)
    came_in = sum(payment.amount for payment in mine)
    on_invoices = sum(sum(part for _, part in settled_by(payment)) for payment in mine)
    on_claims = sum(row.amount for row in ClaimAllocation.objects.filter(payment__customer=ada))
    unapplied = sum(left for _, left in unapplied_of(ada.pk))
    went_back = sum(refund.amount for refund in Refund.objects.filter(payment__customer=ada))
    assert came_in == on_invoices + on_claims + unapplied + went_back
    assert all(0 <= paid.applied <= paid.amount - paid.refunded for paid in with_parts(mine))
    for claim in with_paid(Claim.objects.filter(invoice__customer=ada)):
        assert 0 <= claim.paid <= claim.amount  # type: ignore[attr-defined]
    assert sum(D(cents) / 100 for cents in bills) - on_invoices == sum(i.balance for i in ada.invoices.all())
    assert ledger_faults() == []


def _move(ada: Customer, move: str, amount: Decimal) -> None:
    latest = Payment.objects.filter(customer=ada).order_by("pk").last()
    claim = Claim.objects.filter(invoice__customer=ada, kind="lump_sum").order_by("?").first()
    match move:
        case "pay":
            pays(ada, str(amount), NOW)
        case "back" if latest:
            refunds.record(latest, kind=Refund.Kind.REFUND, amount=amount, on=NOW.date(), reason="back", now=NOW)
        case "claim" if claim:
            claims.pay_from_credit(claim, now=NOW, by=None)
        case "waive" if claim:
            claims.waive(claim, reason="kindness", now=NOW, by=None)
