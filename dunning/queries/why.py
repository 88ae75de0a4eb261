"""Why a case is where it is: the stored chain of each step and of the present wait, and two sentences for the phone.

The sentences are made from the facts as they are now, because that is what the customer on the phone asks about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers.models import Invoice
from customers.rules.days import local_day
from dunning.models import Case, CaseEvent, StepRun
from dunning.rules.decide import decide
from dunning.rules.facts import CaseFacts
from dunning.rules.spoken import Spoken, spoken
from dunning.rules.words import Ending, spelled

# Events of a case that are decisions beside the ledger of steps.
TOLD_AS: dict[str, str] = {
    CaseEvent.Kind.CHARGE: "Another try of the stored card",
    CaseEvent.Kind.FALLBACK: "Another way, as nothing was heard of the first",
}
ENDED = {
    Ending.SETTLED: "Everything this was about was settled on {day}.",
    Ending.CURED: "Everything this was about was settled on {day}.",
    Ending.NO_LONGER_SO: "What this was about is no longer so since {day}.",
    Ending.ITS_DAY_CAME: "The day this was about has passed on {day}.",
    Ending.WRITTEN_OFF: "Since {day} we ask for it no longer.",
    Ending.IN_INSTALMENTS: "Since {day} it is paid in instalments, as agreed.",
    Ending.HANDED_OVER: "On {day} we gave it to a collection agency, which looks after it for us.",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain: the rule, what it says, and the numbers of the invoices it is about."""

    rule: str
    says: str
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """A step taken, skipped or put off, or (no run) a further try of a card, a step that went another way, or the
    present wait; and why.
    """

    title: str
    at: datetime | None
    reason: str
    links: list[Link]
    run: StepRun | None = None
    kind: str = CaseEvent.Kind.CHARGE  # where it is no step


@dataclass(frozen=True, slots=True)
class Why:
    """`waits`: None for a closed case. `steps`: and further tries of cards, in the order in which they were decided."""

    spoken: Spoken
    waits: Explained | None
    steps: list[Explained]


def why(case: Case, facts: CaseFacts, *, now: datetime) -> Why:
    """Everything behind one case, in three queries. Give it with its customer and its next step."""
    runs = list(StepRun.objects.filter(case=case).select_related("step").order_by("decided_at", "pk"))
    tries = list(CaseEvent.objects.filter(case=case, kind__in=TOLD_AS).order_by("happened_at", "pk"))
    invoices = {invoice.id for invoice in facts.invoices}
    stored = [case.next_because, *(run.because for run in runs), *(event.because for event in tries)]
    named = {pk for chain in stored for pk in _named_in(chain)}
    numbers = dict(Invoice.objects.filter(pk__in=named | invoices).values_list("pk", "number"))
    steps = [
        Explained(f"{str(run.step).capitalize()}: {run.outcome}", run.decided_at, run.reason, links, run)
        for run in runs
        for links in [_links(run.because, numbers)]
    ]
    steps += [
        Explained(TOLD_AS[event.kind], event.happened_at, event.text, _links(event.because, numbers), kind=event.kind)
        for event in tries
    ]
    steps.sort(key=lambda explained: explained.at or now)
    return Why(_spoken(case, facts, numbers, now), _waits(case, numbers), steps)


def _waits(case: Case, numbers: Mapping[int, str]) -> Explained | None:
    if case.state != Case.State.OPEN:
        return None
    title = f"Next: {case.next_step or 'look again'}"
    return Explained(title, case.next_action_at, case.next_reason, _links(case.next_because, numbers))


def _spoken(case: Case, facts: CaseFacts, numbers: Mapping[int, str], now: datetime) -> Spoken:
    if case.state != Case.State.OPEN:
        assert case.closed_at is not None
        day = spelled(local_day(case.closed_at, case.customer.time_zone))
        says = ENDED.get(Ending(case.ending), "We stopped following it up on {day}.").format(day=day)
        return Spoken(says, "Nothing more follows about it.")
    return spoken(facts, decide(facts, now=now), numbers, now=now)


def _named_in(stored: Iterable[dict[str, Any]]) -> Iterable[int]:
    return (pk for entry in stored for pk in entry.get("invoices", ()))


def _links(stored: Iterable[dict[str, Any]], numbers: Mapping[int, str]) -> list[Link]:
    """An invoice that is gone by now is left out."""
    return [
        Link(
            entry["rule"].replace("_", " "),
            entry["says"],
            tuple(numbers[pk] for pk in entry.get("invoices", ()) if pk in numbers),
        )
        for entry in stored
    ]
