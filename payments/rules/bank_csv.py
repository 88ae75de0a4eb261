"""Reading a bank's CSV export: a small set of columns under the names that banks give them.

Numbers, dates and encodings are read by the rules of the customers' import.
"""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from customers.rules.import_cell import Undecided, Unreadable
from customers.rules.import_columns import plain
from customers.rules.import_dates import orders_of, read_date
from customers.rules.import_encoding import delimiter_of
from customers.rules.import_numbers import marks_of, read_amount
from payments.rules.bank_entry import BankFileRefusal, Entry, Statement, account_key, checked, one_line

REQUIRED = ("booked_on", "amount", "currency")
NAMES = {
    "booked_on": "booking date, booked, date, entry date, posting date, Buchungstag, Buchungsdatum, Datum, "
    "date de comptabilisation, date opération, fecha, fecha contable, fecha de operación",
    "value_on": "value date, valued on, value, Valuta, Valutadatum, Wertstellung, date de valeur, date valeur, "
    "fecha valor",
    "amount": "Betrag, Umsatz, montant, importe",
    "currency": "currency code, Währung, devise, moneda, divisa",
    "payer_name": "name, payer, counterparty, counterparty name, sender, Auftraggeber, Name Zahlungsbeteiligter, "
    "Beguenstigter/Zahlungspflichtiger, Begünstigter/Zahlungspflichtiger, donneur d'ordre, nom, ordenante, nombre",
    "payer_account": "account of payer, counterparty account, counterparty IBAN, payer IBAN, IBAN, Kontonummer/IBAN, "
    "IBAN Zahlungsbeteiligter, compte, cuenta",
    "reference": "end to end reference, end-to-end id, customer reference, Kundenreferenz, "
    "Kundenreferenz (End-to-End), référence, referencia",
    "text": "remittance, remittance text, remittance information, details, description, purpose, Verwendungszweck, "
    "libellé, communication, concepto",
    "bank_reference": "bank's reference, entry reference, transaction id, Bankreferenz, référence banque, "
    "referencia del banco",
}
KNOWN_AS = {plain(name): column for column, names in NAMES.items() for name in (column, *names.split(", "))}
Value = TypeVar("Value")
SIGN = re.compile(r"([+-]?)\s*(.*?)\s*([+-]?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Where the columns stand, and how amounts and dates are written in this file."""

    places: dict[str, int]
    mark: str
    order: str


def read_bank_csv(text: str, account: str) -> list[Statement]:
    """The one statement that the text holds; `account` is ours, which the file does not name.

    Raises BankFileRefusal, naming line and column.
    """
    if not account_key(account):
        raise BankFileRefusal("A CSV file does not say which of your accounts it is of. Give the account with it.")
    (_, headers), *rows = _rows(text) or [(0, [])]
    places = _places(headers)
    amounts = marks_of(_unsigned(_cell(row, places["amount"])) for _, row in rows)
    orders = orders_of(
        _cell(row, places[name]) for _, row in rows for name in ("booked_on", "value_on") if name in places
    )
    if len(amounts) > 1 or len(orders) > 1:
        what = (
            "amounts with points and with commas" if len(amounts) > 1 else "dates with the day and with the month first"
        )
        raise BankFileRefusal(f"The file mixes {what}. Export it again in one format.")
    reading = _Reading(places, next(iter(amounts), ""), next(iter(orders), ""))
    return [Statement(account_key(account)[:64], tuple(_entry(number, row, reading) for number, row in rows))]


def _rows(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter_of(text[:20_000]) or ",", strict=True)
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise BankFileRefusal(f"Line {reader.line_num}: a fault in its quotation marks ({error}). Mend it.") from None


def _places(headers: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, header in enumerate(headers):
        column = KNOWN_AS.get(plain(header))
        if column in places:
            raise BankFileRefusal(f"The header “{header[:60]}” is a second column for {column}. Leave one of them out.")
        if column:
            places[column] = place
    missing = [column for column in REQUIRED if column not in places]
    if missing:
        raise BankFileRefusal(
            f"The header row has no column for {', '.join(missing)}. Name the columns {', '.join(NAMES)}; "
            "the first line holds these names."
        )
    return places


def _entry(number: int, row: Sequence[str], reading: _Reading) -> Entry:
    def cell(column: str) -> str:
        return _cell(row, reading.places[column]) if column in reading.places else ""

    def day(column: str) -> date:
        return _read(number, column, cell(column), lambda text: date.fromisoformat(read_date(text, reading.order)))

    return checked(
        Entry(
            booked_on=day("booked_on"),
            value_on=day("value_on") if cell("value_on") else None,
            amount=_read(number, "amount", cell("amount"), lambda text: _amount(text, reading.mark)),
            currency=cell("currency").upper(),
            payer_name=one_line(cell("payer_name"), 200),
            payer_account=account_key(cell("payer_account"))[:64],
            reference=one_line(cell("reference"), 140),
            text=one_line(cell("text")),
            bank_reference=one_line(cell("bank_reference"), 128),
            raw=one_line(" | ".join(row), 20_000),
        ),
        f"Line {number}",
    )


def _read(number: int, column: str, text: str, reader: Callable[[str], Value]) -> Value:
    try:
        return reader(text)
    except Unreadable as refusal:
        raise BankFileRefusal(f"Line {number}, {column}: “{text[:60]}” {refusal}. {refusal.remedy}") from None
    except Undecided:
        raise BankFileRefusal(
            f"Line {number}, {column}: “{text[:60]}” can be read in two ways, and nothing in the file says which. "
            "Write dates as 2026-03-31 and amounts as 1234.50."
        ) from None


def _amount(text: str, mark: str) -> Decimal:
    found = SIGN.fullmatch(text)
    amount = Decimal(read_amount(_unsigned(text), mark))
    return -amount if found and "-" in (found[1], found[3]) else amount


def _unsigned(text: str) -> str:
    found = SIGN.fullmatch(text)
    return found[2] if found else text


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""
