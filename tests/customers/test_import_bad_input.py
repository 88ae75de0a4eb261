"""Bad input gets a clear error and changes nothing; the good rows beside it go in."""

import csv
import io
import zipfile

import pytest

from customers.models import Invoice
from customers.operations.import_refused import refused_lines
from tests.importing import ROW, books, counts, csv_of, problems, read, row, take, xlsx_of

pytestmark = pytest.mark.django_db

BAD_CELLS = {
    "unknown currency": {"currency": "ABC"},
    "negative amount": {"amount": "-100.00"},
    "zero amount": {"amount": "0"},
    "amount of 20 digits": {"amount": "12345678901234567890"},
    "too many decimals": {"amount": "1.001"},
    "decimals in yen": {"amount": "1.50", "currency": "JPY"},
    "impossible date": {"due_on": "2026-02-30"},
    "due before issued": {"due_on": "2026-01-01"},
    "date out of range": {"due_on": "9999-12-31"},
    "NUL in a name": {"customer_name": "Lind\x00qvist"},
    "line break in a name": {"customer_name": "Lindqvist\nBakery"},
    "formula": {"customer_name": "=HYPERLINK(1)"},
    "formula with plus": {"customer_name": "+1+1"},
    "formula with at": {"invoice_number": "@SUM(A1)"},
    "card number": {"customer_name": "4111 1111 1111 1111"},
    "broken address": {"email": "a@b.de\r\nBcc: all@b.de"},
    "missing value": {"invoice_number": ""},
}


@pytest.mark.parametrize("cells", BAD_CELLS.values(), ids=BAD_CELLS)
def test_bad_row_stays_out_and_good_rows_go_in(cells: dict[str, str]) -> None:
    bad = row(customer_number="C-2", **{"invoice_number": "bad", **cells})
    run = take(csv_of(row(), bad, row(invoice_number="2026-002")))
    assert counts(run) == {"new": 2, "refused": 1}
    assert Invoice.objects.exclude(customer__number="C-1").count() == 0
    [(row_number, kind, column, problem)] = problems(run)
    assert (row_number, kind, column) == (3, "refused", next(iter(cells)))
    [said] = run.issues.get().problems
    assert problem
    assert said["remedy"]


@pytest.mark.parametrize("line", ["C-2,too,short", f"{','.join(ROW.values())},extra,extra"])
def test_ragged_row_stays_out(line: str) -> None:
    run = take(csv_of(row()) + line.encode() + b"\r\n")
    assert counts(run) == {"new": 1, "refused": 1}


def test_empty_lines_do_no_harm_and_rows_are_counted_as_a_spreadsheet_counts() -> None:
    content = csv_of(row(), row(amount="?", invoice_number="bad")).replace(b"\r\n", b"\r\n\r\n")
    run = take(content)
    assert counts(run) == {"new": 1, "refused": 1}
    assert problems(run)[0][0] == 5


def test_two_customers_claiming_one_invoice_number_are_both_refused() -> None:
    run = take(csv_of(row(), row(customer_number="C-2", customer_name="Okafor", email="")))
    assert counts(run) == {"refused": 2}
    assert all("several customers, in rows 2, 3" in problem for _, _, _, problem in problems(run))


def test_same_invoice_with_different_content_is_refused() -> None:
    run = take(csv_of(row(), row(amount="90"), row(invoice_number="2026-002")))
    assert counts(run) == {"new": 1, "refused": 2}


def test_same_row_twice_is_taken_once() -> None:
    assert counts(take(csv_of(row(), row()))) == {"new": 1, "unchanged": 1}


def test_customer_described_in_two_ways_is_refused() -> None:
    run = take(csv_of(row(), row(customer_name="Other", invoice_number="2"), row(customer_number="C-2",
                      customer_name="Okafor", invoice_number="3")))  # fmt: skip
    assert counts(run) == {"new": 1, "refused": 2}
    assert {column for _, _, column, _ in problems(run)} == {"customer_name"}


def test_unknown_time_zone_falls_back_to_the_country_with_a_warning() -> None:
    run = take(csv_of(row(time_zone="Europe/Atlantis", language="tlh", country="DE")))
    assert counts(run) == {"new": 1}
    assert {(kind, column) for _, kind, column, _ in problems(run)} == {
        ("warning", "language"),
        ("warning", "time_zone"),
    }
    customer = Invoice.objects.get().customer
    assert (customer.time_zone, customer.language) == ("Europe/Berlin", "de")


def packed(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return file.getvalue()


BOMB = packed(xl__workbook=b"<workbook/>", xl__worksheets__sheet1=b"0" * (20 << 20))
BAD_FILES = {
    "empty": b"",
    "only blanks": b"\r\n \r\n",
    "PDF": b"%PDF-1.7 ...",
    "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "JSON": b'{"customer": 1}',
    "web page": b"<!doctype html>",
    "picture": b"\x89PNG\r\n\x1a\n",
    "ZIP that is no spreadsheet": packed(readme=b"hello"),
    "damaged spreadsheet": xlsx_of(list(ROW), list(ROW.values()))[:-400],
    "spreadsheet without sheets": packed(xl__workbook=b"<workbook/>"),
    "100-fold bomb": BOMB,
    "quote never closed": csv_of(row()) + b'C-2,"never closed,x\r\n' + csv_of(row()),
    "stray quote": csv_of(row()) + b'C-2,"a"b,x\r\n',
    "binary": bytes(range(256)) * 40,
    "wide": b",".join(b"c%d" % n for n in range(300)) + b"\n",
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
def test_file_that_cannot_be_taken_is_refused_whole(content: bytes) -> None:
    run = read(content)
    assert run.state == "refused"
    assert run.refusal.endswith(".")
    assert not Invoice.objects.exists()


def test_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openpyxl.load_workbook", lambda *args, **kwargs: pytest.fail("unpacked"))
    assert len(BOMB) * 100 < 20 << 20
    assert "suspiciously" in read(BOMB).refusal


def test_missing_columns_are_asked_for() -> None:
    run = read(b"customer_number,amount\nC-1,5\n")
    assert run.state == "asking"
    assert [question["about"] for question in run.found["questions"]] == [
        "customer_name",
        "invoice_number",
        "due_on",
        "currency",
    ]


@pytest.mark.parametrize(
    "choices",
    [{"constants": {"currency": "EURO"}}, {"constants": {"amount": "5"}}, {"columns": {"amount": "Nowhere"}},
     {"columns": {"colour": "amount"}}, {"encoding": "utf-16"}],
)  # fmt: skip
def test_choices_that_do_not_suit_the_file_refuse_it(choices: dict[str, object]) -> None:
    run = read(csv_of({name: cell for name, cell in ROW.items() if name != "currency"}), **choices)
    assert run.state == "refused"
    assert run.refusal


def test_refused_rows_come_back_as_a_file_to_mend() -> None:
    formula = '=cmd|"/C calc"!A0'
    run = take(csv_of(row(), row(customer_name=formula, invoice_number="2"), row(amount="5,x", invoice_number="3")))
    lines = list(csv.DictReader(io.StringIO("".join(refused_lines(run, "refused")).lstrip("\ufeff"))))
    assert [line["import_row"] for line in lines] == ["3", "4"]
    assert lines[0]["customer_name"] == f"'{formula}"
    assert "customer_name: begins with “=”" in lines[0]["import_problem"]
    for line in lines:
        line.update(customer_name="Lindqvist Bakery", amount="100.00")
    mended = csv_of(*lines)
    assert counts(take(mended)) == {"new": 2}
    assert counts(take(mended)) == {"unchanged": 2}


def test_card_number_is_not_kept_anywhere() -> None:
    card = "4111 1111 1111 1111"
    content = (
        csv_of(
            row(description=card, note="", invoice_number="1"),
            row(note=card, description="", invoice_number="2"),
            row(note=card, description="", invoice_number="3", amount="?"),
        )
        + f"ragged,{card}\r\n".encode()
    )
    run = take(content)
    assert counts(run) == {"new": 1, "refused": 3}
    kept = [f"{issue.problems} {issue.cells}" for issue in run.issues.all()]
    assert not any(card in text for text in kept)
    assert sum("••••1111" in text for text in kept) == 3


def test_phone_number_survives_the_way_through_the_file_of_refused_rows() -> None:
    run = take(csv_of(row(phone="+46 8 123456", amount="?")))
    [line] = csv.DictReader(io.StringIO("".join(refused_lines(run, "refused")).lstrip("\ufeff")))
    assert line["phone"] == "'+46 8 123456"
    take(csv_of({**line, "amount": "100"}))
    assert books()["customers"][0][-1] == "+46 8 123456"
