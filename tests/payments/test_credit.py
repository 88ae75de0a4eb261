"""Credit: money that settled nothing yet settles what comes, and nobody is reminded of what it covers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, CustomerChange, Hold, Invoice, LedgerEntry
from customers.operations import holds
from customers.operations.ledger import Posting, post
from customers.queries import ledger_faults
from dunning.models import Case
from dunning.operations.tick import tick
from dunning.rules.decide import MONEY_UNMATCHED
from dunning.snapshot.cases import Subject, gather
from payments.models import Payment
from payments.operations import payments
from payments.operations.credit import settle_what_is_open
from payments.queries.money import payment_faults, unapplied_of
from tests.campaigns import standard_campaign
from tests.charging import balances
from tests.people import NOW, owes, person, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


def pays(customer: Customer, amount: str, currency: str = "EUR", *, on: date = date(2026, 2, 1)) -> Payment:
    return payments.record(
        customer, amount=Decimal(amount), currency=currency, received_on=on, source=Payment.Source.DESK, now=NOW
    )


@pytest.fixture
def ada() -> Customer:
    return person("Ada Lindgren")


def test_oldest_credit_goes_to_the_oldest_due_date(ada: Customer) -> None:
    younger, older = pays(ada, "30.00", on=date(2026, 2, 5)), pays(ada, "30.00", on=date(2026, 2, 1))
    owes(ada, "25.00", due="2026-03-20")
    owes(ada, "25.00", due="2026-03-10")
    assert settle_what_is_open(now=NOW) == 3
    assert balances(ada) == [0, 0]
    assert [Payment.objects.get(pk=payment.pk).unapplied for payment in (older, younger)] == [0, 10]
    assert older.allocations.order_by("pk").first().invoice.due_on == date(2026, 3, 10)  # type: ignore[union-attr]
    assert ledger_faults() == payment_faults() == []
    assert settle_what_is_open(now=NOW) == 0


def test_credit_stays_within_its_currency_and_customer(ada: Customer) -> None:
    grace = person("Grace Okafor")
    pays(ada, "30.00", "USD")
    pays(grace, "30.00")
    owes(ada, "25.00")
    assert settle_what_is_open(now=NOW, everywhere=True) == 0
    assert (balances(ada), unapplied_of(ada.pk), unapplied_of(grace.pk)) == ([25], [("USD", 30)], [("EUR", 30)])


def test_disputed_invoice_gets_the_credit_when_the_dispute_ends(ada: Customer) -> None:
    pays(ada, "30.00")
    invoice = owes(ada, "25.00")
    hold = holds.place(ada, kind=Hold.Kind.DISPUTE, reason="Broken", until_on=None, now=NOW, by=None, invoice=invoice)
    assert settle_what_is_open(now=NOW, everywhere=True) == 0
    holds.release(hold, now=NOW)
    assert settle_what_is_open(now=NOW) == 1
    assert balances(ada) == [0]


def test_only_customers_with_news_are_looked_at_between_the_full_looks(ada: Customer) -> None:
    pays(ada, "30.00")
    owes(ada, "25.00")
    CustomerChange.objects.all().delete()
    assert settle_what_is_open(now=NOW) == 0
    assert settle_what_is_open(now=NOW, everywhere=True) == 1


def test_credit_of_many_customers_takes_as_many_queries_as_that_of_one() -> None:
    counts = []
    for first, number in ((0, 1), (1, 30)):
        for place in range(first, first + number):
            customer = person("Ada Lindgren", f"C-{place}")
            pays(customer, "30.00")
            owes(customer, "25.00")
        with CaptureQueriesContext(connection) as queries:
            assert settle_what_is_open(now=NOW) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_same_payment_may_settle_an_invoice_a_second_time(ada: Customer) -> None:
    """As when an invoice is corrected upwards after it was paid with some left over."""
    invoice = owes(ada, "20.00")
    payment = pays(ada, "50.00")
    more = Posting(invoice.pk, LedgerEntry.Kind.INVOICED, Decimal(10), NOW.date(), "import")
    post([more], now=NOW)
    Invoice.objects.update(amount=30)
    settle_what_is_open(now=NOW)
    assert list(payment.allocations.order_by("pk").values_list("invoice", "amount")) == [
        (invoice.pk, 20),
        (invoice.pk, 10),
    ]
    assert ledger_faults() == payment_faults() == []


def test_money_for_a_settled_invoice_settles_the_others_at_once(ada: Customer) -> None:
    """So a letter that is about to leave sees another balance, and stays here."""
    settled = owes(ada, "20.00", due="2026-01-01")
    pays(ada, "20.00")
    owes(ada, "25.00", due="2026-02-01")
    owes(ada, "25.00", due="2026-01-15")
    again = payments.record(
        ada, amount=Decimal(30), currency="EUR", received_on=NOW.date(), source=Payment.Source.DESK, now=NOW,
        invoice_ids=[settled.pk],
    )  # fmt: skip
    assert (balances(ada), again.unapplied) == ([0, 0, 20], 0)


def test_nobody_is_reminded_of_what_our_money_of_theirs_covers(provider: Provider) -> None:
    standard_campaign(now=NOW)
    grace = reachable("Grace Okafor")
    pays(grace, "60.00")
    owes(grace, "60.00", due="2026-02-20")
    for day in range(30):
        tick(now=NOW + timedelta(days=day))
    assert (provider.accepted(), balances(grace), Case.objects.count()) == ([], [0], 0)


def test_what_the_credit_does_not_cover_is_asked_for(provider: Provider) -> None:
    standard_campaign(now=NOW)
    grace = reachable("Grace Okafor")
    pays(grace, "20.00")
    owes(grace, "60.00", due="2026-02-20")
    tick(now=NOW)
    [letter] = provider.accepted()
    assert balances(grace) == [40] and "€40" in letter["text"]


def test_credit_that_could_not_be_applied_yet_keeps_reminders_here(provider: Provider) -> None:
    version = standard_campaign(now=NOW)
    grace = reachable("Grace Okafor")
    pays(grace, "20.00")
    dollars = owes(grace, "60.00", "USD", due="2026-02-20")
    euros = owes(grace, "60.00", due="2026-02-20")
    [facts] = gather([Subject(None, grace.pk, version.pk)], now=NOW)
    assert facts.money_unmatched
    holds.place(grace, kind=Hold.Kind.DISPUTE, reason="?", until_on=None, now=NOW, by=None, invoice=euros)
    [facts] = gather([Subject(None, grace.pk, version.pk)], now=NOW)
    assert not facts.money_unmatched  # the dollars are another matter
    assert dollars.currency == "USD" and "not yet matched" in MONEY_UNMATCHED
