"""Take in a bank's file: CAMT.053, MT940 or CSV. docs/bank.md says what it may hold."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from customers.ready import refuse_unready_database
from payments.models import BankFile, BankLine
from payments.operations.bank_files import take_in
from payments.rules.bank_entry import BankFileRefusal

FILE_REFUSED = 2


class Command(BaseCommand):
    help = "Take in a bank statement and post the sure matches. Exit status: 0 taken in, 2 file refused."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CAMT.053, MT940 or CSV file")
        parser.add_argument("--account", default="", help="your account; needed for CSV, which does not name it")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unready_database()
        path = options["file"]
        try:
            taken = take_in(path.read_bytes(), name=path.name, account=options["account"], now=timezone.now(), by=None)
        except OSError as error:
            self._refuse(f"{path} cannot be opened: {error.strerror}.")
        except BankFileRefusal as refusal:
            self._refuse(str(refusal))
        else:
            self.stdout.write(_report(taken))

    def _refuse(self, why: str) -> None:
        self.stderr.write(why)
        sys.exit(FILE_REFUSED)


def _report(taken: BankFile) -> str:
    states = list(BankLine.objects.filter(bank_file=taken).values_list("state", flat=True))
    counts = " ".join(f"{state.value}={states.count(state)}" for state in BankLine.State)
    return f"entries={taken.entries} new={taken.new} {counts}"
