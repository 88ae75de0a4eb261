"""Headers are recognised, formats are proven or asked about, kinds of files are told from their bytes."""

import pytest

from customers.rules.import_columns import COLUMNS, SYNONYMS, Mapping, MappingRefusal, fingerprint, match_headers, plain
from customers.rules.import_dates import DAY_FIRST, MONTH_FIRST
from customers.rules.import_encoding import FileRefusal, delimiter_of, encoding_of, kind_of
from customers.rules.import_layout import Choices, Layout, settle

NEEDED = ["customer_number", "customer_name", "invoice_number", "due_on", "currency", "amount"]


def layout_of(headers: list[str], *rows: list[str], **choices: object) -> Layout:
    return settle("csv", "utf-8-sig", ",", headers, rows, Choices(**choices))  # type: ignore[arg-type]


def dated(*dates: str, **choices: object) -> Layout:
    return layout_of(NEEDED, *(["1", "Ada", "7", day, "EUR", "1"] for day in dates), **choices)


def priced(*amounts: str, **choices: object) -> Layout:
    return layout_of(NEEDED, *(["1", "Ada", "7", "2026-01-02", "EUR", amount] for amount in amounts), **choices)


def test_no_name_stands_for_two_columns() -> None:
    claims = {(plain(name), column) for column in COLUMNS for name in (column, *SYNONYMS[column].split(", "))}
    assert len({name for name, _ in claims}) == len(claims)


@pytest.mark.parametrize(
    ("header", "column"),
    [("Invoice No.", "invoice_number"), ("DUE DATE", "due_on"), ("Fälligkeitsdatum", "due_on"),
     ("e-mail", "email"), ("customer Number", "customer_number"), ("Échéance", "due_on"), ("País", "country")],
)  # fmt: skip
def test_header_is_recognised_in_any_dress(header: str, column: str) -> None:
    assert match_headers([header], Mapping()).places == {column: 0}


def test_order_of_columns_does_not_matter() -> None:
    places = match_headers(list(reversed(COLUMNS)), Mapping()).places
    assert places == {column: len(COLUMNS) - 1 - place for place, column in enumerate(COLUMNS)}


def test_one_header_may_serve_two_columns_and_constants_fill_in() -> None:
    mapping = Mapping({"customer_number": "Account", "customer_name": "Account"}, {"currency": "USD"})
    match = match_headers(["Account", "Invoice", "Due", "Total", "Country code"], mapping)
    assert match.places["customer_number"] == match.places["customer_name"] == 0
    assert match.missing == ()


def test_constant_hides_a_column_that_would_be_recognised() -> None:
    assert "country" not in match_headers(["Country"], Mapping(constants={"country": "US"})).places


def test_column_can_be_left_out() -> None:
    assert match_headers(["Phone"], Mapping({"phone": ""})).places == {}


@pytest.mark.parametrize(
    "mapping",
    [Mapping({"colour": "A"}), Mapping({"amount": "Nowhere"}), Mapping(constants={"amount": "5"}),
     Mapping({"currency": "A"}, {"currency": "EUR"}), Mapping({"amount": "Twice"})],
)  # fmt: skip
def test_mapping_that_makes_no_sense_is_refused(mapping: Mapping) -> None:
    with pytest.raises(MappingRefusal):
        match_headers(["A", "Twice", "Twice"], mapping)


def test_missing_columns_are_asked_about_one_by_one() -> None:
    assert [q.about for q in layout_of(["name", "amount"]).questions] == [
        "customer_number",
        "invoice_number",
        "due_on",
        "currency",
    ]


def test_two_headers_for_one_column_are_asked_about() -> None:
    [question] = layout_of([*NEEDED, "Tel", "Mobile"]).questions
    assert question.about == "phone"
    assert "Mobile" in question.text


def test_exact_name_wins_over_a_similar_one() -> None:
    assert layout_of([*NEEDED, "Total"]).places["amount"] == 5


@pytest.mark.parametrize(
    ("dates", "order"),
    [(("03/04/2026", "13/04/2026"), DAY_FIRST), (("03/04/2026", "04/13/2026"), MONTH_FIRST), (("2026-04-03",), "")],
)
def test_order_of_dates_is_proven_by_the_column(dates: tuple[str, ...], order: str) -> None:
    layout = dated(*dates)
    assert (layout.dates, layout.questions) == (order, ())


@pytest.mark.parametrize("dates", [("03/04/2026", "05/06/2026"), ("13/04/2026", "04/13/2026")])
def test_dates_that_can_be_read_in_two_ways_are_asked_about(dates: tuple[str, ...]) -> None:
    [question] = dated(*dates).questions
    assert question.about == "dates"
    assert not dated(*dates, dates=DAY_FIRST).questions


def test_one_proven_date_column_does_not_speak_for_another() -> None:
    headers = [*NEEDED, "paid_on"]
    rows = [["1", "Ada", "7", "13/04/2026", "EUR", "1", "03/04/2026"]]
    assert [q.about for q in layout_of(headers, *rows).questions] == ["dates"]


@pytest.mark.parametrize(
    ("amounts", "mark"),
    [(("1,234", "12.50"), "."), (("1.234", "12,50"), ","), (("10", "20"), ""), (("1,234.50",), ".")],
)
def test_decimal_mark_is_proven_by_the_amounts(amounts: tuple[str, ...], mark: str) -> None:
    layout = priced(*amounts)
    assert (layout.decimal, layout.questions) == (mark, ())


@pytest.mark.parametrize("amounts", [("1,234",), ("1.234", "2.000"), ("1,50", "1.50")])
def test_amounts_that_can_be_read_in_two_ways_are_asked_about(amounts: tuple[str, ...]) -> None:
    assert [q.about for q in priced(*amounts).questions] == ["decimal"]
    assert not priced(*amounts, decimal=",").questions


def test_layout_survives_being_stored() -> None:
    layout = dated("03/04/2026")
    assert Layout.from_json(layout.as_json()) == layout


def test_fingerprint_knows_headers_in_any_order_and_ignores_our_own_columns() -> None:
    assert fingerprint(["A b", "C"]) == fingerprint(["c", "import_row", "a_B", "import_problem"])
    assert fingerprint(["A"]) != fingerprint(["B"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encoding_is_told_from_the_bytes(encoding: str) -> None:
    text = "customer;name\r\nC-1;Zoë Müller\r\n"
    assert text.encode(encoding).decode(encoding_of([text.encode(encoding)])) == text


@pytest.mark.parametrize("cut", range(1, 40))
def test_encoding_does_not_depend_on_where_the_pieces_end(cut: int) -> None:
    content = "é" * 20
    assert encoding_of([content.encode()[:cut], content.encode()[cut:]]) == "utf-8-sig"


NO_TABLES = [b"\x00\x01\x02\x03" * 100 + b"\xff", b"%PDF-1.7", b"\xd0\xcf\x11\xe0", b"", b" \r\n", b"\x1f\x8b\x08",
             b"{}", b"<html>", b"\x89PNG", b"\xef\xbb\xbf"]  # fmt: skip


@pytest.mark.parametrize("content", NO_TABLES)
def test_file_that_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefusal):
        kind_of(content)
        encoding_of([content])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_told_from_the_first_lines(delimiter: str) -> None:
    lines = [["number", "name", "amount"], ["1", '"A, B; C|D"', "12"], ["2", "E", "5"]]
    assert delimiter_of("\n".join(delimiter.join(line) for line in lines)) == delimiter


def test_delimiter_may_be_declared_as_spreadsheets_do() -> None:
    assert delimiter_of("sep=|\na,b|c") == "|"
