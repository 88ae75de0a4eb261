"""Take a CSV or XLSX file of accounts and invoices into the books. docs/import.md says what it may hold."""

import argparse
import json
import sys
import tomllib
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from customers.models import ImportRun
from customers.operations import imports
from customers.operations.import_compare import foresee
from customers.operations.import_refused import refused_lines
from customers.ready import refuse_unready_database
from customers.rules.import_columns import MappingRefusal
from customers.rules.import_dates import ORDERS
from customers.rules.import_encoding import ENCODINGS, FileRefusal
from customers.rules.import_layout import Choices

ALL_IN, SOME_LEFT_OUT, FILE_REFUSED = 0, 1, 2
COUNTS = ("rows", "new", "changed", "unchanged", "refused", "conflicts", "new_customers", "changed_customers")
FLAGS = {
    "dates": "--dates day-first or --dates month-first",
    "decimal": "--decimal point or --decimal comma",
}
MARKS = {"point": ".", "comma": ","}
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


class Command(BaseCommand):
    help = (
        "Import accounts, contacts and invoices. Exit status: 0 all in, 1 rows refused or in conflict, 2 file refused."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV or XLSX file")
        parser.add_argument("--mapping", type=Path, help="TOML or JSON file with [columns] and [constants]")
        parser.add_argument("--dates", choices=ORDERS, default="", help="how 03/04/2026 is read")
        parser.add_argument("--decimal", choices=MARKS, help="what marks the decimals")
        parser.add_argument("--encoding", choices=ENCODINGS, default="", help="instead of detecting it")
        parser.add_argument("--delimiter", choices=DELIMITERS, help="instead of detecting it")
        parser.add_argument("--refused", type=Path, help="write the refused rows here, to mend and import again")
        parser.add_argument("--check", action="store_true", help="say what would happen, change nothing")
        parser.add_argument("--at", type=_time, help="as if it were this time (ISO 8601 with zone)")
        parser.add_argument("--json", action="store_true", help="counts and problems as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unready_database()
        try:
            run = self._import(options)
        except (FileRefusal, MappingRefusal) as refusal:
            self.stderr.write(str(refusal))
            sys.exit(FILE_REFUSED)
        sys.exit(SOME_LEFT_OUT if run.refused or run.conflicts else ALL_IN)

    def _import(self, options: dict[str, Any]) -> ImportRun:
        now = options["at"] or timezone.now()
        with transaction.atomic():
            run = _read(options["file"], _choices(options), now)
            if options["check"]:
                foresee(run)
                self._report(run, options)
                transaction.set_rollback(True)
                return run
            imports.confirm(run, now=now)
        imports.apply_confirmed(now=now, wait=True)
        run.refresh_from_db()
        if run.state != ImportRun.State.DONE:
            raise FileRefusal(run.refusal)
        self._report(run, options)
        return run

    def _report(self, run: ImportRun, options: dict[str, Any]) -> None:
        if options["refused"]:
            with options["refused"].open("w", encoding="utf-8", newline="") as file:
                file.writelines(refused_lines(run, "refused"))
        counts = {name: getattr(run, name) for name in COUNTS}
        if options["json"]:
            self.stdout.write(json.dumps({**counts, "found": _found(run), "problems": _problems(run)}))
            return
        self.stdout.write(" ".join(f"{name}={count}" for name, count in counts.items()))
        for problem in _problems(run):
            self.stderr.write(
                "Row {row}, {column} “{value}” {problem}. {remedy} ({kind})".format(**problem).replace("  ", " ")
            )


def _read(path: Path, choices: Choices, now: datetime) -> ImportRun:
    try:
        file = path.open("rb")
    except OSError as error:
        raise FileRefusal(f"{path} cannot be opened: {error.strerror}.") from None
    with file:
        run = ImportRun.objects.create(
            file_name=path.name[-255:], size=path.stat().st_size, chosen=asdict(choices), uploaded_at=now
        )
        imports.read_file(run, file, now=now)
    if run.state == ImportRun.State.REFUSED:
        raise FileRefusal(run.refusal)
    if run.layout and run.layout.questions:
        raise FileRefusal("\n".join(f"{q.text} {_how_to_answer(q.about)}" for q in run.layout.questions))
    return run


def _how_to_answer(about: str) -> str:
    return f"Add {FLAGS[about]}." if about in FLAGS else f"Say it in a --mapping file: {about} under [columns]."


def _choices(options: dict[str, Any]) -> Choices:
    mapping = read_mapping(options["mapping"]) if options["mapping"] else {}
    return Choices(
        encoding=options["encoding"],
        delimiter=DELIMITERS.get(options["delimiter"], ""),
        decimal=MARKS.get(options["decimal"], ""),
        dates=options["dates"],
        columns=mapping.get("columns", {}),
        constants=mapping.get("constants", {}),
    )


def read_mapping(path: Path) -> dict[str, dict[str, str]]:
    """The mapping file as {"columns": …, "constants": …}. Raises MappingRefusal."""
    try:
        text = path.read_text(encoding="utf-8")
        mapping = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise MappingRefusal(f"The mapping {path} cannot be read: {error}.") from None
    well_formed = isinstance(mapping, dict) and all(
        name in ("columns", "constants") and isinstance(said, dict) and all(isinstance(v, str) for v in said.values())
        for name, said in mapping.items()
    )
    if not well_formed:
        raise MappingRefusal(f"The mapping {path} may hold [columns] and [constants], with texts. See docs/import.md.")
    return mapping


def _found(run: ImportRun) -> dict[str, Any]:
    names = ("kind", "encoding", "delimiter", "decimal", "dates", "headers", "places", "constants")
    return {name: run.found[name] for name in names}


def _problems(run: ImportRun) -> list[dict[str, Any]]:
    issues = run.issues.order_by("row_number").values_list("row_number", "kind", "problems")
    return [{"row": row, "kind": kind, **problem} for row, kind, problems in issues for problem in problems]


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else timezone.make_aware(found)
