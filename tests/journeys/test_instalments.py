"""A plan from its making to its end: what the customer is written, and what never."""

from datetime import date, timedelta

import pytest

from customers.models import Customer
from dunning.models import Case, Notice
from dunning.operations import deliver as delivery
from dunning.operations.advance import advance_due
from dunning.operations.opening import open_cases
from dunning.operations.prepare import prepare
from dunning.operations.tick import tick
from payments.operations import instalment_plans
from tests.campaigns import standard_campaign
from tests.people import owes, pays, reachable
from tests.plans import agree
from tests.provider import Provider
from tests.turning import START, live, sent_to

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 1)


@pytest.fixture
def ada(provider: Provider) -> Customer:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    owes(ada, "100.00", due="2026-01-31", number="R-1", what="Coffee")
    owes(ada, "200.00", due="2026-02-01", number="R-2")
    return ada


def last_letter(ada: Customer) -> str:
    return Notice.objects.filter(customer=ada, state="sent").latest("finished_at").body


def test_instalments_are_reminded_of_paid_in_order_and_the_plan_is_kept(ada: Customer) -> None:
    after = live(2)
    assert sent_to(ada) == [("02-01", "Day 1")]
    plan = agree(ada, now=after, first_on=FIRST)
    tick(now=after)
    assert Case.objects.get().ending == "in_instalments"  # and nobody says thank you for an agreement
    after = live(31, start=after)
    assert sent_to(ada)[1:] == [("02-26", "Day -3"), ("03-02", "Day 1")]
    letter = last_letter(ada)
    assert "€100.00 is still open" in letter
    assert "Instalment 1 of 3, Coffee" in letter
    assert "As agreed, you pay in instalments" in letter
    assert "200" not in letter and "300" not in letter
    pays(ada, "100.00", after)
    after = live(26, start=after)
    assert [case.ending for case in Case.objects.order_by("pk")][:2] == ["in_instalments", "cured"]
    assert sent_to(ada)[3:] == [("03-06", "Thank you"), ("03-29", "Day -3")]
    pays(ada, "100.00", after)
    pays(ada, "100.00", after)
    live(30, start=after)
    plan.refresh_from_db()
    assert plan.state == "kept"
    assert sent_to(ada)[5:] == []
    assert not Case.objects.filter(state="open").exists()


def test_broken_plan_brings_back_the_whole_sum_where_the_reminders_had_been(ada: Customer) -> None:
    after = live(2)
    plan = agree(ada, now=after, first_on=FIRST)
    live(60, start=after)
    plan.refresh_from_db()
    assert (plan.state, plan.ended_on) == ("broken", date(2026, 3, 9))
    assert sent_to(ada) == [
        ("02-01", "Day 1"),
        ("02-26", "Day -3"),
        ("03-02", "Day 1"),
        ("03-08", "Day 7"),
        ("03-15", "Day 14"),  # seven days later, as the campaign has it
        ("03-31", "Day 30"),
    ]
    letters = list(Notice.objects.filter(customer=ada, state="sent").order_by("finished_at"))
    assert ["€100.00 is still open" in letter.body for letter in letters] == [False, True, True, True, False, False]
    assert ["€300.00 is still open" in letter.body for letter in letters] == [True, False, False, False, True, True]
    assert "instalments" not in letters[-1].body


def test_letter_for_the_whole_sum_does_not_leave_once_a_plan_is_made(ada: Customer, provider: Provider) -> None:
    open_cases(now=START)
    advance_due(now=START)
    assert Notice.objects.get().state == "queued"
    agree(ada, now=START, first_on=FIRST)
    delivery.deliver(now=START)
    assert provider.accepted() == []
    assert Notice.objects.get().state == "withdrawn"


@pytest.mark.parametrize("event", ["made", "ended"])
def test_plan_made_or_ended_after_the_letter_is_written_stops_it(ada: Customer, event: str) -> None:
    """The last look compares plans, too: balances and holds are the same before and after."""
    plan = agree(ada, now=START, first_on=START.date()) if event == "ended" else None
    moment = START + timedelta(days=1)
    open_cases(now=moment)
    advance_due(now=moment)
    [notice] = delivery._claim(moment)
    [parcel] = prepare([notice], now=moment).parcels
    if plan:
        instalment_plans.end(plan, reason="changed their mind", now=moment, by=None)
    else:
        agree(ada, now=moment, first_on=FIRST)
    assert not delivery._mark_calling(parcel, moment)


def test_other_debts_are_followed_up_beside_a_plan(ada: Customer) -> None:
    agree(ada, now=START, first_on=date(2026, 6, 1))
    owes(ada, "50.00", due="2026-02-10", number="R-3")
    live(20)
    assert sent_to(ada) == [("02-07", "Day -3"), ("02-11", "Day 1"), ("02-17", "Day 7")]
    letter = last_letter(ada)
    assert "R-3" in letter and "R-1" not in letter and "instalments" not in letter


def test_letter_about_an_instalment_and_an_invoice_asks_for_both_and_no_more(ada: Customer) -> None:
    agree(ada, now=START, first_on=date(2026, 2, 10))
    owes(ada, "50.00", due="2026-02-10", number="R-3")
    live(11)
    letter = last_letter(ada)
    assert "€150.00 is still open" in letter
    assert "R-3" in letter and "Instalment 1 of 3" in letter and "R-2" not in letter


def test_nothing_is_written_while_every_instalment_is_paid_in_advance(ada: Customer) -> None:
    agree(ada, now=START, first_on=FIRST)
    for month in range(3):
        pays(ada, "100.00", START + timedelta(days=month))
    live(90)
    assert sent_to(ada) == []
