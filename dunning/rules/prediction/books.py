"""What is known of one customer when a payment is foretold; the same facts serve for learning and for scoring."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from statistics import median_high

from dunning.rules.history import SETTLED_LOOKED_AT

# The first day past due of each period; the last one ends after as many days as the one before it had.
STARTS = (-30, 1, 4, 8, 15, 31, 61, 91, 181)
ENDS = (*(start - 1 for start in STARTS[1:]), 270)
LENGTHS = tuple(end - start + 1 for start, end in zip(STARTS, ENDS, strict=True))
LONG_OPEN_DAYS = 30
MOST_LETTERS = 3  # so many or more
LOOKED_BACK = timedelta(days=400)  # what fell due earlier teaches nothing; it is known only while it is open
BEFORE_DUE = timedelta(days=10)  # a letter this long before the due date is about something else


@dataclass(frozen=True, slots=True)
class BookedInvoice:
    """`known_on`: since when it was in the books. `ended_on`: the day on which nothing of it was open any more;
    `is_paid`: money ended it. `amount` is what was billed."""

    id: int
    due_on: date
    currency: str
    amount: Decimal
    balance: Decimal
    known_on: date
    ended_on: date | None = None
    is_paid: bool = False

    def is_open_on(self, day: date) -> bool:
        """It was in the books, and something of it was open, when the day began."""
        return self.known_on < day and (self.ended_on is None or self.ended_on >= day)


@dataclass(frozen=True)
class Book:
    """One customer. `letters`: days and ways, in order. `promises`: first and last days."""

    customer_id: int
    invoices: tuple[BookedInvoice, ...]
    letters: tuple[tuple[date, str], ...] = ()
    promises: tuple[tuple[date, date], ...] = field(default=())

    @cached_property
    def settled(self) -> list[tuple[date, int]]:
        """(day paid, days late) of what was paid, in that order."""
        ended = ((one.ended_on, one.due_on) for one in self.invoices if one.is_paid)
        return sorted((on, (on - due_on).days) for on, due_on in ended if on)

    def usual_days(self, day: date) -> int | None:
        """Days late of the invoice in the middle, of the last twelve paid before that day; None: nothing paid yet."""
        before = self.settled[: bisect_left(self.settled, (day, -(10**6)))][-SETTLED_LOOKED_AT:]
        return median_high(late for _, late in before) if before else None


@dataclass(frozen=True, slots=True)
class Cell:
    """One invoice in one period, in few words: everything the model knows of it.

    `habit`: whether the customer's usual day of paying lies before this period, in it or after it. `letters`: at most
    MOST_LETTERS; `way`: that of the last one.
    """

    period: int
    amount: str = "usual"
    habit: str = "new"
    promise: bool = False
    long_open: bool = False
    letters: int = 0
    way: str = ""

    @property
    def features(self) -> Iterator[str]:
        """The names of the coefficients that count for it."""
        yield f"period {self.period}"
        yield f"amount {self.amount}"
        yield f"habit {self.habit}"
        yield f"letters {self.letters}"
        yield f"way {self.way or 'none'}"
        yield from ["promise"] * self.promise
        yield from ["long open"] * self.long_open


def period_at(days: int) -> int:
    """The period that the day `days` past due belongs to; before the first one, the first."""
    return max(0, sum(start <= days for start in STARTS) - 1)


def cell_at(book: Book, invoice: BookedInvoice, day: date, typical: Decimal | None) -> Cell:
    """The invoice as it stood when `day` began. `typical`: the median amount in its currency, where that is known."""
    period = period_at((day - invoice.due_on).days)
    written = [way for on, way in book.letters if invoice.due_on - BEFORE_DUE <= on < day]
    return Cell(
        period=period,
        amount=_band(invoice.amount, typical),
        habit=_habit(book.usual_days(day), period),
        promise=any(first < day <= last for first, last in book.promises),
        long_open=any(_is_long_open(other, day) for other in book.invoices if other.id != invoice.id),
        letters=min(MOST_LETTERS, len(written)),
        way=written[-1] if written else "",
    )


def _band(amount: Decimal, typical: Decimal | None) -> str:
    if not typical or typical / 2 <= amount <= typical * 2:
        return "usual"
    return "small" if amount < typical else "large"


def _habit(usual_days: int | None, period: int) -> str:
    if usual_days is None:
        return "new"
    if usual_days > ENDS[period]:
        return "later"
    return "now" if usual_days >= STARTS[period] else "earlier"


def _is_long_open(invoice: BookedInvoice, day: date) -> bool:
    return invoice.due_on + timedelta(days=LONG_OPEN_DAYS) < day and invoice.is_open_on(day)


@dataclass(frozen=True, slots=True)
class Seen:
    """A period of an invoice that is over, on its last day: was it paid in it?"""

    cell: Cell
    is_paid: bool
    over_on: date


def outcomes(book: Book, until: date, typical: Mapping[str, Decimal]) -> Iterator[Seen]:
    """Every whole period of every invoice that was over by `until`, as things stood when it began.

    A period that is not over yet says nothing, and neither does one in which the invoice ended otherwise. The first one
    begins late for what was billed later. Of what fell due before LOOKED_BACK only the unpaid is known: that is no fair
    sample, and is left out.
    """
    for invoice in book.invoices:
        if invoice.due_on <= until - LOOKED_BACK:
            continue
        for start, end in zip(STARTS, ENDS, strict=True):
            last = invoice.due_on + timedelta(days=end)
            first = max(invoice.due_on + timedelta(days=start), invoice.known_on + timedelta(days=1))
            if last > until or (invoice.ended_on and invoice.ended_on < first <= last):
                break
            has_ended = invoice.ended_on is not None and invoice.ended_on <= last
            if first <= last and (invoice.is_paid or not has_ended):
                yield Seen(cell_at(book, invoice, first, typical.get(invoice.currency)), has_ended, last)


def typical_amounts(books: Sequence[Book]) -> dict[str, Decimal]:
    """The median amount of each currency."""
    found: dict[str, list[Decimal]] = {}
    for book in books:
        for invoice in book.invoices:
            found.setdefault(invoice.currency, []).append(invoice.amount)
    return {currency: median_high(amounts) for currency, amounts in found.items()}
