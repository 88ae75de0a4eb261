"""Numbers as people write them, and whether a text message can reach them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.phone import NoMobile, dialled, mobile_number, mobile_or_nothing


@pytest.mark.parametrize(
    ("phone", "country", "number"),
    [
        ("0151 23456789", "DE", "+4915123456789"),
        ("+49 (0)151 234 567-89", "", "+4915123456789"),
        ("0049 151 23456789", "DE", "+4915123456789"),
        ("07400 123456", "GB", "+447400123456"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("612 34 56 78", "ES", "+34612345678"),
        ("(212) 736-5000", "US", "+12127365000"),  # numbers there do not tell whether they are mobiles
        ("+49 151 23456789", "FR", "+4915123456789"),
    ],
)
def test_a_mobile_is_written_as_the_world_does(phone: str, country: str, number: str) -> None:
    assert mobile_number(phone, country) == mobile_or_nothing(phone, country) == number


@pytest.mark.parametrize(
    ("phone", "country", "says"),
    [
        ("", "DE", "no phone number"),
        ("030 123456", "DE", "no mobile"),
        ("020 7946 0000", "GB", "no mobile"),
        ("0800 1234567", "DE", "no mobile"),
        ("0151 23456789", "", "no country code"),
        ("030 123456 x12", "DE", "extension"),
        ("123", "DE", "no such phone number"),
        ("call the office", "DE", "no phone number"),
    ],
)
def test_a_number_that_cannot_be_a_mobile_is_said_so(phone: str, country: str, says: str) -> None:
    with pytest.raises(NoMobile, match=says):
        mobile_number(phone, country)
    assert mobile_or_nothing(phone, country) == ""


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("030 123456", "+4930123456"),
        ("+49 30 123456 ext. 12", "+4930123456;ext=12"),  # somebody's desk, not everybody behind the switchboard
        ("Ask for EXTENSION", "ask for extension"),
    ],
)
def test_a_number_is_dialled_as_the_world_does(phone: str, number: str) -> None:
    assert dialled(phone, "DE") == number


@given(st.text(max_size=40), st.sampled_from(["", "DE", "US", "XX"]))
def test_any_text_can_be_read(phone: str, country: str) -> None:
    assert mobile_or_nothing(phone, country) == "" or mobile_or_nothing(phone, country).startswith("+")
