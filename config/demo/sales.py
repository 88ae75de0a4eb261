"""What the demo company sells: every invoice of the history, planned ahead, and the weekly file that brings them in."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from config.demo.world import GOODS, Firm, price

INVOICES = 1200
TERMS = (14, 14, 30, 30, 30)  # days to pay


@dataclass(frozen=True, slots=True)
class Sale:
    """One invoice to be: known to its firm from `issued_on`, to the desk from the next Monday's file."""

    firm: Firm
    number: str
    description: str
    issued_on: date
    due_on: date
    amount: Decimal


def sales(firms: Sequence[Firm], first: date, last: date, chance: random.Random) -> list[Sale]:
    """The invoices issued from `first` to `last`, on working days; every firm has one, good customers have many."""
    weights = [chance.paretovariate(1.6) for _ in firms]
    buyers = [*firms, *chance.choices(firms, weights, k=INVOICES - len(firms))]
    terms = {firm.number: chance.choice(TERMS) for firm in firms}
    working_days = [day for day in _days(first, last) if day.weekday() < 5]
    dated = sorted(((chance.choice(working_days), firm) for firm in buyers), key=lambda pair: (pair[0], pair[1].number))
    return [
        Sale(
            firm=firm,
            number=f"R{number}",
            description=chance.choice(GOODS[firm.language]),
            issued_on=issued_on,
            due_on=issued_on + timedelta(days=terms[firm.number]),
            amount=price(firm, chance),
        )
        for number, (issued_on, firm) in enumerate(dated, start=24_001)
    ]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
