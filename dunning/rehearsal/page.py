"""What the page of a rehearsal shows of its result: figures, a chart, a calendar, and lines per customer."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.formats import date_format

from customers.models import Customer
from customers.rules.contact import channel_words
from customers.wording import money
from dunning.models import Rehearsal, RehearsedCustomer
from dunning.rules.rehearsal import Kind
from dunning.rules.rehearsal_totals import Day, Totals
from dunning.rules.words import Tone

KINDS = {
    Kind.OPENED: "case opened",
    Kind.LETTER: "letter",
    Kind.CHARGE: "charge",
    Kind.FEE: "fee or interest",
    Kind.ACTION: "action",
    Kind.SKIPPED: "step skipped",
    Kind.DELAYED: "step put off",
    Kind.WAITS: "waits",
    Kind.PERSON: "needs a person",
    Kind.CLOSED: "case closed",
}
COUNTED = {
    Kind.LETTER: ("letter", "letters"),
    Kind.CHARGE: ("charge", "charges"),
    Kind.FEE: ("fee or interest", "fees and interest"),
    Kind.ACTION: ("action", "actions"),
    Kind.OPENED: ("case opened", "cases opened"),
    Kind.CLOSED: ("case closed", "cases closed"),
    Kind.SKIPPED: ("step skipped", "steps skipped"),
    Kind.PERSON: ("case that needs a person", "cases that need a person"),
}
SUMMED = {Kind.CHARGE: "to be charged", Kind.FEE: "of fees and interest"}
COLOURS = {Tone.FRIENDLY: "#8dbfc1", Tone.CLEAR: "#2f686d", Tone.FIRM: "#f97316", Tone.FORMAL: "#b42318"}
CHARGED = "#64748b"
CHART_OPTIONS = {
    "maintainAspectRatio": False,
    "animation": False,
    "plugins": {"legend": {"position": "bottom", "labels": {"boxWidth": 12}}},
    "scales": {"x": {"stacked": True, "grid": {"display": False}}, "y": {"stacked": True, "ticks": {"precision": 0}}},
}
CSV_HEADER = ("strategy", "customer_number", "customer_name", "day", "kind", "step", "channel", "amounts", "why")


class Figure(NamedTuple):
    """One number with its words; `note`: the same by today's strategy."""

    number: str
    words: str
    note: str = ""


@dataclass(slots=True)
class CalendarDay:
    """A day of the calendar; `is_asked`: it belongs to the span. `lines`: what it holds, in words."""

    on: date
    is_asked: bool
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """One event of one customer."""

    on: date
    kind: str
    what: str
    amounts: str
    why: str


@dataclass(frozen=True, slots=True)
class CustomerLines:
    """One customer's events; `today`: by today's strategy, None where it is the same."""

    customer: Customer
    lines: list[Line]
    today: list[Line] | None


def figures(rehearsal: Rehearsal) -> list[Figure]:
    """The totals, beside those of today's strategy where it is compared."""
    whole, today = rehearsal.sum.whole, rehearsal.sum_today
    before = today.whole if today else None
    shown = [_figure(kind, words, whole, before) for kind, words in COUNTED.items()]
    if today:
        changed = Figure(
            f"{rehearsal.changed:,}", "customer" if rehearsal.changed == 1 else "customers", "with a change"
        )
        shown.append(changed)
    return [figure for figure in shown if figure.number != "0" or figure.note] + _money_figures(whole, before)


def _figure(kind: Kind, words: tuple[str, str], whole: Day, before: Day | None) -> Figure:
    number = whole.counts[kind]
    note = f"today's strategy: {before.counts[kind]:,}" if before and (number or before.counts[kind]) else ""
    return Figure(f"{number:,}", words[number != 1], note)


def _money_figures(whole: Day, before: Day | None) -> list[Figure]:
    """What is charged and claimed. Letters ask for the same money again and again: their sum says nothing."""
    found = {*whole.money, *(before.money if before else ())}
    return [
        Figure(_sum(whole, kind, code), words, f"today's strategy: {_sum(before, kind, code)}" if before else "")
        for kind, words in SUMMED.items()
        for code in sorted(code for of, code in found if of == kind)
    ]


def _sum(day: Day, kind: Kind, currency: str) -> str:
    return money(day.money.get((kind, currency), Decimal(0)), currency)


def days_of(rehearsal: Rehearsal) -> list[date]:
    """Every day of the span."""
    return [rehearsal.first_on + timedelta(days=n) for n in range(rehearsal.days)]


def chart(rehearsal: Rehearsal) -> dict[str, str]:
    """Letters by tone and charges, day by day, for the theme's chart."""
    days = days_of(rehearsal)
    known = rehearsal.sum.days
    at = [known.get(day, Day()) for day in days]
    bars = [_bar(f"{t.name.lower()} letters", COLOURS[t], [day.tones[t] for day in at]) for t in Tone]
    bars.append(_bar("charges", CHARGED, [day.counts[Kind.CHARGE] for day in at]))
    shown = {"labels": [date_format(day, "j M") for day in days], "datasets": [bar for bar in bars if any(bar["data"])]}
    return {"data": json.dumps(shown), "options": json.dumps(CHART_OPTIONS)}


def _bar(label: str, colour: str, data: list[int]) -> dict[str, Any]:
    return {"label": label, "backgroundColor": colour, "data": data}


def calendar(rehearsal: Rehearsal) -> list[CalendarDay]:
    """Whole weeks from Monday on, with what each day of the span holds."""
    first = rehearsal.first_on - timedelta(days=rehearsal.first_on.weekday())
    last = rehearsal.last_on + timedelta(days=6 - rehearsal.last_on.weekday())
    totals = rehearsal.sum
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [
        CalendarDay(day, rehearsal.first_on <= day <= rehearsal.last_on, list(_calendar_lines(totals, day)))
        for day in days
    ]


def _calendar_lines(totals: Totals, day: date) -> Iterator[str]:
    held = totals.days.get(day, Day())
    for kind in (Kind.LETTER, Kind.CHARGE, Kind.FEE, Kind.PERSON):
        if number := held.counts[kind]:
            one, many = COUNTED[kind]
            yield f"{number:,} {one if number == 1 else many}"
    for kind, currency in sorted(held.money):
        if kind in SUMMED:
            yield f"{money(held.money[kind, currency], currency)} {SUMMED[kind]}"


def day_rows(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """One row per day on which something happens: counts, letters per channel, money asked for and charged."""
    today = rehearsal.sum_today
    known, before = rehearsal.sum.days, today.days if today else {}
    return [
        {
            "on": day,
            "letters": known.get(day, Day()).counts[Kind.LETTER],
            "letters_today": before.get(day, Day()).counts[Kind.LETTER],
            "channels": ", ".join(
                f"{n:,} by {channel_words(name)}" for name, n in known.get(day, Day()).channels.items()
            ),
            "charges": known.get(day, Day()).counts[Kind.CHARGE],
            "charges_today": before.get(day, Day()).counts[Kind.CHARGE],
            "asked": _amounts(known.get(day, Day()), Kind.LETTER),
            "charged": _amounts(known.get(day, Day()), Kind.CHARGE),
            "fees": _amounts(known.get(day, Day()), Kind.FEE),
            "skipped": known.get(day, Day()).counts[Kind.SKIPPED],
        }
        for day in sorted({*known, *before})
    ]


def _amounts(day: Day, kind: Kind) -> str:
    return ", ".join(money(amount, code) for (of, code), amount in sorted(day.money.items()) if of == kind)


def customer_lines(rows: Iterable[RehearsedCustomer]) -> list[CustomerLines]:
    """The stored events in words. Give the rows with their customers."""
    return [
        CustomerLines(
            row.customer, _lines(row.events), None if row.events_today is None else _lines(row.events_today)
        )
        for row in rows
    ]  # fmt: skip


def _lines(events: Iterable[dict[str, Any]]) -> list[Line]:
    return [
        Line(
            date.fromisoformat(event["on"]),
            KINDS[Kind(event["kind"])],
            event["what"].removeprefix("charge of ")
            + (f" by {channel_words(event['channel'])}" if event["channel"] else ""),
            ", ".join(money(Decimal(amount), currency) for currency, amount in event["amounts"].items()),
            event["why"],
        )
        for event in events
    ]


def csv_rows(rehearsal: Rehearsal) -> Iterator[tuple[str, ...]]:
    """Every event of every customer, for a spreadsheet; a few rows in memory at a time."""
    yield CSV_HEADER
    rows = rehearsal.rehearsed.select_related("customer").order_by("pk")
    for row in rows.iterator(chunk_size=500):
        yield from _csv_rows(rehearsal.strategy, row, row.events)
        if row.events_today is not None:
            yield from _csv_rows("today's strategy", row, row.events_today)


def _csv_rows(strategy: str, row: RehearsedCustomer, events: Iterable[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    for event in events:
        amounts = " + ".join(f"{amount} {currency}" for currency, amount in event["amounts"].items())
        told = (event["on"], event["kind"], event["what"], event["channel"], amounts, event["why"])
        yield strategy, row.customer.number, row.customer.name, *told
