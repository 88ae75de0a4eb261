"""Structured creditor references of ISO 11649: RF, two check digits, up to 21 letters and digits.

An invoice's reference is made of its number, so that an accounting system that does the same prints the same one. A
customer's, for several invoices at once, is made of their number with a mark before it.
"""

import re
from collections.abc import Iterator

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

LONGEST = 21
OF_CUSTOMER = "ACC"  # customers and invoices may be numbered alike
FOUND = re.compile(r"(?<![A-Z0-9])(?=(R\s?F\s?\d\s?\d(?:\s?[A-Z0-9]){1,21}))")


def creditor_reference(invoice_number: str) -> str:
    """The RF reference of the invoice of this number; "" for a number with more than 21 letters and digits or none."""
    body = re.sub("[^A-Z0-9]", "", invoice_number.upper())
    if not body or len(body) > LONGEST or not body.isascii():
        return ""
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def customer_reference(customer_number: str) -> str:
    """The RF reference of the customer of this number, "" for one with more than 18 letters and digits or none."""
    has_body = re.search("[A-Z0-9]", customer_number.upper())
    return creditor_reference(OF_CUSTOMER + customer_number) if has_body else ""


def in_groups(text: str) -> str:
    """In groups of four, as references and IBANs are printed."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def references_in(text: str) -> Iterator[str]:
    """What the valid RF references in `text` refer to: the part after the check digits.

    People write them in groups of four, and other words may follow: every length whose check digits are right counts.
    """
    return (_squeezed(reference)[4:] for _, reference in _found(text.upper()))


def without_references(text: str) -> str:
    """`text` with gaps where valid RF references stand: their digits are no other number, whatever they look like."""
    letters = list(text)
    for start, reference in _found(text.upper()):
        letters[start : start + len(reference)] = " " * len(reference)
    return "".join(letters)


def _found(upper: str) -> Iterator[tuple[int, str]]:
    """(place, valid reference); one may begin where another that is as likely has not ended yet."""
    return ((at.start(), reference) for at in FOUND.finditer(upper) for reference in _valid_beginnings(at[1]))


def _valid_beginnings(text: str) -> list[str]:
    """The beginnings of `text`, up to the end of a word, that are valid references."""
    ends = (text[: end.start() + 1] for end in re.finditer(r"\S(?=\s|$)", text))
    return [start for start in ends if len(_squeezed(start)) > 4 and iso11649.is_valid(_squeezed(start))]


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
