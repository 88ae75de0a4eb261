"""The desk works on the very invoices an import is changing: nothing is booked twice, nobody waits for ever."""

import io
import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, transaction

from customers.models import Contact, Customer, ImportRow, ImportRun, Invoice, LedgerEntry
from customers.operations import imports
from customers.operations.ledger import lock_invoices
from customers.queries import ledger_faults
from customers.rules.import_layout import Choices
from payments.models import Payment
from payments.operations.payments import record
from tests.importing import csv_of, read, row, take
from tests.people import NOW
from tests.processes import eventually

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Meanwhile(threading.Thread):
    """A deed done at the same time, on a connection of its own; `error` is what it raised."""

    def __init__(self, deed: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.deed = deed
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.deed()
        except Exception as error:
            self.error = error
        finally:
            connection.close()

    def ends(self) -> None:
        self.join(60)
        assert not self.is_alive() and self.error is None, self.error


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction would go on seeing what it saw first
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


def confirmed(*rows: dict[str, str]) -> ImportRun:
    run = read(csv_of(*rows))
    assert imports.confirm(run, now=NOW)
    return run


def apply() -> None:
    imports.apply_confirmed(now=NOW)


def the_desk_records_the_payment() -> None:
    record(
        Customer.objects.get(number="C-1"),
        amount=Decimal(100),
        currency="EUR",
        received_on=NOW.date(),
        source=Payment.Source.DESK,
        now=NOW,
    )


def test_payment_the_desk_records_while_the_file_writes_it_is_booked_once() -> None:
    take(csv_of(row(paid_amount="")))
    newcomer = row(customer_number="C-2", customer_name="Okafor", email="", invoice_number="2", paid_amount="")
    confirmed(row(paid_amount="100"), newcomer)
    with transaction.atomic():
        # The import compares, locks, and is stopped in its writing by a customer of the same number.
        Customer.objects.create(number="C-2", name="Okafor", language="en", created_at=NOW, updated_at=NOW)
        importer = Meanwhile(apply)
        eventually(lambda: waiting() == 1, within=20)
        payer = Meanwhile(the_desk_records_the_payment)
        eventually(lambda: waiting() == 2 or not payer.is_alive(), within=20)
    importer.ends()
    payer.ends()
    assert Invoice.objects.get(number="2026-001").balance == 0
    assert [entry.amount for entry in LedgerEntry.objects.filter(kind="paid")] == [-100]
    assert ledger_faults() == []


def test_payment_recorded_after_the_comparison_makes_the_chunk_start_again() -> None:
    take(csv_of(row(paid_amount="")))
    run = confirmed(row(paid_amount="100"))
    with transaction.atomic():
        the_desk_records_the_payment()
        importer = Meanwhile(apply)
        eventually(lambda: waiting() == 1, within=20)  # it has compared with the books as they were before the payment
    importer.ends()
    run.refresh_from_db()
    assert (run.state, run.unchanged) == ("done", 1)
    assert Invoice.objects.get().balance == 0
    assert [entry.amount for entry in LedgerEntry.objects.filter(kind="paid")] == [-100]


def test_import_waits_for_a_locked_customer_without_holding_the_invoices() -> None:
    take(csv_of(row()))
    run = confirmed(row(customer_name="Lindqvist & Sons", amount="120"))
    with transaction.atomic():  # as a charge does: the customer first, then what is owed
        customer = Customer.objects.select_for_update(no_key=True).get()
        importer = Meanwhile(apply)
        eventually(lambda: waiting() == 1, within=20)
        assert Invoice.objects.select_for_update(nowait=True).get(customer=customer).balance == 100
    importer.ends()
    run.refresh_from_db()
    assert (run.state, Invoice.objects.get().balance) == ("done", Decimal(120))


def test_import_that_the_database_takes_back_out_of_a_deadlock_tries_again() -> None:
    take(csv_of(row()))
    run = confirmed(row(email="bookkeeping@lindqvist.example", amount="120"))
    with transaction.atomic():
        patient("1min")
        Contact.objects.update(phone="+46 8 1")  # a lock out of the agreed order: contact, then invoice
        importer = Meanwhile(apply_patiently)
        eventually(lambda: waiting() == 1, within=20)
        lock_invoices(Invoice.objects.values_list("pk", flat=True))
    importer.ends()
    run.refresh_from_db()
    assert (run.state, run.changed) == ("done", 1)
    assert list(Contact.objects.values_list("email", "phone")) == [("bookkeeping@lindqvist.example", "+46 8 1")]


class DiscardedWhileRead(io.BytesIO):
    """A file whose upload somebody discards as soon as reading it has begun."""

    discarder: Meanwhile | None = None

    def read(self, size: int | None = -1) -> bytes:
        if self.discarder is None:
            self.discarder = Meanwhile(lambda: imports.discard(ImportRun.objects.get()))
            self.discarder.join(2)
        return super().read(size)


def test_file_discarded_while_it_is_read_stays_discarded() -> None:
    content = csv_of(row())
    run = imports.upload("accounts.csv", [content], choices=Choices(), by=None, now=NOW)
    file = DiscardedWhileRead(content)
    imports.read_file(run, file, now=NOW)
    assert file.discarder is not None
    file.discarder.ends()
    assert ImportRun.objects.get().state == ImportRun.State.DISCARDED
    assert not ImportRow.objects.exists()


def apply_patiently() -> None:
    patient("3s")
    apply()


def patient(wait: str) -> None:
    """Who of two that wait for each other looks for the deadlock first, and is taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('deadlock_timeout', %s, %s)", [wait, connection.in_atomic_block])
