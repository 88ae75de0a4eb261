"""Debits by which the bank took a payment back: once each, surely or by a person, and never a fee for a return."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.queries import ledger_faults
from dunning.operations.tick import tick
from payments.models import BankLine, Payment, Refund
from payments.operations import bank_lines, bank_matching, bank_returns, refunds
from payments.operations.bank_files import take_in
from payments.operations.bank_lines import BankLineRefusal
from payments.queries.bank_returns import payments_taken_back
from payments.queries.money import payment_faults
from tests.bank import Credit, bank_csv, camt, mt940
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, person, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren")
    owes(ada, "120.00", number="R-2026-0001")
    return ada


def came(*credits: Credit, maker: object = camt) -> list[BankLine]:
    take_in(maker(*credits), name="statement", now=NOW, by=None, account="DE89370400440532013000")  # type: ignore[operator]
    return list(BankLine.objects.order_by("-pk")[: len(credits)])


PAID = Credit("120.00", "R-2026-0001", "BK1")


@pytest.mark.parametrize(
    ("maker", "back"),
    [
        (camt, Credit("-120.00", "R-2026-0001 AC04", "BK2", is_return=True)),
        (mt940, Credit("-120.00", "R-2026-0001", "BK2", is_return=True)),
        (bank_csv, Credit("-120.00", "Rückgabe R-2026-0001", "BK2")),
    ],
)
def test_returned_money_is_owed_again(ada: Customer, maker: object, back: Credit) -> None:
    came(PAID, maker=maker)
    [line] = came(back, maker=maker)
    refund = Refund.objects.get()
    assert (line.state, line.customer, line.refund) == ("posted", ada, refund)
    assert (refund.kind, refund.amount, ada.invoices.get().balance) == ("returned", 120, 120)
    assert "the account that it came from" in line.reason and "R-2026-0001" in line.reason
    assert ledger_faults() == payment_faults() == []


def test_fees_and_other_debits_are_not_for_us(ada: Customer) -> None:
    came(PAID)
    lines = came(Credit("-120.00", "R-2026-0001", "BK2"), Credit("-3.50", "Fee", "BK3", name="Bank"))
    assert {line.state for line in lines} == {"not_for_us"} and not Refund.objects.exists()


def test_other_amount_waits_with_a_suggestion(ada: Customer) -> None:
    came(PAID)
    [line] = came(Credit("-50.00", "R-2026-0001", "BK2", is_return=True))
    [found] = bank_returns.suggestions(line, now=NOW)
    assert (line.state, found.why.split("; ")[-2]) == ("waiting", "a part of it")
    [more] = came(Credit("-123.50", "R-2026-0001", "BK3", is_return=True))
    assert bank_returns.suggestions(more, now=NOW) == []


def test_return_that_names_nothing_waits(ada: Customer) -> None:
    came(PAID)
    [line] = came(Credit("-120.00", "nothing", "BK2", name="Bank", account="", is_return=True))
    assert line.state == "waiting" and not line.likely_payers.exists()


def test_two_payments_that_fit_alike_wait_for_a_person(ada: Customer, admin_user: User) -> None:
    owes(ada, "120.00", number="R-2026-0002")
    came(PAID, Credit("120.00", "R-2026-0002", "BK2"))
    [line] = came(Credit("-120.00", "", "BK3", is_return=True))
    found = bank_returns.suggestions(line, now=NOW)
    assert (line.state, len(found)) == ("waiting", 2)
    payment = Payment.objects.get(pk=found[0].payment_id)
    assert bank_returns.post(line, payment, why="chosen by hand", now=NOW, by=admin_user)
    assert not bank_returns.post(line, payment, why="chosen by hand", now=NOW, by=admin_user)
    assert (Refund.objects.count(), sorted(i.balance for i in ada.invoices.all())) == (1, [0, 120])
    with pytest.raises(BankLineRefusal, match="posted already"):
        bank_returns.post(line, Payment.objects.get(pk=found[1].payment_id), why="", now=NOW, by=admin_user)


def test_payment_is_not_taken_back_twice(ada: Customer) -> None:
    came(PAID)
    payment = Payment.objects.get()
    refunds.record(
        payment, kind=Refund.Kind.RETURNED, amount=Decimal(120), on=NOW.date(), reason="by hand", now=NOW, by=None
    )
    [line] = came(Credit("-120.00", "R-2026-0001", "BK2", is_return=True))
    assert (line.state, Refund.objects.count()) == ("waiting", 1)
    with pytest.raises(refunds.RefundRefusal):
        bank_returns.post(line, payment, why="", now=NOW, by=None)


def test_return_is_not_posted_to_a_customer_as_money(ada: Customer) -> None:
    [line] = came(Credit("-120.00", "nothing", "BK2", is_return=True))
    with pytest.raises(BankLineRefusal, match="Choose the payment that it took back"):
        bank_lines.post(line, ada, invoice_ids=(), why="", now=NOW, by=None)


def test_debit_that_nobody_marked_is_taken_for_a_return_by_hand(ada: Customer, admin_user: User) -> None:
    came(PAID)
    [line] = came(Credit("-120.00", "R-2026-0001", "BK2"))
    assert bank_lines.take_for_return(line, by=admin_user, now=NOW)
    assert not bank_lines.take_for_return(line, by=admin_user, now=NOW)
    assert bank_matching.match_due(now=NOW) == 1
    assert ada.invoices.get().balance == 120
    with pytest.raises(BankLineRefusal, match="Only a debit"):
        bank_lines.take_for_return(BankLine.objects.get(amount__gt=0), by=admin_user, now=NOW)


def test_candidates_take_as_many_queries_for_twenty_returns_as_for_one() -> None:
    for place in range(20):
        owes(person("Ada Lindgren", f"C-{place}"), "10.00", number=f"R-2026-{place:04}")
        came(Credit("10.00", f"R-2026-{place:04}", f"BK{place}", account=f"DE{place}"))
    lines = came(*(Credit("-3.00", f"R-2026-{place:04}", f"X{place}", is_return=True) for place in range(20)))
    counts = []
    for some in (lines[:1], lines):
        with CaptureQueriesContext(connection) as queries:
            assert all(found for _, found in payments_taken_back(some, now=NOW))
        counts.append(len(queries))
    assert counts == [8, 8]


def test_returned_debit_opens_the_case_again(provider: Provider) -> None:
    standard_campaign(now=NOW)
    grace = reachable("Grace Okafor")
    owes(grace, "120.00", number="R-2026-0001", due="2026-02-20")
    came(PAID)
    tick(now=NOW)
    assert provider.accepted() == []
    came(Credit("-120.00", "R-2026-0001", "BK2", is_return=True))
    tick(now=NOW + timedelta(days=1))
    assert [letter["to"] for letter in provider.accepted()] == [grace.contacts.get().email]
