"""A row is taken whole or refused with column, value, reason and remedy."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.import_columns import COLUMNS
from customers.rules.import_dates import MONTH_FIRST
from customers.rules.import_layout import Layout
from customers.rules.import_places import COUNTRIES, HOME
from customers.rules.import_row import RowReader, World

WORLD = World(frozenset({"en", "de"}), frozenset({"UTC", "Europe/Berlin"}), date(2026, 3, 2))
GOOD = {
    "customer_number": "C-1",
    "customer_name": "Ada Lindgren",
    "invoice_number": "7",
    "issued_on": "1/2/2026",
    "due_on": "2/1/2026",
    "currency": "eur",
    "amount": "1,200.50",
}


def reader(constants: dict[str, str] | None = None) -> RowReader:
    places = {column: place for place, column in enumerate(COLUMNS) if column not in (constants or {})}
    return RowReader(
        Layout("csv", "utf-8-sig", ",", tuple(COLUMNS), places, constants or {}, ".", MONTH_FIRST, ()), WORLD
    )


def outcome(**cells: str) -> tuple[dict[str, str], list[tuple[str, str]], bool]:
    given_cells = {**GOOD, **cells}
    values, problems, is_good = reader().read([given_cells.get(column, "") for column in COLUMNS])
    said = {column: value for column, value in zip(COLUMNS, values, strict=True) if value}
    return said, [(problem.column, problem.problem) for problem in problems], is_good


def test_good_row_is_read_into_plain_values() -> None:
    said, problems, is_good = outcome()
    assert (problems, is_good) == ([], True)
    assert said == {**GOOD, "issued_on": "2026-01-02", "due_on": "2026-02-01", "currency": "EUR", "amount": "1200.5"}


def test_paid_on_alone_means_paid_in_full() -> None:
    assert outcome(paid_on="2/3/2026")[0]["paid_amount"] == "1200.5"


def test_blank_cells_say_nothing() -> None:
    assert outcome(email="  ", paid_amount=" ", phone="\u00a0")[0].keys() == GOOD.keys()


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"currency": "EURO"}, "currency"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "0.00"}, "amount"),
        ({"amount": "12345678901234567890"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": "1.5", "currency": "JPY"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"due_on": "2/30/2026"}, "due_on"),
        ({"due_on": "1/1/2026"}, "due_on"),
        ({"due_on": ""}, "due_on"),
        ({"customer_number": ""}, "customer_number"),
        ({"customer_name": " "}, "customer_name"),
        ({"customer_name": "=1+1"}, "customer_name"),
        ({"customer_name": "Ada\x00"}, "customer_name"),
        ({"customer_name": "Ada\nLindgren"}, "customer_name"),
        ({"customer_name": "A" * 201}, "customer_name"),
        ({"description": "card 4111 1111 1111 1111"}, "description"),
        ({"pdf_url": "http://example.com/1.pdf"}, "pdf_url"),
        ({"pdf_url": "javascript:alert(1)"}, "pdf_url"),
        ({"pdf_url": "https://bank.example@evil.example/1.pdf"}, "pdf_url"),
        ({"email": "nobody"}, "email"),
        ({"country": "Germania"}, "country"),
        ({"buys_as": "wholesale"}, "buys_as"),
        ({"tags": "vip, =1+1"}, "tags"),
        ({"refuses": "sms, smoke signals"}, "refuses"),
        ({"tags": "A" * 65}, "tags"),
        ({"tags": ",".join(map(str, range(21)))}, "tags"),
        ({"tags": "vip, 4111 1111 1111 1111"}, "tags"),
        ({"since_on": "soon"}, "since_on"),
        ({"paid_amount": "1,200.51"}, "paid_amount"),
        ({"paid_amount": "-1"}, "paid_amount"),
        ({"paid_amount": "1.001"}, "paid_amount"),
        ({"paid_amount": "0", "paid_on": "2/3/2026"}, "paid_on"),
        ({"paid_on": "3/4/2026"}, "paid_on"),
    ],
)
def test_bad_cell_refuses_the_row(cells: dict[str, str], column: str) -> None:
    _, problems, is_good = outcome(**cells)
    assert not is_good
    assert [name for name, _ in problems] == [column]


@pytest.mark.parametrize("cells", [{"amount": "1", "currency": "JPY"}, {"amount": "100.00", "currency": "JPY"},
                                   {"amount": "1.005", "currency": "KWD"}])  # fmt: skip
def test_minor_units_are_those_of_the_currency(cells: dict[str, str]) -> None:
    assert outcome(**cells)[2]


@pytest.mark.parametrize("cells", [{"time_zone": "Europe/Atlantis"}, {"language": "Klingon"}])
def test_unknown_zone_or_language_is_a_warning_only(cells: dict[str, str]) -> None:
    said, problems, is_good = outcome(**cells)
    assert is_good
    assert [column for column, _ in problems] == list(cells)
    assert not said.keys() & cells.keys()


def test_every_bad_cell_of_a_row_is_named() -> None:
    assert [column for column, _ in outcome(currency="?", amount="?", due_on="?")[1]] == [
        "due_on",
        "currency",
        "amount",
    ]


@pytest.mark.parametrize("width", [0, 1, len(COLUMNS) - 1, len(COLUMNS) + 1, 40])
def test_ragged_row_is_refused(width: int) -> None:
    _, problems, is_good = reader().read(["x"] * width)
    assert not is_good
    assert "cells" in problems[0].problem


def test_empty_cells_beyond_the_header_do_no_harm() -> None:
    cells = [GOOD.get(column, "") for column in COLUMNS]
    assert reader().read([*cells, "", ""])[2]


def test_constant_stands_in_every_row() -> None:
    cells = [{**GOOD, "currency": "ignored"}.get(column, "") for column in COLUMNS]
    assert reader({"currency": "USD"}).read(cells)[0][COLUMNS.index("currency")] == "USD"


@given(st.lists(st.text(max_size=20), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_any_row_is_taken_or_refused_with_a_reason(cells: list[str]) -> None:
    values, problems, is_good = reader().read(cells)
    assert is_good or problems
    assert all("\x00" not in text for text in (*values, *(p.value for p in problems)))


def test_homes_are_in_countries_that_exist() -> None:
    assert HOME.keys() <= COUNTRIES
