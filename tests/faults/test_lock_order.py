"""Everyone locks the customer before the invoices, so that charging, the desk and the import cannot deadlock."""

import threading
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from customers.models import Customer, Invoice, LedgerEntry
from customers.operations.ledger import Posting, credit, post, write_off
from payments.models import Payment
from payments.operations.payments import record
from tests.people import owes, person

Deed = Callable[[Invoice, datetime], object]
DEEDS: dict[str, Deed] = {
    "record": lambda invoice, now: record(
        invoice.customer,
        amount=Decimal(10),
        currency="EUR",
        received_on=now.date(),
        source=Payment.Source.DESK,
        now=now,
    ),
    "credit": lambda invoice, now: credit(invoice, Decimal(10), reason="late", now=now, on=now.date(), by=None),
    "write off": lambda invoice, now: write_off(invoice, reason="insolvent", now=now, on=now.date(), by=None),
    "post": lambda invoice, now: post(
        [Posting(invoice.pk, LedgerEntry.Kind.PAID, Decimal(-10), now.date(), "desk")], now=now
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
def test_who_moves_a_balance_waits_for_the_customer_before_taking_the_invoice(deed: Deed, now: datetime) -> None:
    invoice = owes(person(), "100.00")
    ends: list[object] = []

    def run() -> None:
        try:
            ends.append(deed(invoice, now))
        except Exception as error:
            ends.append(error)
        finally:
            connection.close()

    mover = threading.Thread(target=run)
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=invoice.customer_id)
        mover.start()
        mover.join(0.7)
        assert ends == []
        assert Invoice.objects.select_for_update(nowait=True).get(pk=invoice.pk).balance == 100
    mover.join(30)
    assert [end for end in ends if isinstance(end, Exception)] == []
    assert Invoice.objects.get().balance < 100
