"""Collection costs that a law allows only after a free letter named them: in the Netherlands the 14-day letter.

Sources: Art. 6:96 (6) and (7) BW and the Besluit vergoeding voor buitengerechtelijke incassokosten. The days count from
the day after the letter arrived; what is asked for in one letter is added up first, and the costs are counted once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from customers.rules.money import smallest_unit
from payments.rules.claims import ClaimKind, Law, LawBook, amount_of

DAY = timedelta(days=1)
POST_TAKES = 3  # days of delivery; courts presume two, and public holidays are not known here
SUNDAY, MONDAY = 6, 0


@dataclass(frozen=True, slots=True)
class LateDebt:
    """What a letter asks for of one invoice."""

    invoice_id: int
    due_on: date
    balance: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Announced:
    """What a letter must say: what is owed, and the costs that follow. `shares`: of the costs, by invoice."""

    owed: Decimal
    costs: Decimal
    currency: str
    days: int
    shares: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Told:
    """That such a letter arrived, and what of its costs one invoice bears."""

    arrived_on: date
    share: Decimal


def to_announce(book: LawBook, debts: Sequence[LateDebt], *, country: str, who: str, today: date) -> Announced | None:
    """What a letter of `today` announces to this customer; None where no law asks for it, or claims are off."""
    if not book.is_on(today):
        return None
    late = [debt for debt in debts if debt.due_on < today]
    for currency in sorted({debt.currency for debt in late}):
        law = book.law_for(ClaimKind.COST, country=country, who=who, currency=currency, on=today)
        if law and law.needs_letter:
            return _announced(law, [debt for debt in late if debt.currency == currency], currency)
    return None


def _announced(law: Law, debts: Sequence[LateDebt], currency: str) -> Announced | None:
    owed = sum((debt.balance for debt in debts), Decimal(0))
    costs = amount_of(law, owed, currency)
    if not costs:
        return None
    unit = smallest_unit(currency)
    shares = {debt.invoice_id: (costs * debt.balance / owed).quantize(unit, rounding=ROUND_DOWN) for debt in debts}
    largest = max(debts, key=lambda debt: debt.balance).invoice_id
    shares[largest] += costs - sum(shares.values())
    return Announced(owed, costs, currency, law.wait_days, shares)


def arrived_on(sent_on: date, *, by_post: bool) -> date:
    """The day a letter counts as received: mail at once; post after days on which post is brought."""
    day, left = sent_on, POST_TAKES if by_post else 0
    while left:
        day += DAY
        left -= day.weekday() not in (SUNDAY, MONDAY)
    return day
