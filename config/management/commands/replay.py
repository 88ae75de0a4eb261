"""`manage.py replay FILE`: what the desk would have sent in your own past. Nothing is sent, nothing real is touched."""

import argparse
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

from config.benchmark.scratch import scratch_database
from config.replay import ReplayRefusal, Told, replay
from customers.management.commands.import_accounts import read_mapping
from customers.rules.import_columns import MappingRefusal
from customers.rules.import_dates import ORDERS
from customers.rules.import_layout import Choices

INTO_MEMORY = {"email": {"class": "dunning.channels.memory.MemoryChannel"}}


class Command(BaseCommand):
    help = "Live through a file of invoices day by day in a scratch database, and say what would have been sent."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="invoices with issued_on and paid_on (docs/import.md)")
        parser.add_argument("--since", type=date.fromisoformat, required=True, help="first day, for example 2025-01-01")
        parser.add_argument("--until", type=date.fromisoformat, required=True, help="last day")
        parser.add_argument("--mapping", type=Path, help="TOML or JSON file with [columns] and [constants]")
        parser.add_argument("--dates", choices=ORDERS, default="", help="how 03/04/2026 is read")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        with scratch_database(), override_settings(DUNNING_CHANNELS=INTO_MEMORY):
            told = self._tell(options)
        self._sum_up(told, time.monotonic() - started)
        sys.exit(0 if told.is_clean else 1)

    def _tell(self, options: dict[str, Any]) -> Told:
        try:
            mapping = read_mapping(options["mapping"]) if options["mapping"] else {}
            columns, constants = mapping.get("columns", {}), mapping.get("constants", {})
            choices = Choices(dates=options["dates"], columns=columns, constants=constants)
            for event in replay(options["file"], choices, since=options["since"], until=options["until"]):
                if isinstance(event, Told):
                    return event
                day, sent = event
                if day.day == 1:
                    self.stdout.write(f"{day:%B %Y} …")
        except (ReplayRefusal, MappingRefusal, OSError) as refusal:
            raise CommandError(str(refusal)) from None
        raise AssertionError("a replay ends with its sum")

    def _sum_up(self, told: Told, seconds: float) -> None:
        self.stdout.write(f"{told.days} days in {seconds:.0f} s: {told.invoices} invoices, {told.paid} settled.")
        self.stdout.write(f"{told.cases} cases, {told.open_cases} still open; {told.skips} steps skipped.")
        for step, count in told.letters.items():
            self.stdout.write(f"  {count:6} × {step}")
        self.stdout.write(
            f"  {sum(told.letters.values()):6} letters in all, {told.withdrawn} withdrawn before they left"
        )
        self.stdout.write(f"Letters about something paid already: {told.written_after_payment}")
        self.stdout.write(f"Letters sent twice for one step: {told.written_twice}")
        self.stdout.write(f"Invoices whose balance differs from the ledger: {told.unbalanced}")
