"""Which kind of bank file it is, told from its content, and its statements."""

from customers.rules.import_encoding import FileRefusal, encoding_of
from payments.rules.bank_camt import read_camt
from payments.rules.bank_csv import read_bank_csv
from payments.rules.bank_entry import LARGEST_FILE, BankFileRefusal, Statement
from payments.rules.bank_mt940 import read_mt940


def read_bank_file(content: bytes, *, account: str = "") -> tuple[str, list[Statement]]:
    """(format, statements) of a CAMT.053, MT940 or CSV file. `account` is ours, needed for CSV only.

    Raises BankFileRefusal when any of it cannot be read.
    """
    if len(content) > LARGEST_FILE:
        raise BankFileRefusal(f"The file is larger than {LARGEST_FILE >> 20} MB. Export a shorter span of days.")
    if not content.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise BankFileRefusal("The file is empty. Download it again from the bank.")
    if content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").startswith(b"<"):
        return "camt053", read_camt(content)
    text = _text(content)
    if any(line.startswith((":20:", "{1:")) for line in text[:2000].splitlines()):
        return "mt940", read_mt940(text)
    return "csv", read_bank_csv(text, account)


def _text(content: bytes) -> str:
    try:
        text = content.decode(encoding_of([content]))
    except UnicodeError:
        raise BankFileRefusal("The file is neither UTF-8 nor Windows-1252 text. Export it as UTF-8.") from None
    except FileRefusal:
        text = "\x00"
    if "\x00" in text:
        raise BankFileRefusal("This is not a text file. Choose the bank's CAMT.053, MT940 or CSV export.")
    return text
