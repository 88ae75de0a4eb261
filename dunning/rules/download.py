"""What we hold of somebody, for people and programs: a ZIP of CSV files, the same as JSON, and their files. Pure."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from customers.rules.import_text import escaped

READ_ME, ALL, SENT = "README.txt", "all.json", "files/"
Rows = Sequence[Mapping[str, Any]]
WORDS = (
    "What {company} holds of {name} ({number}), as of {day}.\n\n"
    "all.json has everything; each .csv file has one part of it and opens in a spreadsheet.\n"
    "What you sent us lies below files/: request-17-1.pdf is the first file of request 17.\n"
    "Days are written as 2026-03-31, times in UTC, amounts with a point.\n"
    "Card numbers, codes and passwords are not in it: we do not have them, or keep only what cannot be read back.\n"
)


def as_zip(
    parts: Mapping[str, Rows],
    sent: Iterable[tuple[str, bytes]],
    *,
    company: str,
    name: str,
    number: str,
    at: datetime,
) -> bytes:
    """The whole as one file; `sent`: files and their names. Parts without a row are in the JSON only.

    The same facts give the same bytes.
    """
    whole = io.BytesIO()
    moment = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as files:
        told = WORDS.format(company=company, name=name, number=number, day=at.date())
        files.writestr(zipfile.ZipInfo(READ_ME, moment), told)
        files.writestr(zipfile.ZipInfo(ALL, moment), as_json(parts))
        for part, rows in parts.items():
            if rows:
                files.writestr(zipfile.ZipInfo(f"{part}.csv", moment), _csv(rows))
        for called, content in sent:
            files.writestr(zipfile.ZipInfo(SENT + called, moment), content)
    return whole.getvalue()


def as_json(parts: Mapping[str, Rows]) -> str:
    """All parts, readable without a program."""
    plain = {
        part: [{name: _plain(value) for name, value in row.items()} for row in rows] for part, rows in parts.items()
    }
    return json.dumps(plain, ensure_ascii=False, indent=1)


def _csv(rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(rows[0])
    writer.writerows([escaped(_cell(value)) for value in row.values()] for row in rows)
    return "\ufeff" + text.getvalue()  # the mark makes spreadsheets read it as UTF-8


def _cell(value: Any) -> str:
    plain = _plain(value)
    return "" if plain is None else json.dumps(plain) if isinstance(plain, list | dict) else str(plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value
