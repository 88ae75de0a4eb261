"""Card numbers in free text: found however they are written, and nothing else taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from dunning.rules.card_numbers import has_card_number

CARDS = [
    "4242424242424242",
    "my card is 4242 4242 4242 4242, cvc 123",
    "4242-4242-4242-4242",
    "4242.4242.4242.4242",
    "4242 - 4242 - 4242 - 4242",
    "5555555555554444",
    "378282246310005",
    "3782 822463 10005",
    "6011111111111117",
    "30569309025904",
    "3530111333300000",
    "２２２３００３１２２００３２２２",
    "4242\u200b4242\u200b4242\u200b4242",
    "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
    "order 17 4242 4242 4242 4242",
    "x42424242424242421",
]
OTHERS = [
    "4242424242424241",  # its check digit is wrong
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "FR14 2004 1010 0505 0001 3M02 606",
    "+49 151 23456789",
    "RF18 5390 0754 7034",
    "invoice RE-2026-000123456789012345678901234567890",
    "paid on 2026-03-02, 1.234,50 EUR",
    "",
]


@pytest.mark.parametrize("text", CARDS)
def test_card_number_is_found(text: str) -> None:
    assert has_card_number(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_are_let_through(text: str) -> None:
    assert not has_card_number(text)


@given(
    st.from_regex(r"\A4[0-9]{14}\Z"), st.sampled_from(["", " ", "-", ". "]), st.text(max_size=20).filter(str.isalpha)
)
def test_every_visa_number_is_found_whatever_stands_around(digits: str, between: str, around: str) -> None:
    number = digits + luhn.calc_check_digit(digits)
    written = between.join(number[at : at + 4] for at in range(0, 16, 4))
    assert has_card_number(f"{around} {written} {around}")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("+49 151 12345678", False),  # a German mobile that looks like an old Visa card
        ("call +4915112345678 please", False),
        ("4915112345678", True),
        ("+4242 4242 4242 4242", True),
        ("+378282246310005", True),
    ],
)
def test_a_phone_number_that_exists_is_no_card(text: str, is_one: bool) -> None:
    assert has_card_number(text) is is_one
