"""Opening an uploaded file, text or spreadsheet, and reading it row by row: never the whole file in memory."""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

import openpyxl

from customers.rules.import_cell import Cell
from customers.rules.import_encoding import ENCODINGS, XLSX, FileRefusal, delimiter_of, encoding_of, kind_of
from customers.rules.import_layout import Choices, Layout, settle

Record = tuple[int, Sequence[Cell]]

SAMPLE = 2000  # rows that usually prove how dates and amounts are written
MAX_COLUMNS = 200
PIECE = 1 << 20
# A spreadsheet packs 5 to 20 fold; what unpacks to much more is no list of invoices.
MAX_UNPACKED = 400 << 20
MAX_SHARED_TEXT = 64 << 20
SUSPICIOUS_RATIO = 60
HARMLESS_UNPACKED = 1 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is known to hold a table; `headers` is its first row that is not empty."""

    file: BinaryIO
    kind: str
    encoding: str
    delimiter: str
    headers: tuple[str, ...]
    header_row: int

    def rows(self) -> Iterator[Record]:
        """The rows below the header, numbered as a spreadsheet does. Raises FileRefusal."""
        for number, cells in _records(self.file, self.kind, self.encoding, self.delimiter):
            if number > self.header_row:
                yield number, cells


def open_table(file: BinaryIO, choices: Choices) -> Opened:
    """Find out what `file` (seekable) is and read its header. Raises FileRefusal."""
    file.seek(0)
    kind = kind_of(file.read(PIECE))
    encoding, delimiter = "", ""
    if kind == XLSX:
        refuse_bomb(file)
    else:
        encoding = choices.encoding or encoding_of(_pieces(file))
        delimiter = choices.delimiter or delimiter_of(_sample(file, encoding))
    for number, cells in _records(file, kind, encoding, delimiter):
        if number == 1 and str(cells[0]).lower().startswith("sep="):
            continue
        headers = tuple(" ".join(str(cell).split()) for cell in cells)
        if len(headers) > MAX_COLUMNS:
            raise FileRefusal(f"The file has more than {MAX_COLUMNS} columns. Take out those that are not needed.")
        return Opened(file, kind, encoding, delimiter, headers, number)
    raise FileRefusal("The file is empty. Upload a CSV or XLSX file with a header row.")


def look_inside(opened: Opened, choices: Choices, *, thoroughly: bool = False) -> Layout:
    """How the file is read, from a sample of its rows; from all of them when the sample leaves a doubt.

    Raises FileRefusal and MappingRefusal.
    """
    cells = (cells for _, cells in opened.rows())
    rows = cells if thoroughly else islice(cells, SAMPLE)
    layout = settle(opened.kind, opened.encoding, opened.delimiter, opened.headers, rows, choices)
    if not thoroughly and any(question.about in ("dates", "decimal") for question in layout.questions):
        return look_inside(opened, choices, thoroughly=True)
    return layout


def refuse_bomb(file: BinaryIO) -> None:
    """Raises FileRefusal for a spreadsheet that would unpack to far too much; nothing is unpacked to find out."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise FileRefusal("The file is damaged. Save it as XLSX again.") from None
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise FileRefusal("This is a ZIP archive, not a spreadsheet. Unpack it and upload the CSV or XLSX file inside.")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    shared = sum(member.file_size for member in members if member.filename.lower().endswith("sharedstrings.xml"))
    if unpacked > HARMLESS_UNPACKED and unpacked > SUSPICIOUS_RATIO * packed:
        raise FileRefusal("The spreadsheet unpacks to suspiciously much. Save the table as CSV and upload that.")
    if unpacked > MAX_UNPACKED or shared > MAX_SHARED_TEXT:
        raise FileRefusal("The spreadsheet is too large. Save the table as CSV and upload that: CSV may be any size.")


def _records(file: BinaryIO, kind: str, encoding: str, delimiter: str) -> Iterator[Record]:
    """All rows that are not empty."""
    file.seek(0)
    return _sheet_records(file) if kind == XLSX else _text_records(file, encoding, delimiter)


def _text_records(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[Record]:
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    number = 0
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=1):
            if any(cells):
                yield number, cells
    except UnicodeError:
        name = ENCODINGS.get(encoding, encoding)
        raise FileRefusal(f"Row {number + 1} cannot be read as {name}. Choose the file's encoding.") from None
    except csv.Error as error:
        raise FileRefusal(f"Row {number + 1} has a fault in its quotation marks ({error}). Mend it.") from None
    finally:
        text.detach()


def _sheet_records(file: BinaryIO) -> Iterator[Record]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library warns about styles and filters, which do not matter here
            book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
            sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
            sheet.reset_dimensions()  # what the file says about its size need not be true
            for number, values in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), start=1):
                cells = _trimmed([_cell(value) for value in values])
                if cells:
                    yield number, cells
    except (FileRefusal, GeneratorExit):
        raise
    except Exception:  # whatever a damaged spreadsheet makes the library raise, the answer is the same
        raise FileRefusal("The spreadsheet cannot be read. Open it, save it as XLSX again, or as CSV.") from None


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return Decimal(format(value, ".15g"))  # the digits a spreadsheet shows, not those of binary fractions
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str | date):
        return value
    return "=" if hasattr(value, "ref") else str(value)  # formulas over several cells come as objects


def _trimmed(cells: list[Cell]) -> list[Cell]:
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _sample(file: BinaryIO, encoding: str) -> str:
    file.seek(0)
    try:
        return file.read(1 << 16).decode(encoding, errors="ignore")
    except LookupError:
        raise FileRefusal(f"There is no encoding “{encoding}”. Choose from: {', '.join(ENCODINGS)}.") from None


def padded(layout: Layout, rows: Iterator[Record]) -> Iterator[Record]:
    """Rows of a spreadsheet filled up to the width of the header: it leaves empty cells at the end away."""
    if layout.kind != XLSX:
        yield from rows
        return
    for number, cells in rows:
        yield number, [*cells, *[""] * (len(layout.headers) - len(cells))]
