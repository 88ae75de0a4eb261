"""The book: every movement once, the balance its sum, nothing changed afterwards."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.models import CustomerChange, Invoice, LedgerEntry
from customers.operations.ledger import LedgerRefusal, Posting, credit, post, write_off
from customers.rules.money import MINOR_UNITS, fits, minor_units, smallest_unit, totals
from tests.people import NOW, owes, person

pytestmark = pytest.mark.django_db
Kind = LedgerEntry.Kind


def paid(invoice: Invoice, amount: str, reference: str = "") -> int:
    return post([Posting(invoice.pk, Kind.PAID, -Decimal(amount), NOW.date(), "desk", reference)], now=NOW)


def test_payment_and_credit_note_lower_the_balance() -> None:
    invoice = owes(person(), "100.00")
    paid(invoice, "30.00")
    credit(invoice, Decimal("20.00"), reason="damaged", now=NOW, on=NOW.date(), by=None)
    invoice.refresh_from_db()
    assert invoice.balance == Decimal("50.00")


def test_same_reference_is_posted_once() -> None:
    invoice = owes(person(), "100.00")
    assert [paid(invoice, "30.00", "tx-1"), paid(invoice, "30.00", "tx-1")] == [1, 0]
    invoice.refresh_from_db()
    assert invoice.balance == Decimal("70.00")


def test_two_postings_on_one_invoice_both_count() -> None:
    invoice = owes(person(), "100.00")
    posting = Posting(invoice.pk, Kind.PAID, Decimal("-10.00"), NOW.date(), "desk")
    post([posting, posting], now=NOW)
    invoice.refresh_from_db()
    assert invoice.balance == Decimal("80.00")


def test_more_decimals_than_the_currency_has_are_refused_whole() -> None:
    yen, dinar = owes(person(), "100", "JPY"), owes(person("Noor Saleh"), "1.234", "KWD")
    with pytest.raises(LedgerRefusal, match="JPY"):
        post(
            [
                Posting(dinar.pk, Kind.PAID, Decimal("-0.001"), NOW.date(), "desk"),
                Posting(yen.pk, Kind.PAID, Decimal("-0.5"), NOW.date(), "desk"),
            ],
            now=NOW,
        )
    dinar.refresh_from_db()
    assert dinar.balance == Decimal("1.234")


def test_credit_above_the_balance_is_refused() -> None:
    with pytest.raises(LedgerRefusal, match=r"up to the 10\.00 EUR"):
        credit(owes(person(), "10.00"), Decimal("10.01"), reason="x", now=NOW, on=NOW.date(), by=None)


def test_write_off_takes_what_is_left_and_no_more() -> None:
    invoice = owes(person(), "100.00")
    paid(invoice, "99.00")
    write_off(invoice, reason="bankrupt", now=NOW, on=NOW.date(), by=None)
    invoice.refresh_from_db()
    assert invoice.balance == 0
    with pytest.raises(LedgerRefusal):
        write_off(invoice, reason="again", now=NOW, on=NOW.date(), by=None)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_entries_can_neither_be_changed_nor_deleted(change: str) -> None:
    entries = LedgerEntry.objects.filter(invoice=owes(person(), "100.00"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entries.update(amount=1) if change == "update" else entries._raw_delete("default")


def test_wrong_sign_is_refused_by_the_database() -> None:
    invoice = owes(person(), "100.00")
    with pytest.raises(IntegrityError, match="ledger_entry_sign"), transaction.atomic():
        post([Posting(invoice.pk, Kind.PAID, Decimal("5.00"), NOW.date(), "desk")], now=NOW)


def test_every_movement_is_news_about_its_customer() -> None:
    ada = person()
    invoice = owes(ada, "100.00")
    CustomerChange.objects.all().delete()
    paid(invoice, "1.00")
    assert [change.customer_id for change in CustomerChange.objects.all()] == [ada.pk]


MOVES = st.tuples(st.sampled_from(["paid", "credited", "refunded"]), st.integers(1, 10_000), st.integers(0, 3))


class LedgerProperties(TestCase):
    @given(st.lists(MOVES, max_size=12), st.randoms(use_true_random=False))
    def test_balance_is_the_sum_of_the_book_in_any_order_and_with_any_repeats(self, moves, random) -> None:  # type: ignore[no-untyped-def]
        invoice = owes(person(), "50.00")
        signs = {"paid": -1, "credited": -1, "refunded": 1}
        postings = [
            Posting(invoice.pk, Kind(kind), Decimal(cents) / 100 * signs[kind], NOW.date(), "desk", f"{kind}-{n}")
            for kind, cents, n in {(kind, n): (kind, cents, n) for kind, cents, n in moves}.values()
        ]
        random.shuffle(postings)
        for posting in postings + postings[:3]:
            post([posting], now=NOW)
        invoice.refresh_from_db()
        total = LedgerEntry.objects.filter(invoice=invoice).aggregate(total=Sum("amount"))["total"]
        assert invoice.balance == total == 50 + sum(posting.amount for posting in postings)


@given(st.sampled_from(sorted(MINOR_UNITS)), st.integers(0, 10**12))
def test_minor_units_round_trip_in_every_currency(currency: str, units: int) -> None:
    amount = units * smallest_unit(currency)
    assert fits(amount, currency)
    assert int(amount.scaleb(minor_units(currency))) == units
    assert not fits(amount + smallest_unit(currency) / 10, currency)


def test_currencies_are_never_added_together() -> None:
    assert totals([("EUR", Decimal(1)), ("USD", Decimal(2)), ("EUR", Decimal(3))]) == {
        "EUR": Decimal(4),
        "USD": Decimal(2),
    }
