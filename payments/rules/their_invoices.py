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

    `paid` came by whatever way; `imported` of it a file told of, `outside` the gateway once counted as paid past it,
    and `paid_by_known` is what the known payments and `outside` settled of this invoice.
    """

    balance: Decimal
    paid: Decimal = NOTHING
    imported: Decimal = NOTHING
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

    Money that the gateway took is recorded, though the bank may have paid too; only a file may have told of it before.
    What it merely counts is recorded as far as our books do not have it by another way.
    """
    credit = min(max(theirs.credited - ours.credited, NOTHING), ours.balance)
    counted = sum((amount for reference, amount in theirs.payments.items() if reference in ours.known), ours.outside)
    missing = theirs.paid - counted
    new = [(reference, amount) for reference, amount in theirs.payments.items() if reference not in ours.known]
    taken = list(_within(missing - ours.imported, new))
    outside = missing - (ours.paid - ours.paid_by_known) - sum((amount for _, amount in taken), NOTHING)
    coming = tuple(_coming([*taken, ("", outside)], ours.balance - credit))
    left = ours.balance - credit - sum((one.settles for one in coming), NOTHING)
    return Moves(credit, coming, left if theirs.is_closed else NOTHING)


def _within(most: Decimal, told: Iterable[tuple[str, Decimal]]) -> Iterable[tuple[str, Decimal]]:
    """As much of these amounts, one after the other, as makes `most`."""
    for reference, amount in told:
        part = max(min(amount, most), NOTHING)
        most -= part
        yield reference, part


def _coming(money: Iterable[tuple[str, Decimal]], left: Decimal) -> Iterable[Coming]:
    """`left`: what is open here."""
    for reference, amount in money:
        if amount > 0:
            settles = min(amount, left)
            left -= settles
            yield Coming(reference, amount, settles)
