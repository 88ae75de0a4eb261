"""Cases 5 and 8: import a file with all its checks; then the whole pipeline at growing sizes."""

import csv
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import tablib
from django.db import connection
from import_export import fields, resources, widgets

from config.benchmark.report import Figure, seconds_of
from config.benchmark.scratch import scratch_database
from customers.models import Customer, ImportRun, Invoice
from customers.operations import imports

HEADER = (
    "customer_number,customer_name,email,country,invoice_number,issued_on,due_on,currency,amount,paid_amount,paid_on"
).split(",")
LIBRARY_SAMPLE = 500
STAMPS = ("created_at", "updated_at")
LONG_AGO = "2019-01-01 00:00:00+00:00"

# The same file into the same tables with nothing checked and nothing reported: what PostgreSQL alone can do.
STAGE = """
CREATE TEMP TABLE bare (customer_number text, customer_name text, email text, country text, invoice_number text,
  issued_on date, due_on date, currency text, amount numeric, paid_amount numeric, paid_on date)
"""
COPY = "COPY bare FROM STDIN WITH (FORMAT csv, HEADER)"
CUSTOMERS = """
INSERT INTO customers_customer (number, name, language, country, time_zone, segment, created_at, updated_at)
SELECT DISTINCT customer_number, customer_name, 'en', country, 'UTC', '', now(), now() FROM bare
ON CONFLICT (number) DO UPDATE SET name = excluded.name
"""
CONTACTS = """
INSERT INTO customers_contact (customer_id, name, email, phone, is_primary)
SELECT DISTINCT c.id, c.name, bare.email, '', true FROM bare JOIN customers_customer c ON c.number = customer_number
"""
INVOICES = """
INSERT INTO customers_invoice (customer_id, number, description, issued_on, due_on, currency, amount, balance,
                               created_at, updated_at)
SELECT c.id, invoice_number, '', issued_on, due_on, currency, amount, amount - coalesce(paid_amount, 0), now(), now()
FROM bare JOIN customers_customer c ON c.number = customer_number
ON CONFLICT (number) DO UPDATE SET amount = excluded.amount, balance = excluded.balance
"""
LEDGER = """
INSERT INTO customers_ledgerentry (invoice_id, kind, amount, occurred_on, recorded_at, source, reference, note)
SELECT i.id, 'invoiced', bare.amount, bare.issued_on, now(), 'import', '', '' FROM bare
JOIN customers_invoice i ON i.number = invoice_number
UNION ALL
SELECT i.id, 'paid', -paid_amount, paid_on, now(), 'import', '', '' FROM bare
JOIN customers_invoice i ON i.number = invoice_number WHERE paid_amount > 0
"""


def import_a_file(rows: int, *, now: datetime) -> Iterator[Figure]:
    """Import `rows` rows once, and once again."""
    with accounts_file(rows, now=now) as path:
        with scratch_database():
            bare = seconds_of(lambda: _bare(path))
        with scratch_database():
            first = seconds_of(lambda: take_in(path, now=now))
            again = seconds_of(lambda: take_in(path, now=now))
        with scratch_database():
            library = _library_rate(path)
    figure = f"{rows} rows in {first:.1f} s ({rows / first:,.0f}/s)"
    yield Figure("5  import, against COPY and upsert", figure, f"nothing checked: {bare:.1f} s", bare / first, 0.5)
    yield Figure("5  import, against django-import-export", figure, f"{library:,.0f}/s", rows / first / library, 60)
    yield Figure("5  the same file again", f"{again:.1f} s", f"the first time: {first:.1f} s", first / again, 2.5)


def grow(largest: int, *, now: datetime) -> Iterator[Figure]:
    """Import, open, decide and send at 10,000 invoices and at ten times as many, up to `largest`."""
    small = _pipeline(10_000, now)
    size = 100_000
    while size <= largest:
        seconds, megabytes = _pipeline(size, now)
        slower = seconds / size / (small[0] / 10_000)
        ours = f"{size} invoices: {seconds / size * 1e6:.0f} µs each, peak {megabytes:.0f} MB"
        reference = f"10000 invoices: {small[0] / 10_000 * 1e6:.0f} µs each, peak {small[1]:.0f} MB"
        yield Figure("8  growth: time for each invoice", ours, reference, 1 / slower, 1 / 1.25)
        yield Figure("8  growth: memory (at most +20 MB)", ours, reference, 20 / max(0.1, megabytes - small[1]), 1)
        size *= 10


@contextmanager
def accounts_file(rows: int, *, now: datetime) -> Iterator[Path]:
    """A file of `rows` invoices of a third as many customers: one in ten overdue, one in four paid."""
    today = now.date()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accounts.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            for n in range(rows):
                customer, amount = n // 3, 100 + n % 900
                is_overdue = n % 10 == 0
                due_on = today - timedelta(days=1) if is_overdue else today + timedelta(days=20 + n % 30)
                who = [f"C{customer}", f"Customer {customer}", f"c{customer}@example.com", "DE"]
                paid = [amount, today - timedelta(days=5)] if n % 4 == 1 else ["", ""]
                writer.writerow([*who, f"I{n}", today - timedelta(days=40), due_on, "EUR", f"{amount}.50", *paid])
        yield path


def take_in(path: Path, *, now: datetime) -> ImportRun:
    """The file through the desk's own door, as the command takes it."""
    run = ImportRun.objects.create(file_name=path.name, size=path.stat().st_size, uploaded_at=now)
    with path.open("rb") as file:
        imports.read_file(run, file, now=now)
    imports.confirm(run, now=now)
    imports.apply_confirmed(now=now, wait=True)
    run.refresh_from_db()
    assert (run.state, run.refused) == (ImportRun.State.DONE, 0), run.refusal
    return run


def _bare(path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        with path.open("rb") as file, cursor.copy(COPY) as copy:
            while piece := file.read(1 << 16):
                copy.write(piece)
        for statement in (CUSTOMERS, CONTACTS, INVOICES, LEDGER):
            cursor.execute(statement)


class InvoiceResource(resources.ModelResource):  # type: ignore[misc]
    """What a project writes that trusts the library's defaults."""

    customer = fields.Field("customer", "customer", widgets.ForeignKeyWidget(Customer, "number"))

    class Meta:
        model = Invoice
        import_id_fields = ("number",)
        fields = ("customer", "number", "issued_on", "due_on", "currency", "amount", "balance", *STAMPS)


def _library_rate(path: Path) -> float:
    """Rows a second from the preview through the confirmation, as the library's admin does it."""
    dataset = tablib.Dataset(headers=InvoiceResource.Meta.fields)
    with path.open(newline="") as file:
        for row in itertools.islice(csv.DictReader(file), LIBRARY_SAMPLE):
            known = [row["customer_number"], row["invoice_number"], row["issued_on"], row["due_on"], row["currency"]]
            dataset.append([*known, row["amount"], row["amount"], *["2019-01-01 00:00:00"] * 2])
    numbers = sorted(set(dataset["customer"]))
    Customer.objects.bulk_create(
        [Customer(number=n, name=n, created_at=LONG_AGO, updated_at=LONG_AGO) for n in numbers]
    )
    resource = InvoiceResource()
    preview = seconds_of(lambda: resource.import_data(dataset, dry_run=True, raise_errors=True))
    confirm = seconds_of(lambda: resource.import_data(dataset, dry_run=False, raise_errors=True))
    return LIBRARY_SAMPLE / (preview + confirm)


def _pipeline(size: int, now: datetime) -> tuple[float, float]:
    """Seconds and peak megabytes of a process that takes `size` invoices from the file to the sent letter."""
    with accounts_file(size, now=now) as path, scratch_database():
        url = urlsplit(os.environ["DATABASE_URL"])
        scratch = urlunsplit(url._replace(path="/" + connection.settings_dict["NAME"]))
        command = [sys.executable, "-m", "config.benchmark.pipeline", str(path), now.isoformat()]
        told = subprocess.check_output(command, env={**os.environ, "DATABASE_URL": scratch}, text=True)
        seconds, megabytes = map(float, told.split())
        return seconds, megabytes
