"""Fees and interest for late payment beside a rehearsed life, as the engine would raise them. Reads only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dunning.rules.rehearsal import Event, Kind
from payments.queries.claims_ahead import (
    Ahead,
    Interest,
    claims_ahead,
    interest_when_paid,
)
from payments.queries.laws import law_book
from payments.rules.claims import ClaimKind, LawBook

Life = tuple[Event, ...]
INTEREST = "interest for late payment"
CALLED = {ClaimKind.LUMP_SUM: "lump sum for late payment", ClaimKind.INTEREST: INTEREST}


@dataclass(frozen=True, slots=True)
class FeesAhead:
    """What would be claimed of a batch of customers. `charges_pay`: charges are assumed to succeed."""

    ahead: Sequence[Ahead]
    book: LawBook
    charges_pay: bool

    def beside(self, lives: Mapping[int, Life]) -> dict[int, Life]:
        """The lives with what is claimed meanwhile; whoever has none but owes such a claim gets one.

        What a charge has paid is not claimed for any more, and its interest is known then. Interest that runs on has no
        amount yet.
        """
        paid = _paid(lives) if self.charges_pay else {}
        due = [one for one in self.ahead if one.on <= paid.get(one.invoice_id, one.on)]
        fees: dict[int, list[Event]] = defaultdict(list)
        for one in due:
            fees[one.customer_id].append(_raised(one))
        for interest in interest_when_paid(paid, due, self.book):
            fees[interest.customer_id].append(_settled(interest))
        everybody = dict.fromkeys((*lives, *fees))
        return {pk: tuple(sorted((*lives.get(pk, ()), *fees[pk]), key=lambda event: event.on)) for pk in everybody}


def fees_ahead(customer_ids: Sequence[int], *, until: date, charges_pay: bool, now: datetime) -> FeesAhead:
    """What would be claimed of these customers from `now` to the end of the day `until`, in nine queries at most."""
    book = law_book()
    return FeesAhead(claims_ahead(customer_ids, book, until=until, now=now), book, charges_pay)


def _paid(lives: Mapping[int, Life]) -> dict[int, date]:
    """The day on which a charge pays each invoice: the first that is for it takes all of it."""
    charges = [event for events in lives.values() for event in events if event.kind == Kind.CHARGE]
    return {pk: event.on for event in reversed(charges) for pk in event.settles}


def _raised(one: Ahead) -> Event:
    amounts = ((one.currency, one.amount),) if one.amount else ()
    runs = "; it runs until the invoice is paid" if one.kind == ClaimKind.INTEREST else ""
    return Event(one.on, Kind.FEE, f"invoice {one.number}: {one.law}{runs}", what=CALLED[one.kind], amounts=amounts)


def _settled(interest: Interest) -> Event:
    reason = f"invoice {interest.number} is paid: its interest is known"
    amounts = ((interest.currency, interest.amount),)
    return Event(interest.on, Kind.FEE, reason, what=INTEREST, amounts=amounts)
