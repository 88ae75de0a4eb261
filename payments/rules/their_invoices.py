"""What an invoice in a gateway's books moves in ours. Told again, it moves nothing; ours are never set back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Theirs:
    """How the gateway has it: credited and paid in sum, and the gateway's payments, reference to amount."""

    paid: Decimal
    credited: Decimal
    payments: Mapping[str, Decimal]
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Ours:
    """How we have it. `credited` on the gateway's word; `known` are the references that have a payment here already.

    `paid` came by whatever way; `outside` of it is what the gateway once counted as paid past it, and `paid_by_known`
    what the known payments and `outside` settled of this invoice.
    """

    balance: Decimal
    paid: Decimal = NOTHING
    credited: Decimal = NOTHING
    outside: Decimal = NOTHING
    paid_by_known: Decimal = NOTHING
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Coming:
    """A payment to record, of which `settles` goes to the invoice. Reference "": it came past the gateway."""

    reference: str
    amount: Decimal
    settles: Decimal


@dataclass(frozen=True, slots=True)
class Moves:
    """What is to be posted, all amounts positive. `closes`: what is then still open of an invoice that is closed."""

    credit: Decimal
    payments: tuple[Coming, ...]
    closes: Decimal


def moves(theirs: Theirs, ours: Ours) -> Moves:
    """Credits first, then money, then what the closing leaves; nothing below zero and nothing twice.

    Money that our books have by another way (an import, the bank) is not recorded again when the gateway counts it.
    """
    credit = min(max(theirs.credited - ours.credited, NOTHING), ours.balance)
    left = ours.balance - credit
    elsewhere = ours.paid - ours.paid_by_known
    counted = sum((amount for reference, amount in theirs.payments.items() if reference in ours.known), ours.outside)
    new = [(reference, amount) for reference, amount in theirs.payments.items() if reference not in ours.known]
    coming = tuple(_coming(new, theirs.paid - counted - elsewhere, left))
    left -= sum((one.settles for one in coming), NOTHING)
    return Moves(credit, coming, left if theirs.is_closed else NOTHING)


def _coming(new: Iterable[tuple[str, Decimal]], missing: Decimal, left: Decimal) -> Iterable[Coming]:
    """`missing`: what the gateway counts as paid and we do not; `left`: what is open here."""
    for reference, told in [*new, ("", missing)]:
        amount = min(told, missing) if reference else missing
        if amount > 0:
            settles = min(amount, left)
            missing, left = missing - amount, left - settles
            yield Coming(reference, amount, settles)
