"""Structured creditor references of ISO 11649: RF, two check digits, up to 21 letters and digits.

An invoice's reference is made of its number, so that an accounting system that does the same prints the same one.
"""

import re
from collections.abc import Iterator

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

LONGEST = 21
FOUND = re.compile(r"(?<![A-Z0-9])R\s?F\s?\d\s?\d(?:\s?[A-Z0-9]){1,21}")


def creditor_reference(invoice_number: str) -> str:
    """The RF reference of the invoice of this number; "" for a number with more than 21 letters and digits or none."""
    body = re.sub("[^A-Z0-9]", "", invoice_number.upper())
    if not body or len(body) > LONGEST or not body.isascii():
        return ""
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def references_in(text: str) -> Iterator[str]:
    """What the valid RF references in `text` refer to: the part after the check digits.

    People write them in groups of four, and other words may follow: every length whose check digits are right counts.
    """
    for found in FOUND.finditer(text.upper()):
        squeezed = re.sub(r"\s", "", found[0])
        ends = {len(re.sub(r"\s", "", found[0][: end.start() + 1])) for end in re.finditer(r"\S(?=\s|$)", found[0])}
        for end in sorted(ends):
            if end > 4 and iso11649.is_valid(squeezed[:end]):
                yield squeezed[4:end]
