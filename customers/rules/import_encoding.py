"""What kind of file it is, in which alphabet it is written, and what stands between its cells: told from its bytes."""

import codecs
import csv
from collections.abc import Iterable

CSV, XLSX = "csv", "xlsx"
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 without mark, little endian",
    "utf-16-be": "UTF-16 without mark, big endian",
    "cp1252": "Windows-1252",
}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{", "a JSON file"),
    (b"[{", "a JSON file"),
    (b"<", "an XML or HTML file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format", "a database"),
)


class FileRefusal(ValueError):
    """The whole file cannot be taken; nothing of it went in. The message says what to do."""


def kind_of(head: bytes) -> str:
    """CSV or XLSX by the first bytes; the name of a file proves nothing. Raises FileRefusal."""
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise FileRefusal("The file is empty. Upload a CSV or XLSX file with a header row.")
    if head.startswith(b"PK\x03\x04"):
        return XLSX
    for signature, name in SIGNATURES:
        if head.startswith(signature):
            raise FileRefusal(f"This is {name}. Save the table as CSV or XLSX and upload that.")
    return CSV


def encoding_of(pieces: Iterable[bytes]) -> str:
    """The encoding of a text file, from all its bytes. Raises FileRefusal when it is no text."""
    utf8 = codecs.getincrementaldecoder("utf-8-sig")()
    head = b""
    try:
        for piece in pieces:
            if not head:
                head = piece
                if marked := _utf16(head):
                    return marked
            utf8.decode(piece)
        utf8.decode(b"", final=True)
    except UnicodeDecodeError:
        return _windows(head)
    return "utf-8-sig"


def _utf16(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:2000]
    # Latin text in UTF-16 has a zero in every second byte.
    if start[1::2].count(0) > len(start) / 4 and not start[::2].count(0):
        return "utf-16-le"
    if start[::2].count(0) > len(start) / 4 and not start[1::2].count(0):
        return "utf-16-be"
    return ""


def _windows(head: bytes) -> str:
    control = sum(head[:2000].count(byte) for byte in range(32) if byte not in b"\t\r\n")
    if control > 20:
        raise FileRefusal("This is not a text file. Save the table as CSV or XLSX and upload that.")
    return "cp1252"


def delimiter_of(sample: str) -> str:
    """What stands between the cells: the mark that gives the first lines the most cells, alike in every line."""
    if sample[:4].lower() == "sep=":  # Excel's own way of saying it
        return sample[4:5]
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(row) for row in csv.reader(sample.splitlines()[:20], delimiter=delimiter) if row]
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] == 1:
        return (0, 0)
    return (widths.count(widths[0]) / len(widths), widths[0])
