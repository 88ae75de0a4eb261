"""Claims in the books: off by default, once ever, beside the balance, paid last."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, Hold, Invoice, LedgerEntry
from customers.operations import holds, ledger
from customers.queries import ledger_faults
from payments.law_queries import interest_of, law_book, with_paid
from payments.models import BaseRate, Claim, ClaimAllocation, ClaimPolicy, ClaimRule, Payment, Refund
from payments.operations import claims, refunds
from payments.operations.claims import ClaimRefusal, raise_by_hand, raise_due
from payments.operations.instalment_plans import end
from payments.operations.jurisdictions import store_shipped_laws
from payments.operations.payments import record
from payments.queries import unapplied_of, with_parts
from payments.rules.claims import ClaimKind
from tests.people import NOW, owes, person
from tests.plans import agree, pays

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def by_law() -> ClaimPolicy:
    return ClaimPolicy.objects.create(
        is_on=True, source="Maria, manager: from the new year on", valid_from="2026-01-01"
    )


def business(name: str = "Ada Lindgren", country: str = "DE", **facts: str) -> Customer:
    return person(name, country=country, kind="business", **facts)


def raised(customer: Customer) -> list[tuple[str, Decimal]]:
    found = Claim.objects.filter(invoice__customer=customer).order_by("kind")
    return [(claim.kind, claim.amount) for claim in found]


def on(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), NOW.timetz())


def test_nothing_is_claimed_before_it_is_switched_on() -> None:
    ada = business()
    invoice = owes(ada, "100.00")
    raise_due(now=NOW)
    assert raised(ada) == []
    assert interest_of(invoice, NOW.date()) == 0


def test_nothing_is_claimed_for_what_fell_late_before_it_was_switched_on() -> None:
    ClaimPolicy.objects.create(is_on=True, source="Maria, manager", valid_from="2026-02-20")
    ada = business()
    owes(ada, "100.00", due="2026-02-16")
    raise_due(now=NOW)
    assert raised(ada) == []


@pytest.mark.parametrize(
    ("country", "kind", "currency", "amount", "claimed"),
    [
        ("DE", "business", "EUR", "100.00", [("interest", 0), ("lump_sum", 40)]),
        ("FR", "business", "EUR", "100.00", [("interest", 0), ("lump_sum", 40)]),
        ("GB", "business", "GBP", "999.99", [("interest", 0), ("lump_sum", 40)]),
        ("GB", "business", "GBP", "1000.00", [("interest", 0), ("lump_sum", 70)]),
        ("GB", "business", "GBP", "10000.00", [("interest", 0), ("lump_sum", 100)]),
        ("DE", "business", "USD", "100.00", [("interest", 0)]),  # 40 EUR are not converted
        ("FR", "business", "USD", "100.00", []),
        ("GB", "business", "EUR", "100.00", []),
        ("US", "business", "USD", "100.00", []),
        ("", "business", "EUR", "100.00", []),
        ("DE", "consumer", "EUR", "100.00", []),  # a person judges whether a consumer is in default
        ("NL", "consumer", "EUR", "100.00", []),
        ("DE", "unknown", "EUR", "100.00", []),
    ],
)
def test_law_of_the_customer_s_country_decides(
    by_law: ClaimPolicy, country: str, kind: str, currency: str, amount: str, claimed: list[tuple[str, int]]
) -> None:
    ada = person("Ada Lindgren", country=country, kind=kind)
    owes(ada, amount, currency)
    raise_due(now=NOW)
    assert raised(ada) == claimed


def test_claim_is_never_in_the_balance_and_tells_its_law(by_law: ClaimPolicy) -> None:
    invoice = owes(business(), "100.00")
    raise_due(now=NOW)
    invoice.refresh_from_db()
    claim = Claim.objects.get(kind="lump_sum")
    assert (invoice.balance, claim.law, claim.arose_on) == (100, "§ 288 (5) BGB: 40 EUR", date(2026, 2, 17))
    assert ledger_faults() == []


def test_lump_sum_waits_for_money_on_its_way_through_the_banks(by_law: ClaimPolicy) -> None:
    ada = business()
    owes(ada, "100.00", due="2026-02-25")
    raise_due(now=on("2026-03-02"))
    assert raised(ada) == [("interest", 0)]
    raise_due(now=on("2026-03-03"))
    assert raised(ada) == [("interest", 0), ("lump_sum", 40)]


def test_claim_is_raised_once_ever_also_after_waiving(by_law: ClaimPolicy) -> None:
    ada = business()
    owes(ada, "100.00")
    raise_due(now=NOW)
    claim = Claim.objects.get(kind="lump_sum")
    claims.waive(claim, reason="a good customer", now=NOW, by=None)
    raise_due(now=NOW + timedelta(days=30))
    assert Claim.objects.filter(kind="lump_sum").count() == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        claim.delete()
    with pytest.raises(IntegrityError, match="one_claim_per_invoice_kind_and_step"), transaction.atomic():
        Claim.objects.create(
            invoice=claim.invoice, kind="lump_sum", amount=1, currency="EUR", arose_on=NOW.date(), rule=claim.rule,
            law="x", raised_at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("kind", [Hold.Kind.DISPUTE, Hold.Kind.HARDSHIP])
@pytest.mark.parametrize("whole", [True, False])
def test_nothing_is_raised_during_a_dispute_or_hardship(by_law: ClaimPolicy, kind: Hold.Kind, whole: bool) -> None:
    ada = business()
    invoice = owes(ada, "100.00")
    facts = {"reason": "parts missing", "until_on": None, "now": NOW, "by": None}
    hold = holds.place(ada, kind=kind, invoice=None if whole else invoice, **facts)  # type: ignore[arg-type]
    raise_due(now=NOW)
    assert raised(ada) == []
    holds.release(hold, now=NOW)
    raise_due(now=NOW + timedelta(days=1))
    assert len(raised(ada)) == 2


def test_nothing_is_raised_during_an_instalment_plan(by_law: ClaimPolicy) -> None:
    ada = business()
    owes(ada, "100.00")
    plan = agree(ada, now=NOW)
    raise_due(now=NOW)
    assert raised(ada) == []
    end(plan, reason="they changed their mind", now=NOW, by=None)
    raise_due(now=NOW + timedelta(days=1))
    assert len(raised(ada)) == 2


def test_pause_or_promise_freezes_no_claim(by_law: ClaimPolicy) -> None:
    ada = business()
    owes(ada, "100.00")
    holds.place(ada, kind=Hold.Kind.PROMISE, reason="next week", until_on=None, now=NOW, by=None)
    raise_due(now=NOW)
    assert len(raised(ada)) == 2


class TestInterest:
    """On the balance as it was each day, by the rate of each day."""

    @pytest.fixture
    def invoice(self, by_law: ClaimPolicy) -> Invoice:
        return owes(business(), "10000.00", due="2026-01-31")

    def test_german_business_rate_is_nine_points_above_base(self, invoice: Invoice) -> None:
        assert interest_of(invoice, date(2026, 3, 31)) == D("166.01")
        assert interest_of(invoice, date(2026, 1, 31)) == 0

    def test_part_payment_counts_from_its_value_date(self, invoice: Invoice) -> None:
        record(
            invoice.customer, amount=D(4000), currency="EUR", received_on=date(2026, 3, 1),
            source=Payment.Source.DESK, now=NOW,
        )  # fmt: skip
        expected = D("10.27") / 36500 * (10000 * 28 + 6000 * 31)
        assert interest_of(invoice, date(2026, 3, 31)) == expected.quantize(D("0.01"))

    def test_what_was_credited_had_never_been_owed(self, invoice: Invoice) -> None:
        ledger.credit(invoice, D(5000), reason="half was missing", now=NOW, on=NOW.date(), by=None)
        assert interest_of(invoice, date(2026, 3, 31)) == D("83.00")  # 83.0034

    def test_dispute_and_plan_cost_nothing(self, invoice: Invoice) -> None:
        hold = holds.place(
            invoice.customer, kind=Hold.Kind.DISPUTE, reason="wrong", until_on=date(2026, 3, 11), now=NOW, by=None
        )
        assert hold.placed_at.date() == date(2026, 3, 2)
        ten_days_less = D("10.27") / 36500 * 10000 * (59 - 10)
        assert interest_of(invoice, date(2026, 3, 31)) == ten_days_less.quantize(D("0.01"))
        agree(invoice.customer, now=on("2026-03-12"))
        until_the_plan = D("10.27") / 36500 * 10000 * 29
        assert interest_of(invoice, date(2026, 12, 31)) == until_the_plan.quantize(D("0.01"))

    def test_it_runs_until_the_invoice_is_paid_and_is_then_known(self, invoice: Invoice) -> None:
        raise_due(now=on("2026-02-10"))
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

    def test_paid_in_time_and_booked_late_costs_nothing(self, invoice: Invoice) -> None:
        raise_due(now=on("2026-02-02"))
        record(
            invoice.customer, amount=D(10000), currency="EUR", received_on=date(2026, 1, 30),
            source=Payment.Source.DESK, now=on("2026-02-03"),
        )  # fmt: skip
        raise_due(now=on("2026-02-03"))
        assert raised(invoice.customer) == [("interest", 0)]

    def test_days_on_which_claims_are_off_cost_nothing(self, invoice: Invoice) -> None:
        ClaimPolicy.objects.create(is_on=False, source="Maria, manager", valid_from="2026-03-01")
        assert interest_of(invoice, date(2026, 12, 31)) == (D("10.27") / 36500 * 10000 * 28).quantize(D("0.01"))

    def test_unknown_customer_bears_none(self, invoice: Invoice) -> None:
        Customer.objects.update(kind="unknown")
        invoice.refresh_from_db()
        assert interest_of(invoice, date(2026, 3, 31)) == 0

    def test_british_rate_is_that_of_the_day_it_began(self, by_law: ClaimPolicy) -> None:
        grace = business("Grace Okafor", "GB")
        debt = owes(grace, "10000.00", "GBP", due="2026-06-29")
        BaseRate.objects.create(name="boe", percent=5, source="a test of the half-years", valid_from="2026-07-01")
        assert interest_of(debt, date(2026, 6, 30)) == D("3.22")
        assert interest_of(debt, date(2027, 6, 29)) == D("1175.00")


def by_hand(invoice: Invoice, kind: ClaimKind, day: str, now: datetime = NOW, **facts: Any) -> Claim:
    told = {"step": 0, "amount": None, "by": None, **facts}
    return raise_by_hand(invoice, kind, on=date.fromisoformat(day), now=now, **told)


class TestByHand:
    """What a law leaves to a person."""

    @pytest.fixture
    def dutch(self, by_law: ClaimPolicy) -> Invoice:
        return owes(person("Marie Delacroix", country="NL", kind="consumer"), "23000.00")

    @pytest.fixture
    def german(self, by_law: ClaimPolicy) -> Invoice:
        return owes(person("Ada Lindgren", country="DE", kind="consumer"), "300.00")

    def test_dutch_costs_come_after_fourteen_full_days(self, dutch: Invoice) -> None:
        with pytest.raises(ClaimRefusal, match="14 full days"):
            by_hand(dutch, ClaimKind.COST, "2026-02-20", on("2026-03-06"))
        claim = by_hand(dutch, ClaimKind.COST, "2026-02-20", on("2026-03-07"))
        assert claim.amount == 1005
        with pytest.raises(ClaimRefusal, match="each is raised once"):
            by_hand(dutch, ClaimKind.COST, "2026-02-20", on("2026-03-07"))

    def test_german_consumer_pays_the_actual_cost_of_later_reminders_only(self, german: Invoice) -> None:
        with pytest.raises(ClaimRefusal, match="from reminder 2 on"):
            by_hand(german, ClaimKind.COST, "2026-02-20", step=1, amount=D(1))
        for amount in (None, D(0), D("2.51"), D("1.001")):
            with pytest.raises(ClaimRefusal, match="what the reminder really cost"):
                by_hand(german, ClaimKind.COST, "2026-02-20", step=2, amount=amount)
        for step in (2, 3):
            assert by_hand(german, ClaimKind.COST, "2026-02-20", step=step, amount=D("1.10")).amount == D("1.10")

    def test_german_consumer_s_interest_runs_from_the_day_a_person_named(self, german: Invoice) -> None:
        by_hand(german, ClaimKind.INTEREST, "2026-02-20")
        expected = (D("6.27") / 36500 * 300 * 11).quantize(D("0.01"))
        assert interest_of(german, date(2026, 3, 2)) == expected

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda: ClaimPolicy.objects.create(is_on=False, source="x" * 9, valid_from="2026-02-01"), "are off"),
            (lambda: Customer.objects.update(kind="unknown"), "as a business or as a consumer"),
            (lambda: Customer.objects.update(country="US"), "No law on file"),
        ],
    )
    def test_what_no_law_allows_is_refused(self, german: Invoice, change: Any, message: str) -> None:
        change()
        with pytest.raises(ClaimRefusal, match=message):
            by_hand(german, ClaimKind.INTEREST, "2026-02-20")

    def test_disputed_settled_or_not_yet_late_is_refused(self, german: Invoice) -> None:
        with pytest.raises(ClaimRefusal, match="after the due date"):
            by_hand(german, ClaimKind.INTEREST, "2026-02-16")
        with pytest.raises(ClaimRefusal, match="not after today"):
            by_hand(german, ClaimKind.INTEREST, "2026-03-03")
        kind = Hold.Kind.DISPUTE
        hold = holds.place(german.customer, kind=kind, reason="wrong", until_on=None, now=NOW, by=None)
        with pytest.raises(ClaimRefusal, match="during a dispute"):
            by_hand(german, ClaimKind.INTEREST, "2026-02-20")
        holds.release(hold, now=NOW)
        pays(german.customer, "300.00", NOW)
        with pytest.raises(ClaimRefusal, match="Nothing is open"):
            by_hand(german, ClaimKind.INTEREST, "2026-02-20")


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

    def test_credit_is_put_on_a_claim_once_invoices_that_are_due_are_settled(self, ada: Customer) -> None:
        claim = Claim.objects.get(kind="lump_sum")
        with pytest.raises(ClaimRefusal, match="is due and open"):
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
    on_invoices = sum(sum(part for _, part in refunds.settled_by(payment)) for payment in mine)
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


def test_raising_takes_as_many_queries_for_many_as_for_one(by_law: ClaimPolicy) -> None:
    counts = []
    for number in (1, 6):
        for place in range(number):
            owes(business(f"Ada {number}-{place}"), "10.00")
        with CaptureQueriesContext(connection) as queries:
            raise_due(now=NOW)
        counts.append(len(queries))
    assert Claim.objects.count() == 14
    assert counts[0] == counts[1]


@pytest.mark.parametrize("table", [ClaimRule, BaseRate])
def test_every_law_has_a_source_and_a_date_and_is_never_changed(table: Any) -> None:
    rows = table.objects.all()
    assert rows
    assert all(len(row.source) > 10 and row.valid_from >= date(2026, 1, 1) for row in rows)
    with pytest.raises(DatabaseError, match="add a row with a later valid_from"), transaction.atomic():
        rows.update(source="changed")


def test_shipping_the_laws_again_adds_nothing() -> None:
    before = [list(table.objects.order_by("pk").values()) for table in (ClaimRule, BaseRate)]
    store_shipped_laws()
    assert [list(table.objects.order_by("pk").values()) for table in (ClaimRule, BaseRate)] == before
    assert len(law_book().laws) == len(before[0])


def test_ledger_knows_no_claims() -> None:
    assert not [kind for kind in LedgerEntry.Kind.values if "claim" in kind or "fee" in kind]
