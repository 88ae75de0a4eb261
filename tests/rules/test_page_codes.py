"""Codes for a customer's page: six digits, kept unreadable, addresses shown only enough to be known."""

import pytest

from dunning.rules.page_codes import kept, masked_email, masked_phone, new_code, typed


def test_codes_are_six_digits_and_differ() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 190
    assert all(typed(code) == code for code in codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" 123 456 ", "123456"),
        ("123-456", "123456"),
        ("12345", ""),
        ("1234567", ""),
        ("１２３４５６", ""),
        ("abcdef", ""),
    ],
)
def test_a_code_is_read_however_it_is_grouped(text: str, code: str) -> None:
    assert typed(text) == code


def test_what_is_kept_needs_the_key_and_the_salt() -> None:
    one = kept("123456", b"salt", key="key")
    assert one not in (kept("123456", b"salt", key="other"), kept("123456", b"other", key="key"))
    assert b"123456" not in one


def test_addresses_are_shown_only_enough_to_be_known() -> None:
    assert (masked_email("ada@example.com"), masked_phone("+4915112345689")) == ("a•••@example.com", "••• 89")
