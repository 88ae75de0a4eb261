"""An amount is read in one way or not at all."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from customers.rules.import_cell import Undecided, Unreadable
from customers.rules.import_numbers import COMMA, POINT, marks_of, needs_mark, read_amount

amounts = st.decimals(0, Decimal("99999999999999.9999"), places=4)
GROUPS = {POINT: [",", " ", "'", "\u00a0", ""], COMMA: [".", " ", "’", "\u202f", ""]}


def written(amount: Decimal, mark: str, group: str) -> str:
    return f"{amount:,}".replace(",", "g").replace(".", mark).replace("g", group)


@given(amounts, st.sampled_from([POINT, COMMA]), st.data())
def test_amount_comes_back_from_every_format(amount: Decimal, mark: str, data: st.DataObject) -> None:
    text = written(amount, mark, data.draw(st.sampled_from(GROUPS[mark])))
    assert Decimal(read_amount(text, mark)) == amount


@given(amounts, st.sampled_from([POINT, COMMA]), st.data())
def test_what_an_amount_proves_is_true(amount: Decimal, mark: str, data: st.DataObject) -> None:
    """No text proves a decimal mark with which it would be read as another amount."""
    text = written(amount.normalize() if amount % 1 else amount.quantize(Decimal(1)), mark,
                   data.draw(st.sampled_from(GROUPS[mark])))  # fmt: skip
    if "E" not in text:
        assert marks_of([text]) <= {mark} or Decimal(read_amount(text, marks_of([text]).pop())) == amount


@example("0.001")
@given(st.text(alphabet="0123456789.,' -", max_size=12))
def test_text_that_proves_nothing_is_either_plain_or_asked_about(text: str) -> None:
    readings = set()
    for mark in (POINT, COMMA):
        try:
            readings.add(read_amount(text, mark))
        except Unreadable:
            continue
    if len(readings) > 1:  # two readings: it must be asked about, and never read without an answer
        assert needs_mark(text)
        with pytest.raises(Undecided):
            read_amount(text, "")


@pytest.mark.parametrize("text", ["1,234", "1.234", "12.345", "999,000"])
def test_one_mark_before_three_digits_is_in_doubt(text: str) -> None:
    assert needs_mark(text)
    assert not marks_of([text])


@pytest.mark.parametrize(
    ("text", "mark"), [("12,50", COMMA), ("1.234,5", COMMA), ("1,234.5", POINT), ("0.125", POINT), ("1.234.567", COMMA)]
)
def test_mark_is_proven_by_what_cannot_be_read_otherwise(text: str, mark: str) -> None:
    assert marks_of([text]) == {mark}


@pytest.mark.parametrize(
    "text", ["-5", "(5)", "5-", "abc", "1e5", "12,34,56", "1,2345.00", "5 EUR", "=1+1", ".5", "5.", "1..5", "٥", "NaN",
             "12345678901234567890", "1,234 567.00", "", "+5", "0x10"]
)  # fmt: skip
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_amount(text, POINT)


def test_number_of_a_spreadsheet_needs_no_mark() -> None:
    assert read_amount(Decimal("1234.567"), "") == "1234.567"
    assert read_amount(Decimal("1234.567"), COMMA) == "1234.567"
