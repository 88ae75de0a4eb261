"""Money that went back and came again: the invoices are settled once more, and nothing of the story is lost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers.models import Customer, Hold
from customers.queries import ledger_faults
from dunning.models import Case
from dunning.operations.tick import tick
from dunning.queries.overview import today_so_far
from payments.models import Payment, Refund, RefundReversal
from payments.operations import refunds, reversals
from payments.queries.money import payment_faults, unapplied_of
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
    told = {"on": date(2026, 3, 9), "reason": "Fraudulent", "now": NOW, **how}
    return refunds.record(payment, kind=kind, amount=Decimal(amount), **told)  # type: ignore[arg-type]


def undo(refund: Refund) -> bool:
    return reversals.undo(refund, on=date(2026, 4, 1), reason="Dispute won", now=NOW + timedelta(days=30))


def test_won_dispute_settles_the_same_invoices_again_and_ends_its_hold(ada: Customer) -> None:
    owes(ada, "60.00", due="2026-02-01")
    owes(ada, "30.00", due="2026-02-10")
    payment = pays(ada, "90.00", NOW)
    lost = give_back(payment, "50.00", Kind.CHARGEBACK)
    other = owes(ada, "5.00", due="2025-01-01")
    assert balances(ada) == [5, 20, 30]
    assert undo(lost)
    assert balances(ada) == [5, 0, 0]
    assert not Hold.objects.filter(released_at=None).exists()
    assert Refund.objects.get() == lost and other.balance == 5
    assert ledger_faults() == payment_faults() == []


def test_coming_back_twice_is_coming_back_once(ada: Customer) -> None:
    owes(ada, "60.00")
    refund = give_back(pays(ada, "60.00", NOW), "60.00")
    assert [undo(refund), undo(refund)] == [True, False]
    assert (RefundReversal.objects.count(), balances(ada)) == (1, [0])


def test_what_was_paid_otherwise_meanwhile_becomes_credit(ada: Customer) -> None:
    owes(ada, "60.00")
    refund = give_back(pays(ada, "60.00", NOW), "60.00", Kind.RETURNED)
    pays(ada, "60.00", NOW)
    undo(refund)
    assert (balances(ada), unapplied_of(ada.pk)) == ([0], [("EUR", 60)])
    assert payment_faults() == []


def test_credited_invoice_stays_credited_and_its_money_is_credit(ada: Customer) -> None:
    owes(ada, "60.00")
    refund = give_back(pays(ada, "60.00", NOW), "60.00", is_credited=True)
    undo(refund)
    assert (balances(ada), unapplied_of(ada.pk)) == ([0], [("EUR", 60)])


def test_money_that_came_back_may_go_a_second_time(ada: Customer) -> None:
    owes(ada, "60.00")
    payment = pays(ada, "60.00", NOW)
    undo(give_back(payment, "60.00", reference="dp_1"))
    give_back(payment, "60.00", reference="dp_2")
    assert balances(ada) == [60]
    assert ledger_faults() == payment_faults() == []


def test_a_persons_own_dispute_goes_on(ada: Customer) -> None:
    from customers.operations import holds

    invoice = owes(ada, "60.00")
    refund = give_back(pays(ada, "60.00", NOW), "60.00", Kind.CHARGEBACK)
    holds.place(ada, kind=Hold.Kind.DISPUTE, reason="Broken", until_on=None, now=NOW, by=None, invoice=invoice)
    undo(refund)
    assert Hold.objects.get(released_at=None).reason == "Broken"


def test_winning_one_dispute_leaves_the_other_on_the_same_invoice(ada: Customer) -> None:
    owes(ada, "60.00")
    won, open_still = [give_back(pays(ada, "30.00", NOW), "30.00", Kind.CHARGEBACK) for _ in range(2)]
    undo(won)
    assert Hold.objects.get(released_at=None).reason == refunds.reason_of_hold(open_still)


def test_what_is_left_settles_the_others_by_the_day_it_came_back(ada: Customer) -> None:
    owes(ada, "60.00", due="2026-01-01")
    refund = give_back(pays(ada, "60.00", NOW), "60.00")
    other = owes(ada, "20.00", due="2026-02-01")
    pays(ada, "60.00", NOW)
    reversals.undo(refund, on=date(2026, 3, 27), reason="Dispute won", now=NOW + timedelta(days=30))
    assert other.entries.get(kind="paid").occurred_on == date(2026, 3, 27)


def test_case_closes_when_the_money_is_back(provider: Provider) -> None:
    standard_campaign(now=NOW)
    grace = reachable("Grace Okafor")
    owes(grace, "60.00", due="2026-02-20")
    refund = give_back(pays(grace, "60.00", NOW), "60.00", Kind.RETURNED)
    tick(now=NOW)
    assert Case.objects.get().state == "open"
    undo(refund)
    tick(now=NOW + timedelta(days=1))
    assert Case.objects.get().ending == "settled"


def test_what_came_in_today_is_net_of_both_ways(ada: Customer) -> None:
    refund = give_back(pays(ada, "60.00", NOW), "25.00")
    midnight = NOW.replace(hour=0)
    assert today_so_far(midnight).paid == {"EUR": 35}
    undo(refund)
    assert today_so_far(midnight).paid == {"EUR": 60}
