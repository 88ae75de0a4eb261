"""Which payment did the bank take back? A debit scored against payments, in points that add up to 100 at most.

docs/bank.md shows the points to finance staff; keep both alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from payments.rules.matching import LEAD, LIKELY, SURE, alike
from payments.rules.remittance import Remittance, squeezed

SAME_REFERENCE, SAME_ACCOUNT, NAMED, EXACTLY, PART = 40, 40, 40, 25, 5


@dataclass(frozen=True, slots=True)
class Taken:
    """A debit that takes money back. `amount` is above 0; `remittance` is what it says, read for numbers."""

    amount: Decimal
    currency: str
    booked_on: date
    name: str
    account: str
    reference: str
    remittance: Remittance


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that the bank may have taken back. `held`: what of it did not go back yet; `numbers`: what it settles.

    `account` and `reference` are the payer's, as far as a bank line told them.
    """

    id: int
    customer_id: int
    customer_name: str
    currency: str
    received_on: date
    held: Decimal
    account: str = ""
    reference: str = ""
    numbers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Return:
    """How well a payment fits, and why. `is_exact`: all that it holds was taken."""

    payment_id: int
    customer_id: int
    score: int
    why: str
    is_exact: bool


def returns(taken: Taken, payments: Iterable[Paid]) -> list[Return]:
    """The payments good enough to be suggested, best first, of equal ones the latest."""
    could_be = (p for p in payments if p.currency == taken.currency and p.held >= taken.amount)
    scored = [(_return(taken, paid), paid) for paid in could_be if paid.received_on <= taken.booked_on]
    scored.sort(key=lambda pair: (-pair[0].score, -pair[1].received_on.toordinal(), -pair[0].payment_id))
    return [found for found, _ in scored if found.score >= LIKELY]


def sure_return(found: Sequence[Return]) -> Return | None:
    """The payment to take back without a person: SURE points, exactly what it holds, and a lead over all others."""
    best = found[0] if found else None
    if not best or best.score < SURE or not best.is_exact:
        return None
    return best if all(other.score <= best.score - LEAD for other in found[1:]) else None


def _return(taken: Taken, paid: Paid) -> Return:
    is_exact = paid.held == taken.amount
    points, words = alike(taken.name, paid.customer_name)
    named = [number for number in paid.numbers if _is_named(number, taken.remittance)]
    clues = [
        (SAME_REFERENCE if _same(taken.reference, paid.reference) else 0, "the reference of the payment"),
        (SAME_ACCOUNT if _same(taken.account, paid.account) else 0, "the account that it came from"),
        (NAMED if named else 0, f"invoice {', '.join(named)}, which it settles, in the text"),
        (EXACTLY if is_exact else PART, "exactly its amount" if is_exact else "a part of it"),
        (points, words),
    ]
    return Return(
        payment_id=paid.id,
        customer_id=paid.customer_id,
        score=min(100, sum(points for points, _ in clues)),
        why="; ".join(words for points, words in clues if points),
        is_exact=is_exact,
    )


def _same(one: str, other: str) -> bool:
    return bool(squeezed(one)) and squeezed(one) == squeezed(other)


def _is_named(number: str, remittance: Remittance) -> bool:
    return squeezed(number) in remittance.written | remittance.by_reference
