"""Two people bring the same statement, or settle the same line, at the same moment."""

import threading
from decimal import Decimal

import pytest
from django.db import transaction

from customers.models import Customer
from customers.queries import ledger_faults
from payments.models import BankLine, Payment, Refund
from payments.operations import bank_lines, bank_matching, payments, refunds
from payments.operations.bank_files import take_in
from payments.operations.bank_lines import BankLineRefusal
from payments.operations.credit import settle_what_is_open
from payments.queries.money import payment_faults
from tests.bank import Credit, camt
from tests.faults.racing import at_once
from tests.people import NOW, owes, person

pytestmark = pytest.mark.django_db(transaction=True)


def test_overlapping_files_taken_in_at_once_store_and_post_each_entry_once() -> None:
    ada = person("Ada Lindgren")
    credits = [Credit("10.00", f"R-2026-{place:04}", f"BK{place}") for place in range(40)]
    for place in range(40):
        owes(ada, "10.00", number=f"R-2026-{place:04}")
    first, second = camt(*credits[:30]), camt(*reversed(credits[10:]))
    ends = at_once(*(lambda c=content: take_in(c, name="x", now=NOW, by=None) for content in (first, second, first)))
    assert [end for end in ends if isinstance(end, Exception)] == []
    assert BankLine.objects.count() == 40
    bank_matching.match_waiting(now=NOW)
    assert Payment.objects.count() == BankLine.objects.filter(state="posted").count() == 40
    assert not ada.invoices.exclude(balance=0).exists()


def test_line_settled_by_two_people_at_once_goes_to_one() -> None:
    ada, grace = person("Ada Lindgren"), person("Grace Okafor")
    take_in(camt(Credit("10.00", "thanks", name="x")), name="x", now=NOW, by=None)
    line = BankLine.objects.get()
    ends = at_once(
        lambda: bank_lines.post(line, ada, invoice_ids=(), why="", now=NOW, by=None),
        lambda: bank_lines.post(line, grace, invoice_ids=(), why="", now=NOW, by=None),
        lambda: bank_lines.set_aside(line, reason="a transfer", now=NOW, by=None),
    )
    assert ends.count(True) == 1
    assert sum(isinstance(end, BankLineRefusal) for end in ends) == 2
    assert Payment.objects.count() <= 1


def test_posting_waits_for_the_customer_before_it_locks_the_line() -> None:
    ada = person("Ada Lindgren")
    take_in(camt(Credit("10.00", "thanks", name="x")), name="x", now=NOW, by=None)
    line = BankLine.objects.get()
    ends: list[object] = []
    poster = threading.Thread(
        target=lambda: ends.extend(
            at_once(lambda: bank_lines.post(line, ada, invoice_ids=(), why="", now=NOW, by=None))
        )
    )
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=ada.pk)
        poster.start()
        poster.join(0.7)
        assert ends == []
        assert BankLine.objects.select_for_update(nowait=True).get(pk=line.pk).state == "waiting"
    poster.join(30)
    assert ends == [True]


def test_credit_applied_by_two_workers_and_a_refund_at_once_is_spent_once() -> None:
    ada = person("Ada Lindgren")
    payment = payments.record(
        ada, amount=Decimal(100), currency="EUR", received_on=NOW.date(), source=Payment.Source.DESK, now=NOW
    )
    for place in range(5):
        owes(ada, "15.00", number=f"R-{place}")
    kind = Refund.Kind.REFUND

    def give_back() -> object:
        return refunds.record(payment, kind=kind, amount=Decimal(40), on=NOW.date(), reason="Too much", now=NOW)

    def apply() -> object:
        return settle_what_is_open(now=NOW, everywhere=True)

    ends = at_once(apply, give_back, apply)
    assert [end for end in ends if isinstance(end, Exception)] == []
    settle_what_is_open(now=NOW, everywhere=True)
    assert payment_faults() == ledger_faults() == []
    assert sum(invoice.balance for invoice in ada.invoices.all()) == 15
