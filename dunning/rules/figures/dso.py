"""Days sales outstanding in three kinds, and how well is collected. Months are given newest first."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from dunning.rules.figures.shares import rate


class Sales(NamedTuple):
    """Net credit sales of a month (invoiced less credited), and its days."""

    amount: Decimal
    days: int


class Owed(NamedTuple):
    """What is open of the sales of one month: age in days of an invoice, its open amount, net sales of its month."""

    age: int
    amount: Decimal
    sales: Decimal


def simple(receivable: Decimal, sales: Decimal, days: int) -> Decimal | None:
    """DSO in days: closing receivable ÷ credit sales of the period × days of the period."""
    share = rate(receivable, sales)
    return None if share is None else share * days


def countback(receivable: Decimal, months: Sequence[Sales]) -> Decimal | None:
    """DSO in days: months' sales are taken off the receivable backwards; full months' days and a part of the last.

    None when the months given do not cover the receivable.
    """
    left, days = receivable, Decimal(0)
    for month in months:
        if left <= 0:
            break
        if month.amount <= 0:
            days += month.days
        elif left >= month.amount:
            left, days = left - month.amount, days + month.days
        else:
            return days + left / month.amount * month.days
    return days if left <= 0 else None


def true(invoices: Sequence[Owed]) -> Decimal | None:
    """True DSO in days: the sum, over open invoices, of age × (open amount ÷ net credit sales of its month).

    None while something is open of a month without sales: then nobody knows what it was a part of.
    """
    if any(one.sales <= 0 for one in invoices):
        return None
    return sum((one.age * one.amount / one.sales for one in invoices), Decimal(0))


def best_possible(current: Decimal, sales: Decimal, days: int) -> Decimal | None:
    """Days, if only what is not due yet were open: current receivable ÷ credit sales × days."""
    return simple(current, sales, days)


def average_delay(dso: Decimal | None, best: Decimal | None) -> Decimal | None:
    """ADD, average days delinquent: DSO less best possible DSO."""
    return None if dso is None or best is None else dso - best


def effectiveness(
    *, opening: Decimal, sales: Decimal, months: int, closing: Decimal, closing_current: Decimal
) -> Decimal | None:
    """CEI, in per cent: of what could be collected, how much was. 100: all of it.

    (opening receivable + sales ÷ months − closing total) ÷ (opening + sales ÷ months − closing current) × 100.
    """
    to_collect = opening + sales / months - closing_current
    share = rate(opening + sales / months - closing, to_collect)
    return None if share is None else share * 100
