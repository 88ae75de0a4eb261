"""`manage.py import_accounts`: the same path as the screen, with counts and exit statuses fit for scripts."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from customers.models import ImportRun, Invoice, LedgerEntry
from tests.importing import ROW, csv_of, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_bytes(csv_of(row(), row(invoice_number="2026-002")))
    return path


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        call_command("import_accounts", *map(str, arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_good_file_goes_in_with_status_0(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(file) == 0
    assert capsys.readouterr().out.startswith("rows=2 new=2 changed=0 unchanged=0 refused=0 conflicts=0 ")
    assert run(file) == 0
    assert "unchanged=2" in capsys.readouterr().out


def test_refused_rows_give_status_1_and_a_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(csv_of(row(), row(invoice_number="2", currency="?")))
    refused = file.with_name("refused.csv")
    assert run(file, "--refused", refused) == 1
    assert "Row 3, currency “?” is not a currency in use. Write" in capsys.readouterr().err
    assert len(refused.read_text(encoding="utf-8-sig").splitlines()) == 2
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF", "PDF"),
        (b"customer_number\nC-1\n", "--mapping"),
        (csv_of(row(issued_on="", due_on="03/04/2026")), "--dates day-first"),
        (csv_of(row(amount="1,234")), "--decimal"),
    ],
)
def test_refused_file_gives_status_2_and_says_what_to_do(
    content: bytes, words: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(content)
    assert run(file) == 2
    assert words in capsys.readouterr().err
    assert not ImportRun.objects.exists()


def test_file_that_does_not_exist_gives_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "nowhere.csv") == 2
    assert "cannot be opened" in capsys.readouterr().err


def test_check_says_what_would_happen_and_writes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(file, "--check") == 0
    assert "new=2" in capsys.readouterr().out
    assert not (Invoice.objects.exists() or ImportRun.objects.exists())


@pytest.mark.parametrize("form", ["toml", "json"])
def test_mapping_file_names_columns_and_constants(form: str, tmp_path: Path) -> None:
    file, mapping = tmp_path / "export.csv", tmp_path / f"mapping.{form}"
    file.write_bytes(b"Account,Bill,Falls due,Sum\nC-1,7,14/02/2026,100\n")
    columns = {"customer_number": "Account", "customer_name": "Account", "invoice_number": "Bill",
               "due_on": "Falls due", "amount": "Sum"}  # fmt: skip
    lines = ["[columns]", *(f'{c} = "{h}"' for c, h in columns.items()), "[constants]", 'currency = "EUR"']
    said = {"columns": columns, "constants": {"currency": "EUR"}}
    mapping.write_text("\n".join(lines) if form == "toml" else json.dumps(said))
    assert run(file, "--mapping", mapping) == 0
    assert Invoice.objects.get().currency == "EUR"
    assert run(file) == 0  # remembered


@pytest.mark.parametrize("text", ["[columns", "[colours]\na = 1", "[columns]\namount = 5", "columns = 1"])
def test_broken_mapping_file_gives_status_2(text: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = file.with_name("mapping.toml")
    mapping.write_text(text)
    assert run(file, "--mapping", mapping) == 2
    assert "mapping" in capsys.readouterr().err


def test_options_overrule_what_would_be_found(file: Path) -> None:
    file.write_bytes(csv_of(row(due_on="03/04/2026", issued_on="", amount="1.234"), delimiter=";"))
    assert run(file, "--dates", "month-first", "--decimal", "comma", "--delimiter", "semicolon") == 0
    assert (str(Invoice.objects.get().due_on), Invoice.objects.get().amount) == ("2026-03-04", 1234)


def test_time_of_the_import_can_be_set(file: Path) -> None:
    file.write_bytes(csv_of({**ROW, "paid_amount": "10"}))
    assert run(file, "--at", "2026-02-20T12:00:00Z") == 0
    assert str(LedgerEntry.objects.get(kind="paid").occurred_on) == "2026-02-20"


def test_json_holds_counts_formats_and_problems(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(csv_of(row(), row(invoice_number="2", amount="?")))
    run(file, "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["new"], said["refused"], said["found"]["delimiter"]) == (1, 1, ",")
    assert [(p["row"], p["column"], p["value"]) for p in said["problems"]] == [(3, "amount", "?")]
