"""Why a customer got what they got, and why not yet: for one case, in words."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.ready import refuse_unready_database
from dunning.models import Case
from dunning.operations.advance import facts_of
from dunning.queries.why import Explained, Why, why


class Command(BaseCommand):
    help = "Tells in two sentences why a case is where it is, and then every step and wait with the rules behind it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("case", help="the case's number, or the customer's; then their newest case")
        parser.add_argument("--json", action="store_true", help="the same for programs")

    def handle(self, *args: Any, case: str, **options: Any) -> None:
        refuse_unready_database()
        found = case_named(case)
        now = timezone.now()
        told = why(found, facts_of(found, now=now), now=now)
        self.stdout.write(json.dumps(as_json(found, told), indent=1) if options["json"] else as_text(found, told))


def case_named(text: str) -> Case:
    """The newest case of the customer with this number, or the case with this id. Raises CommandError."""
    cases = Case.objects.select_related("customer", "next_step")
    found = cases.filter(customer__number=text).order_by("-pk").first()
    if not found and text.isdecimal() and len(text) < 19:
        found = cases.filter(pk=int(text)).first()
    if not found:
        raise CommandError(f"No case {text!r}, and no customer with this number has one. See the list of cases.")
    return found


def as_text(case: Case, told: Why) -> str:
    lines = [f"{case.customer}, case {case.pk}", "", *told.spoken]
    explained = [*([told.waits] if told.waits else []), *reversed(told.steps)]
    for step in explained:
        lines += ["", f"{step.title}{_when(step)}", *(f"  {_link(link)}" for link in step.links)]
        if not step.links:
            lines.append(f"  {step.reason}")
    return "\n".join(lines)


def _when(step: Explained) -> str:
    return f" ({step.at:%Y-%m-%d %H:%M} UTC)" if step.at else ""


def _link(link: Any) -> str:
    about = f" [{', '.join(link.invoices)}]" if link.invoices else ""
    return f"{link.rule}: {link.says}{about}"


def as_json(case: Case, told: Why) -> dict[str, Any]:
    return {
        "case": case.pk,
        "customer": case.customer.number,
        "sentences": list(told.spoken),
        "waits": _explained(told.waits) if told.waits else None,
        "steps": [_explained(step) for step in told.steps],
    }


def _explained(step: Explained) -> dict[str, Any]:
    at = step.at.isoformat() if step.at else None
    return {"title": step.title, "at": at, "reason": step.reason, "because": [asdict(link) for link in step.links]}
