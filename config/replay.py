"""Your own past, told again: what the desk would have sent, day by day, had it been there.

A file of invoices with the dates on which they were issued and paid is fed to the desk as it would have arrived. It
happens in a scratch database, and every letter ends in memory.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from customers.models import ImportRow, ImportRun, Invoice
from customers.operations import imports
from customers.queries import ledger_faults
from customers.rules.import_layout import Choices
from dunning.models import Case, Notice, StepRun
from dunning.operations import default_campaign
from dunning.operations.tick import tick

MORNING = time(5)  # the day's file arrives …
TURNS = (time(8), time(15), time(21))  # … and the engine turns (UTC)
COLUMNS = (
    "customer_number",
    "customer_name",
    "email",
    "country",
    "time_zone",
    "language",
    "invoice_number",
    "issued_on",
    "due_on",
    "currency",
    "amount",
    "paid_amount",
    "paid_on",
)
NOBODY = "nobody@example.com"  # stands in for a missing address: every letter ends in memory anyway
Row = dict[str, Any]


class ReplayRefusal(ValueError):
    """The file cannot be told again; the message says why."""


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, in numbers. The last four are what must not happen: all zero."""

    days: int
    invoices: int
    paid: int
    cases: int
    letters: dict[str, int]
    withdrawn: int
    skips: int
    written_after_payment: int
    written_twice: int
    open_cases: int
    unbalanced: int

    @property
    def is_clean(self) -> bool:
        return not (self.written_after_payment or self.written_twice or self.open_cases or self.unbalanced)


def replay(path: Path, choices: Choices, *, since: date, until: date) -> Iterator[tuple[date, int] | Told]:
    """Live through the file from `since` to `until`; yields each day with the letters sent on it, then the sum.

    Call inside an empty scratch database, with a channel that sends nothing. Raises ReplayRefusal.
    """
    end = datetime.combine(until, time(23), UTC)
    rows = _read(path, choices, now=end)
    default_campaign.ensure(now=datetime.combine(since, time(0), UTC))
    arrivals = _by_day(rows, since)
    for day in (since + timedelta(days=n) for n in range((until - since).days + 1)):
        _receive(arrivals[day], now=datetime.combine(day, MORNING, UTC))
        yield day, sum(tick(now=datetime.combine(day, hour, UTC)).sent for hour in TURNS)
    yield _sum_up(rows, since, until)


def _read(path: Path, choices: Choices, *, now: datetime) -> list[Row]:
    run = ImportRun.objects.create(file_name=path.name, size=path.stat().st_size, uploaded_at=now)
    run.chosen = {field: getattr(choices, field) for field in choices.__slots__}
    with path.open("rb") as file:
        imports.read_file(run, file, now=now)
    if run.state != ImportRun.State.READ:
        raise ReplayRefusal(run.refusal or "The file leaves a question open. Answer it with --dates or --mapping.")
    if run.refused:
        refused = "1 row is" if run.refused == 1 else f"{run.refused} rows are"
        raise ReplayRefusal(f"{refused} refused. `manage.py import_accounts --check` shows why.")
    rows = ImportRow.objects.filter(run_id=run.pk, state=ImportRow.State.GOOD).values(*COLUMNS)
    told = [{**row, "email": row["email"] or NOBODY} for row in rows]
    imports.discard(run)
    return told


def _by_day(rows: Sequence[Row], since: date) -> dict[date, list[Row]]:
    """What arrives on which day: an invoice when it was issued (or at the start), its payment when it was paid."""
    arrivals: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
        issued_on = max(since, row["issued_on"] or since)
        paid_on = row["paid_on"] and max(since, row["paid_on"])
        if paid_on != issued_on:
            arrivals[issued_on].append({**row, "paid_amount": None, "paid_on": None})
        if paid_on:
            arrivals[paid_on].append({**row, "paid_amount": row["paid_amount"] or row["amount"]})
    return arrivals


def _receive(rows: Sequence[Row], *, now: datetime) -> None:
    """The day's file, through the same door as every file."""
    if not rows:
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    run = imports.upload(f"{now:%Y-%m-%d}.csv", [text.getvalue().encode()], choices=Choices(), by=None, now=now)
    imports.read(run, now=now)
    if run.state != ImportRun.State.READ or run.refused:
        raise ReplayRefusal(f"The file of {now:%Y-%m-%d} was refused: {run.refusal or run.refused}")
    imports.confirm(run, now=now)
    imports.apply_confirmed(now=now, wait=True)


def _sum_up(rows: Sequence[Row], since: date, until: date) -> Told:
    paid_on = {row["invoice_number"]: row["paid_on"] for row in rows if row["paid_on"]}
    sent = Notice.objects.filter(state=Notice.State.SENT)
    reminders = sent.filter(step__kind="reminder")
    return Told(
        days=(until - since).days + 1,
        invoices=Invoice.objects.count(),
        paid=Invoice.objects.filter(balance=0).count(),
        cases=Case.objects.count(),
        letters=_by_step(sent),
        withdrawn=Notice.objects.filter(state=Notice.State.WITHDRAWN).count(),
        skips=StepRun.objects.filter(outcome="skipped").count(),
        written_after_payment=sum(_speaks_of_paid(notice, paid_on) for notice in reminders.iterator()),
        written_twice=sent.count() - sent.values("case", "step").distinct().count(),
        open_cases=Case.objects.filter(state=Case.State.OPEN).count(),
        unbalanced=len(ledger_faults()),
    )


def _by_step(sent: Any) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for notice in sent.select_related("step").order_by("step__position").iterator():
        counts[str(notice.step)] += 1
    return dict(counts)


def _speaks_of_paid(notice: Notice, paid_on: dict[str, date]) -> bool:
    assert notice.calling_at is not None
    day = notice.calling_at.date()
    return any(line["number"] in paid_on and paid_on[line["number"]] <= day for line in notice.lines)
