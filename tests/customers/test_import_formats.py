"""The same table in every dress a spreadsheet program can give it goes in alike."""

from datetime import date, datetime

import pytest

from customers.models import Contact, Customer, Invoice
from tests.importing import ROW, books, counts, csv_of, problems, read, row, take, xlsx_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_names_come_through_every_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    run = take(csv_of(row(customer_name="Zoë Müller, Søn"), delimiter=delimiter, encoding=encoding))
    assert counts(run) == {"new": 1}
    assert Customer.objects.get().name == "Zoë Müller, Søn"
    assert (run.found["encoding"], run.found["delimiter"]) == (encoding.replace("utf-8", "utf-8-sig")[:9], delimiter)


def test_encoding_can_be_overruled() -> None:
    take(csv_of(row(customer_name="Zoë"), encoding="utf-8"), encoding="cp1252")
    assert Customer.objects.get().name == "ZoÃ«"


def test_continental_file_is_read_as_it_was_meant() -> None:
    take(csv_of(row(amount="1.234,50", due_on="28.02.2026", issued_on="1.2.2026"), delimiter=";"))
    assert (Invoice.objects.get().amount, Invoice.objects.get().due_on) == (1234.5, date(2026, 2, 28))


def test_amounts_in_doubt_are_asked_about() -> None:
    assert read(csv_of(row(amount="1.234"))).state == "asking"
    take(csv_of(row(amount="1.234")), decimal=",")
    assert Invoice.objects.get().amount == 1234


def test_spreadsheet_with_numbers_and_dates_goes_in() -> None:
    headers = [*ROW, "paid_amount", "phone"]
    cells = [
        1001,
        "Lindqvist",
        "anna@lindqvist.example",
        7,
        datetime.fromisoformat("2026-01-15"),
        date(2026, 2, 14),
        "EUR",
        1234.1,
    ]
    run = take(xlsx_of(headers, [*cells, 0.3, None]))
    assert counts(run) == {"new": 1}
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.customer.number, invoice.due_on) == ("7", "1001", date(2026, 2, 14))
    assert [str(invoice.amount), str(invoice.balance)] == ["1234.1000", "1233.8000"]
    assert Contact.objects.get().phone == ""


def test_spreadsheet_and_text_give_the_same_books() -> None:
    take(csv_of(row(), row(invoice_number="2")))
    before = books()
    assert counts(take(xlsx_of(list(ROW), list(ROW.values()), list(row(invoice_number="2").values())))) == {
        "unchanged": 2
    }
    assert books() == before


def test_formula_in_a_spreadsheet_is_refused() -> None:
    run = take(xlsx_of(list(ROW), list(row(customer_name="=1+1").values()), list(row(invoice_number="2").values())))
    assert counts(run) == {"new": 1, "refused": 1}
    assert problems(run)[0][2] == "customer_name"


def test_number_where_a_date_belongs_is_refused() -> None:
    run = take(xlsx_of(list(ROW), [*list(ROW.values())[:5], 46000, "EUR", 100]))
    assert problems(run)[0][2:] == ("due_on", "is a number, not a date")


def test_excels_declared_delimiter_is_understood() -> None:
    assert counts(take(b"sep=;\r\n" + csv_of(row(), delimiter=";"))) == {"new": 1}
