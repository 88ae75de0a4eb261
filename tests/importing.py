"""Files to import, made in code, and the way they take into the books."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl

from customers.models import Customer, ImportRun, Invoice, LedgerEntry
from customers.operations import imports
from customers.operations.ledger import Posting, post
from customers.rules.import_layout import Choices
from tests.people import NOW

ROW = {
    "customer_number": "C-1",
    "customer_name": "Lindqvist Bakery",
    "email": "anna@lindqvist.example",
    "invoice_number": "2026-001",
    "issued_on": "2026-01-15",
    "due_on": "2026-02-14",
    "currency": "EUR",
    "amount": "100.00",
}


def csv_of(*rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A file with the columns of the first row."""
    headers = list(rows[0])
    text = io.StringIO()
    writer = csv.DictWriter(text, headers, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def row(**cells: str) -> dict[str, str]:
    """ROW with some cells changed or added."""
    return {**ROW, **cells}


def xlsx_of(*rows: Iterable[Any]) -> bytes:
    """A spreadsheet of these rows, the first being the header."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for cells in rows:
        sheet.append(list(cells))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(content: bytes, *, now: datetime = NOW, **choices: Any) -> ImportRun:
    """Upload and read a file, nothing more."""
    run = imports.upload("accounts.csv", [content], choices=Choices(**choices), by=None, now=now)
    imports.read(run, now=now)
    return run


def take(content: bytes, *, now: datetime = NOW, **choices: Any) -> ImportRun:
    """Upload, read, confirm, apply; the run as it ended."""
    run = read(content, now=now, **choices)
    assert run.state == ImportRun.State.READ, (run.refusal, run.found.get("questions"))
    imports.confirm(run, now=now)
    imports.apply_confirmed(now=now)
    run.refresh_from_db()
    return run


def counts(run: ImportRun) -> dict[str, int]:
    """What became of the rows, without the zeros."""
    names = ("new", "changed", "unchanged", "refused", "conflicts")
    return {name: getattr(run, name) for name in names if getattr(run, name)}


def problems(run: ImportRun) -> list[tuple[int, str, str, str]]:
    """(row, kind, column, problem) of everything listed."""
    issues = run.issues.order_by("row_number", "pk")
    return [(i.row_number, i.kind, p["column"], p["problem"]) for i in issues for p in i.problems]


def books() -> dict[str, Any]:
    """All that an import may write, without ids and times, to compare two ways of getting there."""
    return {
        "customers": list(
            Customer.objects.order_by("number").values_list(
                "number", "name", "language", "country", "time_zone", "segment", "contacts__email", "contacts__phone"
            )
        ),
        "invoices": list(
            Invoice.objects.order_by("number").values_list(
                "number", "customer__number", "description", "issued_on", "due_on", "currency", "amount", "balance"
            )
        ),
        "ledger": sorted(
            Invoice.objects.values_list(
                "number", "entries__kind", "entries__amount", "entries__occurred_on", "entries__source"
            )
        ),
    }


def pay(invoice: Invoice, amount: str) -> None:
    """The desk records money on this invoice."""
    post([Posting(invoice.pk, LedgerEntry.Kind.PAID, -Decimal(amount), date(2026, 2, 20), "desk")], now=NOW)
