"""One turn of the engine by hand, or a rehearsal of it: who would get what, when and why."""

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dunning.operations import tick as engine


class Command(BaseCommand):
    help = "Takes one turn of the engine; with --dry-run only tells what it would do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", metavar="TIME", help="as if it were then, for example 2026-03-01T09:00Z")
        parser.add_argument("--dry-run", action="store_true", help="tell who would get what and why; write nothing")

    def handle(self, *args: Any, at: str | None, dry_run: bool, **options: Any) -> None:
        now = moment(at) if at else timezone.now()
        if dry_run:
            self.stdout.write(table(engine.rehearse(now=now)))
        else:
            self.stdout.write(str(engine.tick(now=now)))


def moment(text: str) -> datetime:
    """The instant meant by `text`; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--at {text!r} is not a time; write for example 2026-03-01T09:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def table(planned: Sequence["engine.Planned"]) -> str:
    """The plan as aligned lines, one for each customer and step, and their number below."""
    rows = [("customer", "step", "decision", "when", "reason")]
    rows += [
        (str(p.customer), str(p.step or ""), str(p.decision), f"{p.when:%Y-%m-%d %H:%M}" if p.when else "", p.reason)
        for p in planned
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)] + [0]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([*lines, "", f"{len(planned)} planned, nothing written."])
