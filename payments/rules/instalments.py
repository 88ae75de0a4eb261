"""Paying in parts: the schedule, what of it is missing, and when a plan counts as broken. Whole minor units only."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from customers.rules.money import fits, in_words, smallest_unit
from payments.rules.allocate import OpenInvoice, allocate

MOST_PARTS = 60


class Interval(StrEnum):
    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"


class ScheduleRefusal(ValueError):
    """No such schedule can be made; the message says why, and what to choose instead."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of a plan, counted from 1."""

    number: int
    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AgreedPlan:
    """A plan that runs. `settled`: what was settled of its invoices since it was made."""

    id: int
    made_at: datetime
    settled: Decimal
    invoice_ids: frozenset[int]
    instalments: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True)
class InvoicePart:
    """What an instalment still asks of one invoice."""

    invoice_id: int
    instalment: Instalment


def schedule(total: Decimal, currency: str, *, parts: int, first_on: date, interval: Interval) -> list[Instalment]:
    """Split `total` into `parts` instalments that differ by one minor unit at most; the first ones are the larger.

    Months keep the first day's number where they have it: 31 January, 28 February, 31 March. Raises ScheduleRefusal.
    """
    unit = smallest_unit(currency)
    if not 1 <= parts <= MOST_PARTS:
        raise ScheduleRefusal(f"Choose between 1 and {MOST_PARTS} instalments.")
    if not fits(total, currency) or total < parts * unit:
        raise ScheduleRefusal(f"{in_words(total, currency)} cannot be split into {parts} instalments.")
    least = (total / parts).quantize(unit, ROUND_DOWN)
    larger = int((total - least * parts) / unit)
    return [
        Instalment(place + 1, _day(first_on, place, interval), least + unit if place < larger else least)
        for place in range(parts)
    ]


def _day(first_on: date, place: int, interval: Interval) -> date:
    if interval is Interval.MONTH:
        years, month = divmod(first_on.month - 1 + place, 12)
        year, month = first_on.year + years, month + 1
        return date(year, month, min(first_on.day, monthrange(year, month)[1]))
    return first_on + timedelta(days=place * {Interval.WEEK: 7, Interval.FORTNIGHT: 14}[interval])


def missing(instalments: Sequence[Instalment], *, settled: Decimal, still_open: Decimal) -> list[Instalment]:
    """What each instalment still asks for, those that ask for nothing left out; together exactly `still_open`.

    `settled` is what was settled of the plan's invoices since it began: it counts towards the instalments in order, so
    paying early or more is fine. The last one asks for all that is then left, so that an invoice which was corrected
    or credited meanwhile is asked for in full and no further.
    """
    left, covered, asked = still_open, max(settled, Decimal(0)), []
    for line in instalments:
        used = min(covered, line.amount)
        covered -= used
        part = left if line is instalments[-1] else min(line.amount - used, left)
        left -= part
        if part > 0:
            asked.append(Instalment(line.number, line.due_on, part))
    return asked


def spread(asked: Sequence[Instalment], invoices: Sequence[OpenInvoice]) -> Iterator[InvoicePart]:
    """Which invoice each instalment pays: in the order given, as a payment would settle them."""
    left = {invoice.id: invoice.balance for invoice in invoices}
    for line in asked:
        for invoice_id, amount in allocate(line.amount, [OpenInvoice(pk, balance) for pk, balance in left.items()]):
            left[invoice_id] -= amount
            yield InvoicePart(invoice_id, Instalment(line.number, line.due_on, amount))


def is_broken(oldest_missing_on: date, *, patience_days: int, today: date) -> bool:
    """True when an instalment is not wholly paid although its day and `patience_days` more have passed."""
    return today > oldest_missing_on + timedelta(days=patience_days)
