"""`manage.py benchmark`: what the desk can do on this machine, always beside a reference measured in the same run."""

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from config.benchmark.deciding import decide_the_day
from config.benchmark.importing import grow, import_a_file
from config.benchmark.rehearsing import rehearse_a_month
from config.benchmark.report import Figure
from config.benchmark.reporting import report
from config.benchmark.scratch import scratch_database
from config.benchmark.sending import send_the_day

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday morning in Europe


class Command(BaseCommand):
    help = "Print the benchmark cases with their references. Uses a scratch database; exit status 1 below a floor."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--size", type=int, default=10_000, help="invoices in the book (default 10,000)")
        parser.add_argument(
            "--case", choices=["decide", "rehearse", "send", "import", "grow", "reports"], help="only this case"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        below = 0
        for figure in _figures(options["size"], options["case"]):
            self.stdout.write(str(figure))
            self.stdout.flush()
            below += not figure.is_reached
        sys.exit(1 if below else 0)


def _figures(size: int, only: str | None) -> Iterator[Figure]:
    cases: dict[str, Callable[[], Iterator[Figure]]] = {
        "decide": lambda: _in_scratch(decide_the_day(size, now=NOW)),
        "rehearse": lambda: _in_scratch(rehearse_a_month(size, now=NOW)),
        "send": lambda: _in_scratch(send_the_day(max(5000, size // 100), now=NOW)),
        "import": lambda: import_a_file(size, now=NOW),
        "grow": lambda: grow(size, now=NOW),
        "reports": lambda: _in_scratch(report(size, now=NOW)),
    }
    for name, case in cases.items():
        if only in (None, name):
            yield from case()


def _in_scratch(figures: Iterator[Figure]) -> Iterator[Figure]:
    """Nothing of `figures` has begun yet: all of it runs in the scratch database."""
    with scratch_database():
        yield from figures
