"""The rows that did not go in, as a file to mend and upload again. No cell of it is run by a spreadsheet."""

import csv
import io
from collections.abc import Iterator

from customers.models import ImportRun
from customers.operations.import_staging import CELL_MARK
from customers.rules.import_columns import OUR_OWN
from customers.rules.import_text import escaped


def refused_lines(run: ImportRun, kind: str) -> Iterator[str]:
    """CSV lines: the file's own columns as they stood, then the row's number and what is wrong with it."""
    layout = run.layout
    headers = list(layout.headers) if layout else []
    yield "\ufeff" + _line([*headers, *OUR_OWN])  # the mark makes spreadsheets read it as UTF-8
    issues = run.issues.filter(kind=kind).order_by("row_number").values_list("row_number", "problems", "cells")
    for row_number, problems, cells in issues.iterator():
        said = " ".join(f"{p['column']}: {p['problem']}. {p['remedy']}".lstrip(": ") for p in problems)
        row = cells.split(CELL_MARK)[: len(headers)]
        row += [""] * (len(headers) - len(row))
        yield _line([*row, str(row_number), said])


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([escaped(cell) for cell in cells])
    return line.getvalue()
