"""Reading names, numbers, addresses: text that is only text, in every program it may be opened with later."""

import re
import unicodedata
from collections.abc import Callable

from customers.rules.import_cell import Cell, Unreadable

LENGTHS = {
    "customer_number": 64,
    "customer_name": 200,
    "email": 254,
    "phone": 32,
    "street": 100,
    "street_2": 100,
    "postal_code": 16,
    "city": 80,
    "region": 80,
    "segment": 64,
    "renewal_of": 120,
    "invoice_number": 64,
    "description": 300,
}
LONGEST_ADDRESS = 500
FREE_TEXT = (
    "customer_name",
    "street",
    "street_2",
    "city",
    "region",
    "segment",
    "tags",
    "renewal_of",
    "description",
)  # where a card number may have strayed to
FORMULA_STARTS = "=+-@＝＋－＠"  # what spreadsheets run, full width too (OWASP: CSV injection)
RISKY = re.compile(rf'[\s"\x00]*[{re.escape(FORMULA_STARTS)}]|[\t\r\n\x00]')
# Control characters, line ends, and marks that turn the writing direction around unseen.
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
SHORTEST_CARD = 13
DIGIT_RUN = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")
EMAIL = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@(?:[^\W_][\w-]*\.)+[^\W\d_][\w-]+")
# A host with a name, and no user or password in front of it: such links are made to mislead.
PDF_ADDRESS = re.compile(r"https://(?:[^\W_][\w-]*\.)+[^\W\d_][\w-]+(?::[0-9]{1,5})?/[^\s<>\"\\]+")
PHONE = re.compile(r"\+?[0-9(][0-9 ()/.-]{3,30}(?: ?(?:x|ext\.?) ?[0-9]{1,6})?")


def text_reader(column: str) -> Callable[[Cell], str]:
    """A reader of clean text for this column. It raises Unreadable."""
    longest, is_free_text = LENGTHS[column], column in FREE_TEXT

    def read(cell: Cell) -> str:
        text = as_text(cell)
        if text[:1] in FORMULA_STARTS and text:
            raise Unreadable(f"begins with “{text[0]}” like a formula", "Write plain text; paste values, not formulas.")
        if len(text) > longest:
            raise Unreadable(f"is longer than {longest} characters", "Shorten it.")
        if is_free_text and len(text) >= SHORTEST_CARD and holds_card_number(text):
            raise Unreadable("holds what looks like a card number", "Take it out: it must not be stored here.")
        return text

    return read


def as_text(cell: Cell) -> str:
    """The cell as text in one Unicode form, without the apostrophe of `escaped`. Raises Unreadable."""
    if not isinstance(cell, str):
        return str(cell)
    text = cell.strip(" \u00a0")
    if not text.isprintable() and (found := HIDDEN.search(text)):
        what = "a line break" if found[0] in "\r\n\u2028\u2029" else "a character that cannot be seen"
        raise Unreadable(f"holds {what}", "Take it out and write one line of plain text.")
    if text[:1] == "'" and RISKY.match(text, 1):
        text = text[1:].lstrip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def read_email(cell: Cell) -> str:
    """One e-mail address. Raises Unreadable."""
    text = as_text(cell)
    if len(text) > LENGTHS["email"] or not EMAIL.fullmatch(text) or ".." in text or text[0] in FORMULA_STARTS + ".":
        raise Unreadable("is not an e-mail address", "Write one address like name@example.com, or leave it empty.")
    return text


def read_phone(cell: Cell) -> str:
    """A phone number as people write it. Raises Unreadable."""
    text = as_text(cell)
    if len(text) > LENGTHS["phone"] or not PHONE.fullmatch(text):
        raise Unreadable("is not a phone number", "Write it like +49 30 123456, or leave it empty.")
    return text


def read_pdf_url(cell: Cell) -> str:
    """Where an invoice can be read. Raises Unreadable for anything but an address that begins with https."""
    text = as_text(cell)
    if len(text) > LONGEST_ADDRESS or not PDF_ADDRESS.fullmatch(text):
        raise Unreadable(
            "is no address of a PDF", "Write one like https://example.com/invoices/1.pdf, or leave it empty."
        )
    return text


def holds_card_number(text: str) -> bool:
    """True when 13 to 19 digits in a row pass the check every payment card passes (Luhn, ISO/IEC 7812-1)."""
    if not DIGIT_RUN.search(text):
        return False
    return any(_passes_luhn(re.sub("[^0-9]", "", run)) for run in DIGIT_RUN.findall(text))


def masked(text: str) -> str:
    """The text with every card number reduced to its last four digits."""
    return DIGIT_RUN.sub(lambda run: _masked_run(run[0]), text)


def _masked_run(run: str) -> str:
    digits = re.sub("[^0-9]", "", run)
    return f"••••{digits[-4:]}" if _passes_luhn(digits) else run


def _passes_luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0 and len(set(digits)) > 1


def escaped(cell: str) -> str:
    """The cell so that no spreadsheet runs it: an apostrophe before what could begin a formula."""
    return f"'{cell}" if RISKY.match(cell) else cell
