"""Reading amounts: one reading or none. 1.234 needs to be told what marks the decimals."""

import re
from collections.abc import Iterable
from decimal import Decimal

from customers.rules.import_cell import Cell, Undecided, Unreadable

POINT, COMMA = ".", ","
WHOLE_DIGITS = 14  # what the tables hold before the decimals

GROUPS = "[ '’\u00a0\u202f{other}]"
AMOUNT = {
    mark: re.compile(rf"([0-9]+|[1-9][0-9]{{0,2}}({GROUPS.format(other=other)})[0-9]{{3}}(?:\2[0-9]{{3}})*)"
                     rf"(?:{re.escape(mark)}([0-9]+))?")
    for mark, other in ((POINT, COMMA), (COMMA, POINT))
}  # fmt: skip
ONE_MARK = re.compile(r"([0-9]+)([.,])([0-9]+)")
BLANKS = re.compile("[ '’\u00a0\u202f]")
NEGATIVE = re.compile(r"-.*|\(.*\)|.*-", re.DOTALL)


def marks_of(cells: Iterable[Cell]) -> set[str]:
    """Which decimal marks these amounts prove: 12,50 and 1.234,56 prove a comma, 1,234 alone proves nothing."""
    return {mark for cell in cells if isinstance(cell, str) and (mark := _mark_of(cell))}


def needs_mark(cell: Cell) -> bool:
    """True for an amount like 1,234, which is one thousand or one and a bit."""
    return isinstance(cell, str) and bool(re.search("[.,]", cell)) and not _mark_of(cell)


def _mark_of(text: str) -> str:
    digits = BLANKS.sub("", text.strip())
    if POINT in digits and COMMA in digits:
        return max(POINT, COMMA, key=digits.rfind)
    for mark, other in ((POINT, COMMA), (COMMA, POINT)):
        if digits.count(mark) > 1:
            return other
    found = ONE_MARK.fullmatch(digits)
    if not found:
        return ""
    could_be_thousands = len(found[3]) == 3 and len(found[1]) <= 3 and found[1][0] != "0"
    return "" if could_be_thousands and len(digits) == len(text.strip()) else found[2]


def read_amount(cell: Cell, mark: str) -> str:
    """The amount as plain digits with a point, without trailing zeros. `mark` is POINT, COMMA, or empty: not known.

    Raises Unreadable, or Undecided when the mark matters and is not known.
    """
    if isinstance(cell, Decimal):
        cell, mark = format(cell, "f"), POINT
    if not isinstance(cell, str):
        raise Unreadable("is a date, not an amount", "Format the column as a number in the spreadsheet.")
    text = cell.strip()
    whole, decimal_mark, decimals = text.partition(mark or POINT)
    if text.isascii() and whole.isdigit() and (decimals.isdigit() and mark or not decimal_mark):
        return _plain(whole, decimals)
    if not mark and (POINT in text or COMMA in text):
        raise Undecided
    found = AMOUNT[mark or POINT].fullmatch(text)
    if not found:
        raise _refusal(text, mark or POINT)
    whole = re.sub("[^0-9]", "", found[1]) if found[2] else found[1]
    return _plain(whole, found[3] or "")


def _refusal(text: str, mark: str) -> Unreadable:
    if NEGATIVE.fullmatch(text):
        return Unreadable("is negative", "Write an amount above 0; record a credit note on the invoice instead.")
    return Unreadable("is not an amount", f"Write only the number, for example 1234{mark}50.")


def _plain(whole: str, decimals: str) -> str:
    whole, decimals = whole.lstrip("0") or "0", decimals.rstrip("0")
    if len(whole) > WHOLE_DIGITS:
        raise Unreadable(f"has more than {WHOLE_DIGITS} digits", "Check the amount.")
    return f"{whole}.{decimals}" if decimals else whole
