"""What came in is what is applied, what is unapplied and what went back: after anything in any order, per currency."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.models import Customer, Hold, Invoice, LedgerEntry
from customers.operations import holds, ledger
from payments.models import Payment, Refund
from payments.operations import payments, refunds, reversals
from payments.operations.credit import settle_what_is_open
from payments.queries.money import settled_by, unapplied_of, with_parts
from tests.people import NOW, owes, person

CURRENCIES = ("EUR", "JPY")


class Books:
    """One customer's money, and beside it the plainest books there are: what came and what went, per currency."""

    def __init__(self) -> None:
        self.ada = person("Ada Lindgren")
        self.came = dict.fromkeys(CURRENCIES, Decimal(0))
        self.gone = dict.fromkeys(CURRENCIES, Decimal(0))

    def bill(self, currency: str, amount: Decimal, chance: int) -> None:
        owes(self.ada, str(amount), currency, due=f"2026-02-{1 + chance % 28:02}")

    def pay(self, currency: str, amount: Decimal, chance: int) -> None:
        """Every other time the payer names an invoice, which may be settled already."""
        invoice = pick(Invoice.objects.filter(currency=currency), chance)
        payments.record(
            self.ada, amount=amount, currency=currency, received_on=NOW.date(), source=Payment.Source.DESK, now=NOW,
            invoice_ids=[invoice.pk] if invoice and chance % 2 else None,
        )  # fmt: skip
        self.came[currency] += amount

    def give_back(self, currency: str, amount: Decimal, chance: int) -> None:
        kind = Refund.Kind.REFUND if chance % 2 else Refund.Kind.CHARGEBACK
        if payment := pick(Payment.objects.filter(currency=currency), chance):
            told: dict[str, Any] = {"on": NOW.date(), "reason": str(chance), "is_credited": chance % 3 == 0}
            try:
                refunds.record(payment, kind=kind, amount=amount, now=NOW, **told)
            except refunds.RefundRefusal:
                return
            self.gone[currency] += amount

    def come_back(self, currency: str, amount: Decimal, chance: int) -> None:  # noqa: ARG002
        refund = pick(Refund.objects.filter(payment__currency=currency), chance)
        if refund and reversals.undo(refund, on=NOW.date(), reason="won", now=NOW):
            self.gone[currency] -= refund.amount

    def apply_credit(self, currency: str, amount: Decimal, chance: int) -> None:  # noqa: ARG002
        settle_what_is_open(now=NOW)

    def give_up(self, currency: str, amount: Decimal, chance: int) -> None:
        if invoice := pick(Invoice.objects.filter(currency=currency, balance__gt=0), chance):
            if chance % 2:
                ledger.write_off(invoice, reason="lost", now=NOW, on=NOW.date(), by=None)
            else:
                ledger.credit(invoice, min(amount, invoice.balance), reason="-", now=NOW, on=NOW.date(), by=None)

    def dispute(self, currency: str, amount: Decimal, chance: int) -> None:  # noqa: ARG002
        kind = Hold.Kind.DISPUTE
        if invoice := pick(Invoice.objects.filter(currency=currency), chance):
            holds.place(self.ada, kind=kind, reason="?", until_on=None, now=NOW, by=None, invoice=invoice)

    def agree(self, currency: str, amount: Decimal, chance: int) -> None:  # noqa: ARG002
        if hold := pick(Hold.objects.filter(released_at=None), chance):
            holds.release(hold, now=NOW)

    def check(self) -> None:
        paid = list(with_parts(Payment.objects.filter(customer=self.ada)))
        credit = dict(unapplied_of(self.ada.pk))
        for currency in CURRENCIES:
            applied = sum(payment.applied for payment in paid if payment.currency == currency)
            assert self.came[currency] == applied + credit.get(currency, Decimal(0)) + self.gone[currency]
            book = LedgerEntry.objects.filter(invoice__currency=currency, kind__in=["paid", "refunded"])
            assert applied == -sum(entry.amount for entry in book)
        for payment in paid:
            assert payment.amount == payment.applied + payment.unapplied + payment.refunded
            assert payment.applied == sum(part for _, part in settled_by(payment)) >= 0

    def check_that_credit_and_debt_never_meet(self) -> None:
        disputed = Hold.objects.filter(released_at=None).values("invoice")
        owed = Invoice.objects.filter(balance__gt=0).exclude(pk__in=disputed).values_list("currency", flat=True)
        assert not {currency for currency, _ in unapplied_of(self.ada.pk)} & set(owed)


def pick(rows: Any, chance: int) -> Any:
    found = list(rows.order_by("pk"))
    return found[chance % len(found)] if found else None


Deed = Callable[[Books, str, Decimal, int], None]
DEEDS: list[Deed] = [
    Books.bill, Books.pay, Books.give_back, Books.come_back, Books.apply_credit, Books.give_up, Books.dispute,
    Books.agree,
]  # fmt: skip
MOVES = st.tuples(st.sampled_from(DEEDS), st.sampled_from(CURRENCIES), st.integers(1, 90), st.integers(0, 99))


class MoneyIsNeverLost(TestCase):
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(st.lists(MOVES, max_size=25))
    def test_every_cent_that_came_in_is_somewhere(self, moves: list[tuple[Deed, str, int, int]]) -> None:
        books = Books()
        for deed, currency, amount, chance in moves:
            deed(books, currency, Decimal(amount), chance)
            books.check()
        settle_what_is_open(now=NOW, everywhere=True)
        books.check()
        books.check_that_credit_and_debt_never_meet()
        call_command("check_ledger", stdout=io.StringIO())
        assert Customer.objects.count() == 1
