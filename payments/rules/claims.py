"""What may be claimed for late payment, besides the invoice: which law applies, and what it allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from payments.rules.interest import Days, Since, is_frozen
from payments.rules.terms import FixedSums, PointsAboveBase, Scale, Terms

DAY = timedelta(days=1)


class ClaimKind(StrEnum):
    LUMP_SUM = "lump_sum"
    COST = "cost"
    INTEREST = "interest"


BY_ITSELF = (ClaimKind.LUMP_SUM, ClaimKind.INTEREST)  # the engine raises these, where a law lets it


@dataclass(frozen=True, slots=True)
class Law:
    """One dated row: what may be claimed from these customers. `who` is business or consumer, never unknown."""

    id: int
    kind: ClaimKind
    who: str
    countries: frozenset[str]
    currency: str  # "": any
    terms: Terms
    base_rate: str  # "": none
    is_rate_fixed: bool
    is_by_itself: bool
    wait_days: int
    from_step: int
    source: str
    valid_from: date
    valid_until: date | None

    @property
    def needs_letter(self) -> bool:
        """Costs that follow a letter: so many full days after it arrived."""
        return self.kind is ClaimKind.COST and self.wait_days > 0

    def allows(self, kind: ClaimKind, *, country: str, who: str, currency: str, on: date) -> bool:
        """True when it lets this kind be claimed from such a customer for a default of this day, in this currency."""
        is_in_force = self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)
        speaks_of = self.kind == kind and self.who == who and country in self.countries
        return speaks_of and self.currency in ("", currency) and is_in_force


@dataclass(frozen=True, slots=True)
class LawBook:
    """All rows, the base rates by name, and on which days claims are made at all."""

    laws: tuple[Law, ...]
    base_rates: dict[str, tuple[Since, ...]]
    policy: tuple[tuple[date, bool], ...]

    def law(self, law_id: int) -> Law:
        """The row with this id."""
        return next(law for law in self.laws if law.id == law_id)

    def law_for(self, kind: ClaimKind, *, country: str, who: str, currency: str, on: date) -> Law | None:
        """The row in force on this day, the latest to begin; None where no law lets anything be claimed."""
        found = [law for law in self.laws if law.allows(kind, country=country, who=who, currency=currency, on=on)]
        return max(found, key=lambda law: (law.valid_from, law.id), default=None)

    def is_on(self, day: date) -> bool:
        """True when claims are made by law on this day; off before the first row."""
        return next((is_on for begins, is_on in reversed(self.policy) if begins <= day), False)

    @property
    def begins_on(self) -> date | None:
        """The first day on which claims are made at all; None: never."""
        return next((begins for begins, is_on in self.policy if is_on), None)

    def off_days(self) -> list[Days]:
        """The stretches of days on which nothing is claimed."""
        turns = [(date.min, False), *self.policy]
        ends = [*(begins - timedelta(days=1) for begins, _ in self.policy), None]
        return [Days(begins, end) for (begins, is_on), end in zip(turns, ends, strict=True) if not is_on]

    def rates(self, law: Law, first_on: date) -> list[Since]:
        """Percent a year from day to day, for interest that begins to run on `first_on`."""
        if not isinstance(law.terms, PointsAboveBase):
            return []
        base = self.base_rates.get(law.base_rate, ())
        above = [Since(since.day, since.value + law.terms.points) for since in base]
        if not law.is_rate_fixed:
            return above
        return [Since(first_on, since.value) for since in reversed(above) if since.day <= first_on][:1]


def may_begin(law: Law, told_on: date, today: date) -> bool:
    """True when the days that must pass after the customer was told (NL: after the letter arrived) have passed."""
    return today > told_on + timedelta(days=law.wait_days)


@dataclass(frozen=True, slots=True)
class Late:
    """An invoice as laws look at it; `frozen`: the days on which nothing may be claimed for it."""

    due_on: date
    currency: str
    country: str
    who: str
    frozen: Sequence[Days] = ()


def claimed_by_itself(book: LawBook, kind: ClaimKind, late: Late, today: date) -> Law | None:
    """The law by which this is claimed `today` without a person; None when it is not, or not yet."""
    begins = late.due_on + DAY
    law = book.law_for(kind, country=late.country, who=late.who, currency=late.currency, on=begins)
    if law is None or not law.is_by_itself or not (book.is_on(begins) and book.is_on(today)):
        return None
    return law if may_begin(law, late.due_on, today) and not is_frozen(today, late.frozen) else None


def amount_of(law: Law, balance: Decimal, currency: str) -> Decimal | None:
    """What the law gives for this debt: 0 where it grows with time or a person names it, None where there is none."""
    if not isinstance(law.terms, FixedSums | Scale):
        return Decimal(0)
    amount = law.terms.amount(balance, currency)
    return amount if amount > 0 else None
