"""A reminder is due and the money is at the bank already: nobody is reminded, and the case ends with thanks."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.models import Customer
from dunning.models import Case, Notice
from dunning.operations.advance import advance_due
from dunning.operations.deliver import deliver
from dunning.queries.case_file import case_file
from payments.models import BankLine
from payments.operations import bank_lines
from payments.operations.bank_files import take_in
from tests.bank import Credit, camt
from tests.campaigns import standard_campaign
from tests.people import owes, reachable
from tests.provider import Provider
from tests.turning import live

pytestmark = pytest.mark.django_db
START = datetime(2026, 2, 11, 10, 0, tzinfo=UTC)
HELD = "money arrived, not yet matched: a person looks at it"


@pytest.fixture
def ada(provider: Provider) -> Customer:
    """Reminded the day after the due date; the next reminder is due on 17 February."""
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2026-02-10", number="R-2026-0001")
    live(2, START)
    assert subjects(ada) == ["Day 1"]
    return ada


def subjects(customer: Customer) -> list[str]:
    return list(Notice.objects.filter(customer=customer, state="sent").order_by("pk").values_list("subject", flat=True))


def arrives(text: str, at: datetime) -> BankLine:
    take_in(camt(Credit("120.00", text, day=str(at.date()))), name="statement.xml", now=at, by=None)
    return BankLine.objects.get()


def test_unmatched_money_stops_reminders_and_matched_money_closes_with_thanks(ada: Customer) -> None:
    line = arrives("thanks", START + timedelta(days=5))
    assert line.state == "waiting"
    later = live(20, START + timedelta(days=5))
    assert subjects(ada) == ["Day 1"]
    case = Case.objects.get()
    assert case.next_reason == HELD
    assert case_file(case, today=later.date()).arrived == [line]
    bank_lines.post(line, ada, invoice_ids=(), why="chosen by hand", now=later, by=None)
    live(3, later)
    assert subjects(ada) == ["Day 1", "Thank you"]
    assert (Case.objects.get().ending, case_file(case, today=later.date()).arrived) == ("settled", [])


def test_money_set_aside_lets_the_reminders_go_on(ada: Customer) -> None:
    line = arrives("thanks", START + timedelta(days=5))
    later = live(3, START + timedelta(days=5))
    bank_lines.set_aside(line, reason="a transfer of ours", now=later, by=None)
    live(1, later)
    assert subjects(ada) == ["Day 1", "Day 7"]


def test_sure_money_closes_the_case_by_itself(ada: Customer) -> None:
    arrives("R-2026-0001", START + timedelta(days=5))
    live(20, START + timedelta(days=5))
    assert subjects(ada) == ["Day 1", "Thank you"]


def test_money_that_arrives_while_the_letter_waits_to_leave_keeps_it_here(ada: Customer) -> None:
    night = START + timedelta(days=5, hours=20)
    live(2, START + timedelta(days=2))

    due = START.replace(day=17)
    advance_due(now=due)
    assert Notice.objects.filter(state="queued").count() == 1
    arrives("thanks", night)
    deliver(now=due)
    queued = Notice.objects.get(state="queued")
    assert queued.reason == HELD
    live(2, due)
    assert subjects(ada) == ["Day 1"]


def test_over_payment_shows_as_credit_on_the_case(ada: Customer) -> None:
    at = START + timedelta(days=5)
    take_in(camt(Credit("150.00", "thanks", day=str(at.date()))), name="x", now=at, by=None)
    bank_lines.post(BankLine.objects.get(), ada, invoice_ids=(), why="", now=at, by=None)
    [(currency, left)] = case_file(Case.objects.get(), today=at.date()).credit
    assert (currency, left) == ("EUR", 30)
