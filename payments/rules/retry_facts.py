"""What the next try is decided from, and what the answer is."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from payments.rules.declines import Auto, Judgement, Meaning, network_of
from payments.rules.methods import MethodKind, method_name


@dataclass(frozen=True, slots=True)
class Tried:
    """One try of a card or account, whoever made it. No judgement: it succeeded, or its end is not known yet.

    No invoice ids: it was for all that was open then, and counts for every invoice.
    """

    at: datetime
    amount: Decimal
    currency: str
    judgement: Judgement | None = None
    invoice_ids: frozenset[int] = frozenset()

    @property
    def is_technical(self) -> bool:
        """A failure that says nothing of the card."""
        return self.judgement is not None and self.judgement.meaning is Meaning.TECHNICAL

    @property
    def is_lasting_no(self) -> bool:
        """A no to the card itself, whatever is to be paid with it."""
        return self.says(Auto.NO) and self.judgement is not None and not self.judgement.this_payment_only

    def says(self, auto: Auto) -> bool:
        return self.judgement is not None and self.judgement.auto is auto


@dataclass(frozen=True, slots=True)
class RetryFacts:
    """A debt (in one currency) and the card or account that may be tried for it, with all tries of that card up to now.

    `issued_in` is the card's country, `country` the payer's ("" for unknown), `closes_at` the end of the campaign.
    `acted_at`: when the customer last mended what stood in the way (new details, an approval, a new mandate).
    `unreachable_at`: when a charge last ended because the gateway could not be asked; it is no try of the card.
    `told_at`: when the payer was written to about this debt. `hours_left_out`: of the payer's day, without tries.
    """

    amount: Decimal
    currency: str
    invoice_ids: frozenset[int]
    closes_at: datetime
    tries: tuple[Tried, ...] = ()
    kind: MethodKind = MethodKind.CARD
    brand: str = ""
    issued_in: str = ""
    country: str = ""
    time_zone: str = "UTC"
    acted_at: datetime | None = None
    unreachable_at: datetime | None = None
    told_at: tuple[datetime, ...] = ()
    hours_left_out: frozenset[int] = frozenset()

    @property
    def told_since_refusal(self) -> datetime | None:
        """When the payer was first written to after the last try: that letter named the day of the next one."""
        own = self.own()
        return min((moment for moment in self.told_at if own and moment >= own[-1].at), default=None)

    @property
    def network(self) -> str:
        return network_of(self.kind, self.brand)

    def concerns(self, tried: Tried) -> bool:
        """Whether a try was for one of these invoices."""
        return not tried.invoice_ids or bool(tried.invoice_ids & self.invoice_ids)

    def own(self) -> list[Tried]:
        """The tries for these invoices, oldest first."""
        return sorted(filter(self.concerns, self.tries), key=lambda tried: tried.at)


@dataclass(frozen=True, slots=True)
class StoredMethod:
    """A stored card or account whose owner agreed that what falls due is charged to it, with all its tries.

    `is_ours`: we decide about further tries, not the gateway's own engine.
    """

    id: int
    brand: str
    last4: str
    agreed_at: datetime
    tries: tuple[Tried, ...] = ()
    kind: MethodKind = MethodKind.CARD
    issued_in: str = ""
    unreachable_at: datetime | None = None
    is_ours: bool = True

    @property
    def name(self) -> str:
        return method_name(self.kind, self.brand, self.last4)


class Ground(NamedTuple):
    """One reason for the moment of a try: what it is called, and what it says."""

    rule: str
    says: str


@dataclass(frozen=True, slots=True)
class Try:
    """The card may be tried at this moment, and not before; `grounds` are the parts of `why`."""

    at: datetime
    why: str
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class NoTry:
    """No unattended try. `until`: when time alone would allow one, None when it takes a person."""

    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """Not before `at`, because of `why`."""

    at: datetime
    why: str
