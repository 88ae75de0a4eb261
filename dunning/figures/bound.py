"""The month-end pack as a PDF and as a spreadsheet."""

import io
from datetime import datetime, time
from decimal import Decimal

from django.template.loader import render_to_string
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from customers.rules.import_text import escaped
from customers.rules.money import MINOR_UNITS
from customers.wording import bare_money
from dunning.channels.typesetting import typeset
from dunning.figures.pack import Pack, Rate, Table, Value
from dunning.figures.shown import percent


def as_page(pack: Pack, company: str) -> str:
    """The HTML that the PDF is set from."""
    tables = [
        {
            "title": table.title,
            "says": table.says,
            "head": table.head,
            "rows": [_printed(table, row) for row in table.rows],
        }
        for table in pack.tables
    ]
    return render_to_string("desk/month_end.html", {"pack": pack, "tables": tables, "company": company})


def as_pdf(pack: Pack, company: str) -> bytes:
    """Raises NotReady where this machine cannot set pages; the message says what to install."""
    return typeset(as_page(pack, company)).pdf


def as_xlsx(pack: Pack) -> bytes:
    """A sheet for each table. Amounts are numbers with their currency's decimals, rates are percentages."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.created = book.properties.modified = datetime.combine(pack.as_of, time())
    for table in pack.tables:
        _fill(book, table)
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def _fill(book: Workbook, table: Table) -> None:
    sheet = book.create_sheet(table.title[:31])
    sheet.append([*table.head])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in table.rows:
        sheet.append([_written(value) for value in row])
        for cell, value in zip(sheet[sheet.max_row], row, strict=True):
            cell.number_format = _format(value, _currency(table, row))
    for place in range(1, len(table.head) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 18
    sheet.freeze_panes = "A2"


def _written(value: Value) -> Value:
    return escaped(value) if isinstance(value, str) else value


def _format(value: Value, currency: str) -> str:
    if isinstance(value, Rate):
        return "0.0%"
    if isinstance(value, Decimal):
        decimals = MINOR_UNITS.get(currency, 2)
        return "#,##0" + (f".{'0' * decimals}" if decimals else "")
    return "0.0" if isinstance(value, float) else "General"


def _currency(table: Table, row: tuple[Value, ...]) -> str:
    return str(row[table.head.index("currency")])


def _printed(table: Table, row: tuple[Value, ...]) -> list[str]:
    return [_in_print(value, _currency(table, row)) for value in row]


def _in_print(value: Value, currency: str) -> str:
    match value:
        case None:
            return "–"
        case Decimal():
            return bare_money(value, currency)
        case Rate():
            return percent(value)
        case float():
            return f"{value:,.1f}"
        case int():
            return f"{value:,}"
        case _:
            return value
