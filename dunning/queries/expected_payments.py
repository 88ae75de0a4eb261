"""What customers are expected to pay, and when: by what was learnt, or by rules where that is too little."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings

from dunning.models import Prediction
from dunning.rules.prediction.books import Book, BookedInvoice, cell_at
from dunning.rules.prediction.model import RULES, Model, Outlook, outlook, reasons
from dunning.snapshot.payment_books import owing

HORIZON = 90


@dataclass(frozen=True, slots=True)
class Learnt:
    """The model to go by, and the typical amounts it was learnt with."""

    model: Model
    typical: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One open invoice: when it is paid, and why then."""

    invoice: BookedInvoice
    outlook: Outlook
    why: list[str]
    first_on: date

    @property
    def likely_on(self) -> date | None:
        """The first day by whose end it is more likely paid than not."""
        days = self.outlook.likely_in
        return None if days is None else self.first_on + timedelta(days=days)


def expected_payments(as_of: date, days: int) -> dict[str, Decimal]:
    """Currency → what of that open at the end of `as_of` is expected within `days` (1 to 90) after it.

    By the newest prediction made by then; the figure of a night that made one is kept, that of another day is counted
    anew from the ledger as it stood, invoice by invoice, in batches.
    """
    kept = Prediction.objects.filter(made_on=as_of).first()
    if kept:
        return {currency: Decimal(sums[days - 1]) for currency, sums in kept.expected.items()}
    sums = expected_by_day(as_of, learnt_by(as_of))
    return {currency: by_day[days - 1] for currency, by_day in sums.items()}


def learnt_within(day: date, days: int) -> dict[str, Decimal] | None:
    """What the night after `day` expected within `days`; None where it made no prediction, or went by rules."""
    kept = Prediction.objects.filter(made_on=day, is_learnt=True).first()
    return {currency: Decimal(sums[days - 1]) for currency, sums in kept.expected.items()} if kept else None


def expected_by_day(as_of: date, learnt: Learnt) -> dict[str, list[Decimal]]:
    """Currency → what is expected within 1, 2 … HORIZON days."""
    return summed(one for books in owing(as_of) for book in books for one in foreseen(book, as_of, learnt))


def summed(foretold: Iterator[Foreseen]) -> dict[str, list[Decimal]]:
    """The same of these invoices."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * HORIZON)
    for one in foretold:
        of_currency, balance = sums[one.invoice.currency], float(one.invoice.balance)
        for place, chance in enumerate(one.outlook.within[:HORIZON]):
            of_currency[place] += balance * chance
    return {currency: [round(Decimal(str(amount)), 2) for amount in by_day] for currency, by_day in sums.items()}


def foreseen(book: Book, as_of: date, learnt: Learnt) -> Iterator[Foreseen]:
    """Each invoice of this customer that was open at the end of `as_of`."""
    first_on = as_of + timedelta(days=1)
    for invoice in book.invoices:
        if invoice.balance > 0:
            cell = cell_at(book, invoice, first_on, learnt.typical.get(invoice.currency))
            usual = book.usual_days(first_on)
            when = outlook(learnt.model, cell, (first_on - invoice.due_on).days, usual)
            yield Foreseen(invoice, when, reasons(learnt.model, cell, usual), first_on)


def learnt_by(as_of: date) -> Learnt:
    """What had been learnt by then; the rules where that is nothing, or learning is switched off."""
    newest = Prediction.objects.filter(made_on__lte=as_of).order_by("-made_on").first()
    if newest is None or not newest.is_learnt or settings.PREDICT_BY_RULES:
        return Learnt(RULES, {})
    typical = {currency: Decimal(amount) for currency, amount in newest.typical.items()}
    return Learnt(Model(str(newest), newest.coefficients, tuple(newest.letters)), typical)
