"""Segments of text messages, counted as phones and bills do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.segments import segments


@pytest.mark.parametrize(
    ("text", "count", "length", "is_gsm"),
    [
        ("", 1, 0, True),
        ("a" * 160, 1, 160, True),
        ("a" * 161, 2, 161, True),
        ("a" * 306, 2, 306, True),
        ("a" * 307, 3, 307, True),
        ("€" * 80, 1, 160, True),  # of the extension table: two places each
        ("€" * 81, 2, 162, True),
        ("a" * 152 + "€" + "a" * 151, 2, 305, True),
        ("a" * 152 + "€" + "a" * 152, 3, 306, True),  # the sign is not cut in two
        ("é" * 160, 1, 160, True),
        ("ç" * 70, 1, 70, False),  # not in the alphabet, though é is
        ("ç" * 71, 2, 71, False),
        ("ç" * 134, 2, 134, False),
        ("ç" * 135, 3, 135, False),
        ("a" * 69 + "’", 1, 70, False),
        ("😀" * 35, 1, 70, False),  # two UTF-16 units each
        ("😀" * 36, 2, 72, False),
        ("😀" * 67, 3, 134, False),  # 33 to a segment: none is cut in two
    ],
)
def test_a_text_is_counted_in_segments(text: str, count: int, length: int, is_gsm: bool) -> None:
    told = segments(text)
    assert (told.count, told.length, told.is_gsm) == (count, length, is_gsm)


@given(st.text(max_size=400))
def test_more_text_never_takes_fewer_segments(text: str) -> None:
    assert segments(text).count <= segments(text + "a").count
