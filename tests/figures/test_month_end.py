"""The month-end pack: it reconciles, and is the same whenever it is made."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from customers.models import Invoice
from customers.operations import ledger
from dunning.figures.bound import as_page, as_pdf, as_xlsx
from dunning.figures.pack import Pack
from dunning.operations.report_answers import DayNotOver, month_end
from tests.people import NOW, owes, paid, person

MARCH = date(2026, 3, 31)
LATER = datetime(2026, 4, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def march(db: None) -> Pack:
    """One invoice paid, one written off, one still open, and one in yen; made on the second of April."""
    ada = person("Ada Lindgren")
    for number, amount in enumerate(("120.00", "80.00", "30.00")):
        owes(ada, amount, due="2026-03-10", number=f"R-{number}")
    owes(ada, "5000", "JPY", due="2026-03-20")
    paid(ada.invoices.get(number="R-0"), NOW.replace(day=12))
    given_up = ada.invoices.get(number="R-1")
    ledger.write_off(given_up, reason="Gone", now=NOW.replace(day=25), on=date(2026, 3, 25), by=None)
    return month_end(MARCH, now=datetime(2026, 4, 2, tzinfo=UTC))


def test_movements_reconcile_with_the_balances_of_the_day(march: Pack) -> None:
    assert march.wrong == []
    euro, yen = march.tables[1].rows
    zero = Decimal(0)
    assert euro == (
        "EUR",
        zero,
        Decimal("230"),
        Decimal("-120"),
        zero,
        Decimal("-80"),
        zero,
        Decimal(30),
        Decimal(30),
        zero,
    )
    assert yen[-3:] == (Decimal(5000), Decimal(5000), zero)


def test_the_pack_made_later_after_more_history_holds_the_same_numbers(march: Pack) -> None:
    ada = person("Ada Okafor")
    owes(ada, "999.00", due="2026-04-01")
    left = march_invoice()
    paid(left, LATER)
    again = month_end(MARCH, now=LATER)
    assert again == march
    assert as_page(again, "Example") == as_page(march, "Example")
    assert cells(as_xlsx(again)) == cells(as_xlsx(march))


def test_the_pack_says_where_it_does_not_reconcile(march: Pack) -> None:
    left = march_invoice()
    type(left).objects.filter(pk=left.pk).update(balance=left.balance + 7)  # books that somebody spoiled
    spoiled = month_end(MARCH, now=LATER)
    assert spoiled.wrong == ["EUR"]
    assert "do not reconcile with the balances in EUR" in as_page(spoiled, "Example")


def test_the_pack_of_a_month_that_is_not_over_is_refused(db: None) -> None:
    with pytest.raises(DayNotOver, match="choose an earlier day"):
        month_end(MARCH, now=datetime(2026, 3, 31, 23, 0, tzinfo=UTC))


def test_sheets_hold_amounts_as_numbers_with_their_decimals(march: Pack) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(march)))
    assert book.sheetnames[:2] == ["Ageing", "Movements"]
    sheet = book["Movements"]
    assert (sheet["C2"].value, sheet["C2"].number_format) == (230, "#,##0.00")
    assert sheet["C3"].number_format == "#,##0"
    assert [cell.value for cell in book["Each write-off"][2]] == ["R-1", "ADA-LINDGREN", "2026-03-25", "EUR", 80]


@pytest.mark.usefixtures("paper")
def test_the_pdf_is_the_same_byte_for_byte(march: Pack) -> None:
    assert as_pdf(march, "Example") == as_pdf(march, "Example")


def march_invoice() -> Invoice:
    return Invoice.objects.get(number="R-2")


def cells(whole: bytes) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(whole))
    return [[cell.value for cell in row] for sheet in book for row in sheet.rows]
