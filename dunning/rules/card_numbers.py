"""Finding a payment card's number in what somebody typed, so that it is refused and never stored (PCI DSS 4.0, 3.2).

A run of digits counts when a card network has numbers that begin so and are so long (ISO/IEC 7812 and the networks'
published ranges) and its check digit is right. An IBAN, whose own check digits are right, is none, and a phone number
that exists and is written with its country is none.
"""

import re
import unicodedata

from stdnum import iban, luhn

from customers.rules.phone import is_phone

# First digits (from, to) of a network's numbers, and how long these are.
RANGES: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("34", "34", frozenset({15})),  # American Express
    ("37", "37", frozenset({15})),
    ("4", "4", frozenset({13, 16, 19})),  # Visa
    ("51", "55", frozenset({16})),  # Mastercard
    ("2221", "2720", frozenset({16})),
    ("6011", "6011", frozenset({16, 19})),  # Discover
    ("644", "659", frozenset({16, 19})),
    ("300", "305", frozenset({14, 16, 19})),  # Diners Club
    ("3095", "3095", frozenset({14, 16, 19})),
    ("36", "36", frozenset(range(14, 20))),
    ("38", "39", frozenset(range(16, 20))),
    ("3528", "3589", frozenset(range(16, 20))),  # JCB
    ("62", "62", frozenset(range(16, 20))),  # UnionPay
    ("50", "50", frozenset({12, 13, 16, 18, 19})),  # Maestro
    ("56", "58", frozenset({12, 13, 16, 18, 19})),
    ("6304", "6304", frozenset({12, 13, 16, 18, 19})),
    ("67", "67", frozenset({16, 18, 19})),
    ("2200", "2204", frozenset(range(16, 20))),  # Mir
)
SHORTEST, LONGEST = 12, 19
MOST_BETWEEN = 3  # characters between two groups of digits: "4242 - 4242" is typed, too
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){3,8}\b", re.IGNORECASE)
PHONE = re.compile(r"\+\d[\d ()/.-]{6,20}\d")  # a German mobile is as long as an old Visa card and begins as one
GROUPS = re.compile(rf"\d+(?:[^\w]{{1,{MOST_BETWEEN}}}\d+)*")


def has_card_number(text: str) -> bool:
    """True when `text` holds what may be the number of a payment card, however its digits are written and grouped."""
    plain = IBAN.sub(lambda found: " x " if iban.is_valid(found[0]) else found[0], _plain(text))
    plain = PHONE.sub(lambda found: " x " if is_phone(found[0]) else found[0], plain)
    return any(_is_in(re.findall(r"\d+", run)) for run in GROUPS.findall(plain))


def _plain(text: str) -> str:
    """Digits of all scripts as 0 to 9, invisible characters left out."""
    folded = unicodedata.normalize("NFKC", text)
    seen = (char for char in folded if unicodedata.category(char) != "Cf")
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in seen)


def _is_in(groups: list[str]) -> bool:
    """Whether some groups in a row, or a part of a long one, make a number."""
    for start in range(len(groups)):
        digits = ""
        for group in groups[start:]:
            digits += group
            if _is_number(digits):
                return True
            if len(digits) > LONGEST:
                break
    return any(_is_number(group[at : at + 16]) for group in groups for at in range(len(group) - 15))


def _is_number(digits: str) -> bool:
    if not SHORTEST <= len(digits) <= LONGEST:
        return False
    known = any(first <= digits[: len(first)] <= last and len(digits) in lengths for first, last, lengths in RANGES)
    return known and bool(luhn.is_valid(digits))
