"""What would happen in the next days, customer by customer: the engine's own decisions, and nothing is written."""

import json
import tempfile
from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.models import Customer
from customers.ready import refuse_unready_database
from customers.rules.contact import channel_words
from customers.rules.money import in_words
from customers.wording import counted
from dunning.models import Campaign, CampaignVersion
from dunning.operations.rehearsals import as_lines
from dunning.rehearsal.page import COUNTED, KINDS, SUMMED
from dunning.rehearsal.run import (
    Question,
    RehearsalRefusal,
    Rehearsed,
    check,
    rehearse,
)
from dunning.rules.consequences import Charges
from dunning.rules.rehearsal import Event
from dunning.rules.rehearsal_totals import Day, Totals


class Command(BaseCommand):
    help = "Lives ahead on a copy of the facts and tells every letter, charge and skip. Nothing is sent or written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first_on", metavar="DATE", help="the first day, as 2026-03-01 (today)")
        parser.add_argument("--days", type=int, default=30, help="how many days (30)")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--campaign", metavar="NAME", help="as if its draft, or newest version, were in force")
        which.add_argument("--version-id", type=int, metavar="ID", help="as if this version were in force")
        parser.add_argument("--move", action="store_true", help="as if the campaign's running cases were moved to it")
        parser.add_argument("--charges", choices=[c.value for c in Charges], default="fail", help="their assumed end")
        parser.add_argument("--customer", metavar="NUMBER", help="only this customer")
        parser.add_argument("--json", action="store_true", help="the same for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unready_database()
        now = timezone.now()
        question = _question(options, now)
        totals, today = Totals(), Totals()
        with tempfile.TemporaryFile("w+", encoding="utf-8") as lines:  # totals come first, and a million fit
            write = _write_json if options["json"] else _write_text
            for batch in rehearse(question, now=now):
                write(lines, batch.rehearsed, totals, today)
                self.stderr.write(f"{batch.done} of {batch.total} customers", ending="\r")
            self.stderr.write("")
            lines.seek(0)
            self._tell(question, totals, today, lines, is_json=options["json"])

    def _tell(self, question: Question, totals: Totals, today: Totals, lines: IO[str], *, is_json: bool) -> None:
        if is_json:
            head = {"first_on": question.first_on, "last_on": question.last_on, "totals": totals.as_json()}
            if question.version:
                head |= {"version": question.version.pk, "totals_today": today.as_json()}
            self.stdout.write(f'{json.dumps(head, default=str)[:-1]}, "customers": [')
        else:
            self.stdout.write("\n".join(_totals(question, totals, today)))
        for line in lines:
            self.stdout.write(line, ending="")
        self.stdout.write("]}" if is_json else "\nNothing was sent, and nothing was written.")


def _question(options: dict[str, Any], now: datetime) -> Question:
    first_on = _day(options["first_on"]) if options["first_on"] else now.date()
    try:
        return check(
            Question(
                first_on=first_on,
                last_on=first_on + timedelta(days=min(max(options["days"], 0), 10_000) - 1),
                version=_version(options),
                moves_cases=options["move"],
                charges=Charges(options["charges"]),
                customer_id=_customer(options["customer"]) if options["customer"] else None,
            ),
            now=now,
        )
    except RehearsalRefusal as refusal:
        raise CommandError(str(refusal)) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--from {text!r} is not a day; write for example 2026-03-01.") from None


def _version(options: dict[str, Any]) -> CampaignVersion | None:
    versions = CampaignVersion.objects.select_related("campaign")
    if pk := options["version_id"]:
        found = versions.filter(pk=pk).first()
        if not found:
            raise CommandError(f"There is no version {pk}. The address of a version's page on the desk ends in its id.")
        return found
    if not (name := options["campaign"]):
        return None
    newest = versions.filter(campaign__name=name, is_variant=False).order_by("-number").first()
    if not newest:
        known = ", ".join(Campaign.objects.order_by("name").values_list("name", flat=True))
        raise CommandError(f"No campaign {name!r} has a version. There are: {known or 'none'}.")
    return newest


def _customer(number: str) -> int:
    found = Customer.objects.filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise CommandError(f"There is no customer {number!r}.")
    return found


def _write_text(file: IO[str], rehearsed: list[Rehearsed], totals: Totals, today: Totals) -> None:
    for customer, who in _counted(rehearsed, totals, today):
        file.write(f"\n{who}\n")
        file.writelines(f"  {_event(event)}\n" for event in customer.events)
        if customer.today is not None and as_lines(customer.today) != as_lines(customer.events):
            file.write("  by today's strategy:\n")
            file.writelines(f"    {_event(event)}\n" for event in customer.today)


def _write_json(file: IO[str], rehearsed: list[Rehearsed], totals: Totals, today: Totals) -> None:
    before = ",\n" if file.tell() else ""
    for customer, who in _counted(rehearsed, totals, today):
        told: dict[str, Any] = {"number": who.number, "name": who.name, "events": as_lines(customer.events)}
        if customer.today is not None:
            told["today"] = as_lines(customer.today)
        file.write(before + json.dumps(told))
        before = ",\n"


def _counted(rehearsed: list[Rehearsed], totals: Totals, today: Totals) -> list[tuple[Rehearsed, Customer]]:
    """The batch with its customers, added up."""
    for customer in rehearsed:
        totals.add(customer.events)
        today.add(customer.today or ())
    people = Customer.objects.in_bulk([customer.customer_id for customer in rehearsed])
    return [(customer, people[customer.customer_id]) for customer in rehearsed if customer.events or customer.today]


def _event(event: Event) -> str:
    amounts = ", ".join(in_words(amount, currency) for currency, amount in event.amounts)
    told = [f"{event.on}  {KINDS[event.kind]:<14}", event.what, amounts, event.reason]
    return "  ".join(part for part in told if part)


def _totals(question: Question, totals: Totals, today: Totals) -> list[str]:
    strategy = str(question.version) if question.version else "today's strategy"
    head = f"{question.first_on} to {question.last_on} by {strategy}, charges {question.charges.value}"
    before = today.whole if question.version else None
    lines = [head, counted(totals.customers, "customer"), *_sums(totals.whole, before), ""]
    return lines + [f"{day}  {_day_words(totals.days[day])}" for day in sorted(totals.days)]


def _sums(whole: Day, before: Day | None) -> list[str]:
    return [
        f"{whole.counts[kind]:>8} {words[whole.counts[kind] != 1]}"
        + (f" (today's strategy: {before.counts[kind]})" if before else "")
        for kind, words in COUNTED.items()
    ]


def _day_words(day: Day) -> str:
    happens = {kind: words for kind, words in COUNTED.items() if day.counts[kind]}
    counts = [f"{day.counts[kind]} {words[day.counts[kind] != 1]}" for kind, words in happens.items()]
    channels = [f"{number} by {channel_words(name)}" for name, number in day.channels.items()]
    sums = [f"{in_words(a, c)} {SUMMED[kind]}" for (kind, c), a in sorted(day.money.items()) if kind in SUMMED]
    return ", ".join([*counts, *channels, *sums])
