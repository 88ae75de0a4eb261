"""Text is only text: no formulas, no hidden characters, no card numbers, neither coming in nor going out."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.import_cell import Unreadable
from customers.rules.import_text import (
    FORMULA_STARTS,
    as_text,
    escaped,
    holds_card_number,
    masked,
    read_email,
    read_phone,
)
from customers.rules.import_text import text_reader as reader_of

FORMULAS = [
    "=1+1",
    "==1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "=HYPERLINK(1)",
]
TEST_CARDS = ["4111111111111111", "5555 5555 5555 4444", "3782-822463-10005", "6011111111111117"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_is_refused_and_never_exported_live(text: str) -> None:
    with pytest.raises(Unreadable, match="formula"):
        reader_of("customer_name")(text)
    assert escaped(text) == f"'{text}"


@given(st.text(st.sampled_from([*FORMULA_STARTS, *"\"' \t\r\n\x00a1"]), max_size=6))
def test_escaped_cell_never_begins_a_formula(text: str) -> None:
    safe = escaped(text)
    assert safe[:1] not in {"\t", "\r", "\n", "\x00"}
    assert safe.lstrip(' "\t\r\n\x00')[:1] not in set(FORMULA_STARTS)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs"]), max_size=40))
def test_escaping_is_undone_when_the_file_comes_back(text: str) -> None:
    if text[:1] != "'":
        assert as_text(escaped(text)) == as_text(text)


@pytest.mark.parametrize("text", ["two\nlines", "tab\there", "nul\x00", "\u202eevil", "bell\x07", "line\u2028end"])
def test_hidden_character_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        reader_of("description")(f"a{text}")


@pytest.mark.parametrize("number", TEST_CARDS)
def test_card_number_is_found_in_free_text(number: str) -> None:
    assert holds_card_number(f"paid with {number} today")
    with pytest.raises(Unreadable, match="card number"):
        reader_of("description")(f"card {number}")


@pytest.mark.parametrize("number", TEST_CARDS)
def test_card_number_is_masked_where_it_must_be_shown(number: str) -> None:
    assert masked(f"paid with {number} today") == f"paid with ••••{number[-4:]} today"
    assert masked("paid with 1234567890123") == "paid with 1234567890123"


@pytest.mark.parametrize("text", ["4111111111111112", "Invoice 2026-0001 of 2026-01-15", "0000000000000000", "12345"])
def test_other_digits_are_no_card_number(text: str) -> None:
    assert not holds_card_number(text)


def test_invoice_number_may_look_like_a_card() -> None:
    assert reader_of("invoice_number")("4111111111111111") == "4111111111111111"


@pytest.mark.parametrize("address", ["a@b.se", "anna.b+x@mail.example.com", "jörg@müller.de", "o'neil@x-y.org"])
def test_address_is_taken(address: str) -> None:
    assert read_email(f" {address} ") == address


@pytest.mark.parametrize(
    "address", ["anna", "a@b", "a b@c.de", "a@b..de", "a@-b.de", "a@b.de, c@d.de", "<a@b.de>", ".a@b.de", "=a@b.de",
                "a@b.de\nBcc: x@y.de", "a@b.de\r\nX: 1", f"{'a' * 65}@b.de", f"a@{'b' * 250}.de"]
)  # fmt: skip
def test_broken_address_is_refused(address: str) -> None:
    with pytest.raises(Unreadable):
        read_email(address)


@pytest.mark.parametrize("number", ["+49 30 123456", "(030) 12-34", "'+46 8 123456", "030/123456 ext. 12"])
def test_phone_number_is_taken(number: str) -> None:
    assert read_phone(number) == number.lstrip("'")


@pytest.mark.parametrize("number", ["call me", "+", "1+1", "=1+1", "-1-1-1-1"])
def test_broken_phone_number_is_refused(number: str) -> None:
    with pytest.raises(Unreadable):
        read_phone(number)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_escaped_cells_survive_a_csv_file(cells: list[str]) -> None:
    cells = [cell.replace("\r", "").replace("\n", "") for cell in cells]
    text = io.StringIO()
    csv.writer(text).writerow([escaped(cell) for cell in cells])
    assert next(csv.reader([text.getvalue()])) == [escaped(cell) for cell in cells]
