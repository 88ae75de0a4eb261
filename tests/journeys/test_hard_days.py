"""What goes wrong in systems like this one: days on which facts change under a running case."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Invoice, LedgerEntry
from customers.operations import ledger
from customers.operations.ledger import Posting, post
from dunning.models import Case, CaseEvent
from dunning.operations.tick import tick
from tests import turning
from tests.campaigns import standard_campaign
from tests.faults.engine_process import start_tick
from tests.importing import csv_of, row, take
from tests.people import owes, paid, reachable
from tests.provider import Provider
from tests.turning import START, sent_to

live = partial(turning.live, every=timedelta(days=1))


@pytest.mark.django_db
def test_due_date_that_is_put_off_begins_the_reminders_anew(provider: Provider) -> None:
    standard_campaign(now=START)
    facts = row(issued_on="2026-01-15", due_on="2026-02-03")
    take(csv_of(facts), now=START)
    live(1)
    customer = Customer.objects.get()
    assert sent_to(customer) == [("02-01", "Day -3")]
    take(csv_of({**facts, "due_on": "2026-02-20"}), now=START + timedelta(days=1))
    live(30, start=START + timedelta(days=1))
    assert sent_to(customer)[1:] == [("02-17", "Day -3"), ("02-21", "Day 1"), ("02-27", "Day 7")]
    assert Invoice.objects.get().due_on == date(2026, 2, 20)


@pytest.mark.django_db
def test_nothing_is_overdue_on_the_due_day_itself(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2026-02-05")
    live(5)  # up to and with the 5th
    assert sent_to(ada) == [("02-02", "Day -3")]
    live(1, start=START + timedelta(days=5))
    assert sent_to(ada)[1:] == [("02-06", "Day 1")]


@pytest.mark.django_db
def test_credit_note_and_part_payment_lower_what_the_letter_asks_for(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    invoice = owes(ada, "120.00", due="2026-01-31")
    after = live(1)
    ledger.credit(invoice, Decimal("30.00"), reason="damaged", now=after, on=after.date(), by=None)
    post([Posting(invoice.pk, LedgerEntry.Kind.PAID, Decimal("-50.00"), after.date(), "desk")], now=after)
    live(6, start=after)
    letter = provider.accepted()[-1]["text"]
    assert "€40.00" in letter
    assert "120" not in letter


@pytest.mark.django_db
def test_credit_note_over_the_rest_closes_the_case_and_nothing_more_is_sent(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    invoice = owes(ada, "120.00", due="2026-01-31")
    after = live(1)
    ledger.credit(invoice, Decimal("120.00"), reason="returned", now=after, on=after.date(), by=None)
    live(40, start=after)
    assert [subject for _, subject in sent_to(ada)] == ["Day 1", "Thank you"]
    assert Case.objects.get().state == "closed"


@pytest.mark.django_db
def test_reminder_of_several_invoices_is_settled_only_with_the_last_of_them(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    bills = [owes(ada, "10.00", due=f"2026-01-{day}") for day in (20, 25, 30)]
    after = live(1)
    for bill in bills[:2]:
        paid(bill, after)
        live(1, start=after)
        assert Case.objects.get().state == "open"
    paid(bills[2], after)
    live(2, start=after)
    assert (Case.objects.get().state, Case.objects.get().ending) == ("closed", "settled")


@pytest.mark.django_db(transaction=True)
def test_case_ends_once_however_many_turns_see_the_money_at_once(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    invoice = owes(ada, "10.00", due="2026-01-31")
    after = live(1)
    paid(invoice, after)
    racers = [start_tick(now=after, connections=1) for _ in range(4)]
    errors = [racer.communicate(timeout=120)[1] for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * 4, errors
    tick(now=after + timedelta(minutes=1))
    assert CaseEvent.objects.filter(kind="closed").count() == 1
    assert [subject for _, subject in sent_to(ada)] == ["Day 1", "Thank you"]


@pytest.mark.django_db
def test_turn_reads_only_what_is_due_however_large_the_book(provider: Provider) -> None:
    standard_campaign(now=START)
    owes(reachable("Ada Lindgren"), "10.00", due="2026-01-31")
    tick(now=START)
    alone = _queries_of_a_turn(START + timedelta(days=6))
    for number in range(200):
        owes(reachable("Bruno Keller", number=f"B{number}"), "10.00", due="2026-06-30")
    tick(now=START + timedelta(days=6, hours=1))  # takes the news of the new invoices
    owes(reachable("Cem Aydin"), "10.00", due="2026-02-06")
    tick(now=START + timedelta(days=6, hours=2))
    among_many = _queries_of_a_turn(START + timedelta(days=13))
    assert among_many <= alone + 20  # two letters instead of one
    assert Case.objects.count() == 2


def _queries_of_a_turn(now: datetime) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        tick(now=now)
    return len(queries)
