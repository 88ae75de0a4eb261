"""One turn of the engine by hand, or a rehearsal of it: who would get what, when and why."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.models import Customer
from customers.ready import refuse_unready_database
from dunning.operations import tick as engine
from dunning.rules.decisions import Charge, Close, Decision, Send, Wait
from dunning.rules.words import ACTIONS, day_words
from dunning.tasks import TURN_SECONDS

LINE = "{customer:<40.40}  {step:<16}  {decision:<8}  {when:<16}  {reason}"
BATCH = 500


class Command(BaseCommand):
    help = "Takes one turn of the engine; with --dry-run only tells what it would do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", metavar="TIME", help="as if it were then, for example 2026-03-01T09:00Z")
        parser.add_argument("--dry-run", action="store_true", help="tell who would get what and why; write nothing")

    def handle(self, *args: Any, at: str | None, dry_run: bool, **options: Any) -> None:
        refuse_unready_database()
        now = moment(at) if at else timezone.now()
        if dry_run:
            self.rehearse(now)
        elif at:
            self.stdout.write(str(engine.tick(now=now)))
        else:
            self.take_turns()

    def take_turns(self) -> None:
        """Turn until nothing is left, each turn at its own time: a long backlog must not go out by an old clock."""
        is_unfinished = True
        while is_unfinished:
            report = engine.tick(now=timezone.now(), seconds=TURN_SECONDS)
            self.stdout.write(str(report))
            is_unfinished = report.is_unfinished

    def rehearse(self, now: datetime) -> None:
        """Tell who would get what and why."""
        self.stdout.write(LINE.format(customer="CUSTOMER", step="STEP", decision="DECISION", when="WHEN", reason="WHY"))
        count = 0
        for planned, customer in named(engine.rehearse(now=now)):
            count += 1
            self.stdout.write(LINE.format(customer=str(customer), **spoken(planned.decision, now)))
        self.stdout.write(f"\n{count} decisions, nothing written.")


def moment(text: str) -> datetime:
    """The instant meant by `text`; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--at {text!r} is not a time; write for example 2026-03-01T09:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def named(plan: Iterable[engine.Planned]) -> Iterator[tuple[engine.Planned, Customer]]:
    """Each decision with its customer; one query for each batch."""
    plan = iter(plan)
    while batch := list(islice(plan, BATCH)):
        customers = Customer.objects.in_bulk([planned.customer_id for planned in batch])
        for planned in batch:
            yield planned, customers[planned.customer_id]


def spoken(decision: Decision, now: datetime) -> dict[str, str]:
    """The decision in the words of the table: which step, what, when (UTC) and why."""
    step = decision.step if isinstance(decision, Send | Wait) else None
    when = decision.until if isinstance(decision, Wait) else now
    words = {Send: "send", Charge: "charge", Close: "close", Wait: "wait"}[type(decision)]
    if isinstance(decision, Send) and decision.step.is_reviewed:
        words = "propose"
    acts = [str(ACTIONS[act.step.kind]) for act in decision.acts] if isinstance(decision, Send | Wait) else []
    return {
        "step": f"{day_words(step.offset_days)}, {step.tone.name.lower()}" if step else "",
        "decision": words,
        "when": f"{when.astimezone(UTC):%Y-%m-%d %H:%M}",
        "reason": decision.reason + (f"; beside it: {', '.join(acts)}" if acts else ""),
    }
