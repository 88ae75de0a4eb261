"""A date is read in one way or not at all."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.import_cell import Undecided, Unreadable
from customers.rules.import_dates import DAY_FIRST, MONTH_FIRST, needs_order, orders_of, read_date

days = st.dates(date(1970, 1, 1), date(2100, 12, 31))
FORMATS = {
    "%Y-%m-%d": "",
    "%Y/%m/%d": "",
    "%Y%m%d": "",
    "%Y-%m-%dT00:00:00Z": "",
    "%Y-%m-%d 13:45:01.5": "",
    "%d.%m.%Y": "",
    "%d.%m.%Y 00:00": "",
    "%d/%m/%Y": DAY_FIRST,
    "%d-%m-%Y": DAY_FIRST,
    "%m/%d/%Y": MONTH_FIRST,
    "%m/%d/%Y 0:00": MONTH_FIRST,
}


@given(days, st.sampled_from(sorted(FORMATS)))
def test_date_comes_back_from_every_format(day: date, written: str) -> None:
    assert read_date(day.strftime(written), FORMATS[written]) == day.isoformat()


@given(days)
def test_date_without_order_is_read_only_when_both_readings_agree(day: date) -> None:
    text = f"{day:%d/%m/%Y}"
    if day.day == day.month:
        assert read_date(text, "") == day.isoformat()
    else:
        with pytest.raises(Undecided):
            read_date(text, "")


@given(days)
def test_date_proves_an_order_exactly_when_it_has_one_reading(day: date) -> None:
    text = f"{day:%d/%m/%Y}"
    assert orders_of([text]) == ({DAY_FIRST} if day.day > 12 else set())
    assert needs_order(text) == (day.day != day.month)


@given(st.text(max_size=14))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    for order in (DAY_FIRST, MONTH_FIRST):
        try:
            date.fromisoformat(read_date(text, order))
        except Unreadable as refusal:
            assert refusal.remedy


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "31/04/2026", "2026-13-01", "00/01/2026", "1/2/26", "0001-01-01", "9999-12-31", "1900-01-01",
     "tomorrow", "2026", "20260230", "=TODAY()", "١٢/٠١/٢٠٢٦", "2026-01-02x", "1-2/2026"],
)  # fmt: skip
def test_impossible_date_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_date(text, DAY_FIRST)
