"""Colours that can be read: contrast as WCAG counts it, and the nearest colour that has enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.brand import (
    ACCENT,
    ENOUGH,
    PAGE,
    WHITE,
    Look,
    NoColour,
    colour,
    contrast,
    in_the_dark,
    remarks,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)
    assert contrast(one, other) == contrast(other, one)


def test_our_own_colours_can_be_read() -> None:
    assert remarks(ACCENT, PAGE) == []
    assert in_the_dark(Look().dark_accent)


@given(COLOURS, COLOURS)
def test_what_is_suggested_can_be_read(accent: str, page: str) -> None:
    told = {remark.field: remark.instead for remark in remarks(accent, page)}
    assert remarks(told.get("accent", accent), told.get("page", page)) == []
    assert in_the_dark(Look(told.get("accent", accent)).dark_accent)


@given(COLOURS)
def test_words_on_a_button_can_be_read_whenever_nothing_is_said(accent: str) -> None:
    if not remarks(accent, PAGE):
        assert contrast(accent, WHITE) >= ENOUGH


def test_a_colour_that_cannot_be_read_is_named_with_one_that_can() -> None:
    [remark] = remarks("#ffcc00", PAGE)
    assert (remark.field, remark.against) == ("accent", "the background")
    assert str(remark).startswith("Its contrast with the background is 1.4 : 1; people need 4.5 : 1")


@pytest.mark.parametrize(("text", "read"), [(" #ABC ", "#aabbcc"), ("#17605A", "#17605a")])
def test_a_colour_is_read_as_people_write_it(text: str, read: str) -> None:
    assert colour(text) == read


@pytest.mark.parametrize("text", ["", "red", "#12345", "#1234567", "17605a", "#gggggg", "url(x)", "#17605a;}"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(NoColour):
        colour(text)
