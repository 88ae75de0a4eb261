"""Kill an import at every chunk, before and after its commit, go on, and compare with a clean run."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from customers.models import CustomerChange, ImportRow, ImportRun, Invoice, LedgerEntry
from customers.operations import import_apply, imports
from customers.operations.ledger import Posting, post
from customers.queries import ledger_faults
from tests.faults import import_process
from tests.importing import books, counts, csv_of, row
from tests.people import NOW

pytestmark = pytest.mark.django_db(transaction=True)

CHUNKS = [3, 5, 7]  # the last row of each chunk of two
POINTS = [f"import.{point}.{upto}" for upto in CHUNKS for point in ("before_commit", "after_commit")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    first = csv_of(row(invoice_number="1"), row(invoice_number="4"))
    path.write_bytes(first)
    assert import_process.run("import_accounts", str(path)) == 0
    path.write_bytes(
        csv_of(
            row(invoice_number="1", paid_amount="40"),
            row(invoice_number="2", customer_number="C-2", customer_name="Okafor", email="", paid_amount="10"),
            row(invoice_number="3", currency="?", paid_amount=""),
            row(invoice_number="4", amount="120", paid_amount=""),
            row(invoice_number="5", paid_amount="100"),
            row(invoice_number="6", customer_number="C-3", customer_name="Tanaka", email="", paid_amount=""),
        )
    )
    return path


def outcome() -> dict[str, Any]:
    run = ImportRun.objects.get(rows=6)
    return {**books(), "counts": counts(run), "new customers": run.new_customers, "state": run.state}


EXPECTED = {"counts": {"new": 3, "changed": 2, "refused": 1}, "new customers": 2, "state": "done"}


def test_clean_run_gives_what_the_others_are_compared_with(file: Path) -> None:
    assert import_process.run("import_accounts", str(file)) == 1
    assert outcome().items() >= EXPECTED.items()
    assert [(i.number, i.balance) for i in Invoice.objects.order_by("number")] == [
        ("1", 60),
        ("2", 90),
        ("4", 120),
        ("5", 0),
        ("6", 100),
    ]


@pytest.mark.parametrize("point", POINTS)
def test_killed_import_goes_on_exactly_where_it_was(file: Path, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_apply, "CHUNK", 2)
    assert import_process.run("import_accounts", str(file), crashpoint=point) == -9
    CustomerChange.objects.all().delete()
    committed = Invoice.objects.count()
    assert imports.apply_confirmed(now=NOW) == 1
    assert outcome().items() >= EXPECTED.items()
    assert sum(invoice.balance for invoice in Invoice.objects.all()) == 370
    assert ledger_faults() == []
    assert not ImportRow.objects.exists()
    assert (committed < 5) == CustomerChange.objects.exists() or point.endswith("before_commit.7")


def test_import_killed_while_reading_leaves_nothing(file: Path) -> None:
    before = books()
    assert import_process.run("import_accounts", str(file), crashpoint="import.staged") == -9
    assert books() == before
    assert not ImportRow.objects.exists()
    assert import_process.run("import_accounts", str(file)) == 1
    assert outcome().items() >= EXPECTED.items()


def test_next_import_first_finishes_the_interrupted_one(file: Path) -> None:
    assert import_process.run("import_accounts", str(file), crashpoint="import.after_commit.3") == -9
    later = file.with_name("later.csv")
    later.write_bytes(
        csv_of(row(invoice_number="6", customer_number="C-3", customer_name="Tanaka", email="", amount="50"))
    )
    assert import_process.run("import_accounts", str(later)) == 0
    assert Invoice.objects.get(number="6").balance == 50
    assert outcome()["counts"] == EXPECTED["counts"]


def test_two_imports_at_once_end_as_one_after_the_other(file: Path) -> None:
    other = file.with_name("other.csv")
    rows = [
        row(invoice_number=str(n), customer_number="C-9", customer_name="Nine", amount="7") for n in range(100, 160)
    ]
    rows += [row(invoice_number="5", amount="90")]
    other.write_bytes(csv_of(*rows))
    both = [import_process.start("import_accounts", str(path)) for path in (file, other, other)]
    for process in both:
        process.communicate(timeout=120)
    assert [process.returncode for process in both][1:] in ([0, 0], [1, 1], [0, 1], [1, 0])
    assert both[0].returncode == 1
    assert Invoice.objects.filter(customer__number="C-9").count() == 60
    # Whichever came first: one created it, the other changed it or found it closed.
    assert Invoice.objects.get(number="5").amount in (90, 100)
    assert ledger_faults() == []


def test_payment_during_an_import_is_not_lost(file: Path) -> None:
    """The desk posts payments to invoices while an import is changing them, from the other end."""
    numbers = [str(number) for number in range(1000, 1200)]
    path = file.with_name("many.csv")
    path.write_bytes(csv_of(*(row(invoice_number=number, amount="100") for number in numbers)))
    assert import_process.run("import_accounts", str(path)) == 0
    path.write_bytes(csv_of(*(row(invoice_number=number, amount="150") for number in numbers)))
    process = import_process.start("import_accounts", str(path), chunk=5)
    while not ImportRun.objects.filter(rows=200, state="applying", cursor__gt=0).exists():
        assert process.poll() is None, process.communicate()
    pay_from_the_end(numbers)
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert ledger_faults() == []
    assert set(Invoice.objects.filter(number__in=numbers).values_list("amount", "balance")) == {(150, 140)}


def pay_from_the_end(numbers: list[str]) -> None:
    for invoice in Invoice.objects.filter(number__in=numbers).order_by("-pk"):
        post([Posting(invoice.pk, LedgerEntry.Kind.PAID, Decimal(-10), NOW.date(), "desk")], now=NOW)
