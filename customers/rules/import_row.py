"""Reading one row: every cell by its own rule, then what the cells say together. A row is taken whole or refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache, partial

from customers.rules.import_cell import Cell, Problem, Unknown, Unreadable, complaint
from customers.rules.import_columns import AMOUNTS, COLUMNS, DATES, REQUIRED
from customers.rules.import_dates import read_date
from customers.rules.import_kind import read_kind
from customers.rules.import_layout import Layout
from customers.rules.import_numbers import read_amount
from customers.rules.import_places import read_country, read_currency, read_language, read_time_zone
from customers.rules.import_text import FREE_TEXT, LENGTHS, masked, read_email, read_pdf_url, read_phone, text_reader
from customers.rules.money import minor_units
from customers.rules.refusals import read_refusals
from customers.rules.tags import read_tags

Reader = Callable[[Cell], str]

CACHED = 4096  # values remembered per column
PLACE = {column: place for place, column in enumerate(COLUMNS)}
NUMBER, NAME, INVOICE, ISSUED, DUE, CURRENCY, AMOUNT, PAID, PAID_ON, RENEWS, PRICE, PRICED_IN = (
    PLACE[column]
    for column in "customer_number customer_name invoice_number issued_on due_on currency "
    "amount paid_amount paid_on renews_on renewal_amount renewal_currency".split()
)


@dataclass(frozen=True, slots=True)
class World:
    """What a row is judged against: known languages and zones, and the day it is (in the desk's zone)."""

    languages: frozenset[str]
    zones: frozenset[str]
    today: date


class RowReader:
    """Reads rows of one file. Build once, call `read` for each row."""

    def __init__(self, layout: Layout, world: World) -> None:
        """Raises Unreadable when a constant of the mapping cannot be read."""
        readers = _readers(layout, world)
        self._width = len(layout.headers)
        self._plan = [(PLACE[column], place, readers[column]) for column, place in layout.places.items()]
        self._blank = [""] * len(COLUMNS)
        for column, constant in layout.constants.items():
            self._blank[PLACE[column]] = readers[column](constant)
        read_strictly = [place for column, place in layout.places.items() if column not in FREE_TEXT]
        self._masked = [place for place in range(self._width) if place not in read_strictly]
        self._has_unread_columns = len(set(layout.places.values())) < self._width
        # A payment booked tomorrow may already be today's at the other end of the world.
        self._last_payment_day = (world.today + timedelta(days=1)).isoformat()

    def read(self, cells: Sequence[Cell]) -> tuple[list[str], list[Problem], bool]:
        """The row's values in the order of COLUMNS, what is wrong with it, and whether it can be taken.

        Values are canonical text: dates as 2026-03-31, amounts as 1234.5, nothing said as "".
        Raises Undecided when a value has two readings and the layout knows no answer.
        """
        values = self._blank.copy()
        if len(cells) != self._width and (problem := self._ragged(cells)):
            return values, [problem], False
        problems: list[Problem] = []
        is_good = True
        for target, place, read in self._plan:
            cell = cells[place]
            if cell == "":
                continue
            try:
                values[target] = read(cell)
            except Unreadable as refusal:
                if isinstance(cell, str) and not cell.strip():
                    continue
                shown = masked(str(cell)) if COLUMNS[target] in FREE_TEXT else cell
                problems.append(complaint(COLUMNS[target], shown, refusal))
                is_good = is_good and isinstance(refusal, Unknown)
        if is_good and (wrong := self._contradiction(values)):
            problems.append(wrong)
            is_good = False
        return values, problems, is_good

    def kept(self, cells: Sequence[Cell], is_good: bool) -> Sequence[Cell]:
        """The row as it may be kept to be mended: without card numbers, wherever they may have strayed to."""
        if is_good and not self._has_unread_columns:
            return cells
        loose = self._masked if len(cells) == self._width else range(len(cells))
        kept = list(cells)
        for place in loose:
            kept[place] = masked(str(cells[place]))
        return kept

    def _ragged(self, cells: Sequence[Cell]) -> Problem | None:
        if len(cells) > self._width and not any(cells[self._width :]):
            return None
        return Problem(
            "",
            str(cells[0]) if cells else "",
            f"The row has {len(cells)} cells, the header has {self._width}",
            "Put text that holds the delimiter in quotation marks, and fill missing cells.",
        )

    def _contradiction(self, values: list[str]) -> Problem | None:
        if not (values[NUMBER] and values[NAME] and values[INVOICE] and values[DUE] and values[CURRENCY]):
            return _first_missing(values)
        amount, units = values[AMOUNT], minor_units(values[CURRENCY])
        if not amount:
            return _first_missing(values)
        if amount == "0":
            return Problem("amount", amount, "is zero", "Write an amount above 0, or leave the row out.")
        if _decimals(amount) > units:
            return _too_fine("amount", amount, values[CURRENCY], units)
        if values[ISSUED] > values[DUE]:
            return Problem("due_on", values[DUE], f"lies before the invoice date {values[ISSUED]}", "Check both dates.")
        if (values[PAID] or values[PAID_ON]) and (wrong := self._payment(values, units)):
            return wrong
        return _renewal(values) if values[PRICE] or values[PRICED_IN] else None

    def _payment(self, values: list[str], units: int) -> Problem | None:
        """Judge the payment; a payment date without an amount means: paid in full on that day."""
        paid_on, amount = values[PAID_ON], values[AMOUNT]
        paid = values[PAID] = values[PAID] or amount
        if _decimals(paid) > units:
            return _too_fine("paid_amount", paid, values[CURRENCY], units)
        if paid != amount and Decimal(paid) > Decimal(amount):
            return Problem("paid_amount", paid, f"is more than the amount {amount}", "Write at most the amount.")
        if paid_on and paid == "0":
            return Problem("paid_on", paid_on, "is given, but nothing is paid", "Leave it empty or write paid_amount.")
        if paid_on > self._last_payment_day:
            return Problem("paid_on", paid_on, "lies in the future", "Leave it empty until the payment is there.")
        return None


def _renewal(values: list[str]) -> Problem | None:
    """Judge what a renewal costs; without a currency of its own it is in that of the invoice."""
    if not values[RENEWS]:
        return Problem(
            "renewal_amount", values[PRICE], "is given without renews_on", "Write the day of the renewal too."
        )
    if not values[PRICE] or values[PRICE] == "0":
        values[PRICE] = values[PRICED_IN] = ""
        return None
    currency = values[PRICED_IN] = values[PRICED_IN] or values[CURRENCY]
    units = minor_units(currency)
    return _too_fine("renewal_amount", values[PRICE], currency, units) if _decimals(values[PRICE]) > units else None


def _readers(layout: Layout, world: World) -> dict[str, Reader]:
    cached = lru_cache(maxsize=CACHED)  # for columns whose values come again and again
    text = {column: text_reader(column) for column in LENGTHS}
    dates = {column: cached(partial(read_date, order=layout.dates)) for column in DATES}
    amounts = {column: partial(read_amount, mark=layout.decimal) for column in AMOUNTS}
    return {
        **text,
        **dates,
        **amounts,
        "email": read_email,
        "phone": read_phone,
        "pdf_url": read_pdf_url,
        "country": cached(read_country),
        "buys_as": cached(read_kind),
        "tags": cached(read_tags),
        "refuses": cached(read_refusals),
        "currency": cached(read_currency),
        "renewal_currency": cached(read_currency),
        "language": cached(partial(read_language, known=world.languages)),
        "time_zone": cached(partial(read_time_zone, known=world.zones)),
    }


def _first_missing(values: list[str]) -> Problem:
    column = next(column for column in REQUIRED if not values[PLACE[column]])
    return Problem(column, "", "is missing", "Fill it in: every row needs it.")


def _decimals(amount: str) -> int:
    return len(amount) - amount.find(".") - 1 if "." in amount else 0


def _too_fine(column: str, amount: str, currency: str, units: int) -> Problem:
    return Problem(column, amount, f"has more decimals than {currency} knows ({units})", "Round it.")
