"""Money that went back: what is owed again, what is held, and books that stay balanced."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, CustomerChange, Hold, LedgerEntry
from customers.queries import ledger_faults
from dunning.models import Case
from dunning.operations.tick import tick
from payments.models import Payment, Refund
from payments.operations import refunds
from payments.operations.refunds import RefundRefusal
from payments.queries.money import settled_by, unapplied_of, with_parts
from tests.campaigns import standard_campaign
from tests.charging import balances
from tests.people import NOW, owes, pays, person, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
Kind = Refund.Kind


@pytest.fixture
def ada() -> Customer:
    return person("Ada Lindgren")


def give_back(payment: Payment, amount: str, kind: Refund.Kind = Kind.REFUND, **how: object) -> Refund:
    told = {"on": date(2026, 3, 9), "reason": "Came twice", "now": NOW, **how}
    return refunds.record(payment, kind=kind, amount=Decimal(amount), **told)  # type: ignore[arg-type]


def test_refund_comes_from_what_is_left_over_and_then_from_the_last_invoice(ada: Customer) -> None:
    owes(ada, "60.00", due="2026-02-01")
    owes(ada, "30.00", due="2026-02-10")
    payment = pays(ada, "100.00", NOW)
    give_back(payment, "10.00")
    assert balances(ada) == [0, 0]
    give_back(payment, "40.00")
    assert balances(ada) == [10, 30]
    assert ledger_faults() == []
    kept = with_parts(Payment.objects.all()).get()
    assert (kept.refunded, kept.applied) == (50, 50)


def test_overpayment_given_back_is_unapplied_no_more(ada: Customer) -> None:
    owes(ada, "60.00")
    payment = pays(ada, "100.00", NOW)
    assert unapplied_of(ada.pk) == [("EUR", 40)]
    give_back(payment, "40.00")
    assert unapplied_of(ada.pk) == []


def test_refund_of_a_credited_invoice_leaves_nothing_owed(ada: Customer) -> None:
    owes(ada, "60.00")
    give_back(pays(ada, "60.00", NOW), "60.00", is_credited=True)
    assert balances(ada) == [0]
    kinds = LedgerEntry.objects.order_by("pk").values_list("kind", "amount")
    assert list(kinds)[1:] == [("paid", -60), ("refunded", 60), ("credited", -60)]
    assert ledger_faults() == []


@pytest.mark.parametrize("amount", ["0", "-1", "60.01", "0.001"])
def test_what_cannot_have_gone_back_is_refused_and_leaves_no_trace(ada: Customer, amount: str) -> None:
    owes(ada, "60.00")
    payment = pays(ada, "60.00", NOW)
    with pytest.raises(RefundRefusal, match="up to 60.00"):
        give_back(payment, amount)
    assert (Refund.objects.count(), balances(ada)) == (0, [0])


def test_second_refund_is_bounded_by_what_the_first_left(ada: Customer) -> None:
    owes(ada, "60.00")
    payment = pays(ada, "60.00", NOW)
    give_back(payment, "50.00")
    with pytest.raises(RefundRefusal, match="up to 10.00"):
        give_back(payment, "10.01")


def test_same_reference_is_recorded_once(ada: Customer) -> None:
    owes(ada, "60.00")
    payment = pays(ada, "60.00", NOW)
    assert give_back(payment, "20.00", reference="re_1") == give_back(payment, "20.00", reference="re_1")
    assert balances(ada) == [20]


def test_charged_back_invoice_is_owed_again_and_left_alone_until_a_person_has_looked(
    ada: Customer, provider: Provider
) -> None:
    standard_campaign(now=NOW)
    grace = reachable("Grace Okafor", number="G1")
    invoice = owes(grace, "60.00", due="2026-02-20")
    give_back(pays(grace, "60.00", NOW), "60.00", Kind.CHARGEBACK)
    hold = Hold.objects.get()
    assert (hold.kind, hold.invoice, hold.released_at) == (Hold.Kind.DISPUTE, invoice, None)
    tick(now=NOW + timedelta(days=1))
    assert (Case.objects.count(), provider.accepted()) == (0, [])


def test_returned_debit_is_owed_again_and_asked_for(provider: Provider) -> None:
    standard_campaign(now=NOW)
    grace = reachable("Grace Okafor")
    owes(grace, "60.00", due="2026-02-20")
    payment = pays(grace, "60.00", NOW)
    tick(now=NOW)
    assert provider.accepted() == []
    give_back(payment, "60.00", Kind.RETURNED)
    assert CustomerChange.objects.filter(customer_id=grace.pk).exists()
    tick(now=NOW)
    assert [entry["to"] for entry in provider.accepted()] == [grace.contacts.get().email]


moves = st.lists(st.tuples(st.sampled_from(["pay", "back"]), st.integers(1, 9000)), max_size=12)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bills=st.lists(st.integers(1, 9000), max_size=4), moves=moves)
def test_what_came_in_is_what_settles_plus_what_is_left_plus_what_went_back(
    bills: list[int], moves: list[tuple[str, int]]
) -> None:
    ada = person("Ada Lindgren", number=f"A{Customer.objects.count()}")
    for cents in bills:
        owes(ada, str(Decimal(cents) / 100))
    for move, cents in moves:
        mine = Payment.objects.filter(customer=ada).order_by("pk")
        if move == "pay":
            pays(ada, str(Decimal(cents) / 100), NOW)
        elif latest := mine.last():
            try:
                give_back(latest, str(Decimal(cents) / 100))
            except RefundRefusal:
                continue
    for payment in with_parts(Payment.objects.filter(customer=ada)):
        assert 0 <= payment.applied <= payment.amount - payment.refunded
        assert payment.applied == sum(part for _, part in settled_by(payment))
    billed, open_now = Decimal(sum(bills)) / 100, sum(balances(ada))
    applied = sum(payment.applied for payment in with_parts(Payment.objects.filter(customer=ada)))
    assert billed - applied == open_now
    assert ledger_faults() == []
