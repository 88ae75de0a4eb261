"""What a decision may look at: frozen facts about one customer's case, gathered in batches and handed to the rules."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dunning.rules.calendar import earliest_meant, is_working_day, sending_day
from dunning.rules.words import Delivery, Outcome, StepKind, Tone
from payments.rules.declines import DeclineBook
from payments.rules.retry_facts import StoredMethod

NO_BOOK = DeclineBook(on=date.min)


@dataclass(frozen=True, slots=True)
class PartFact:
    """Which instalment of which plan asks for this; `since`: when the plan was made."""

    plan_id: int
    number: int
    of: int
    since: datetime


@dataclass(frozen=True, slots=True)
class InvoiceFact:
    """An invoice with something open, or what one instalment of an active plan asks of it (`part`).

    An invoice in a plan comes once for each instalment that asks something of it, with that one's day and amount:
    together they are its whole balance.
    """

    id: int
    due_on: date
    balance: Decimal
    currency: str
    part: PartFact | None = None


@dataclass(frozen=True, slots=True)
class StepFact:
    id: int
    position: int
    offset_days: int
    tone: Tone
    channel: str
    kind: StepKind = StepKind.REMINDER


@dataclass(frozen=True, slots=True)
class PlanFact:
    """A frozen campaign version: reminders in order, perhaps a thank-you, and when letters may leave (local time).

    `charges` are the steps at which a stored card is charged; a letter of the same day goes if that fails. `actions`
    send nothing: tasks, restrictions and what else is done beside the letters.
    """

    version_id: int
    reminders: tuple[StepFact, ...]
    thanks: StepFact | None
    send_from: time
    send_until: time
    charges: tuple[StepFact, ...] = ()
    working_days_only: bool = False
    actions: tuple[StepFact, ...] = ()

    @property
    def charges_from(self) -> int | None:
        """The day, counted from the oldest due date, from which stored cards are charged; None: never."""
        return min((step.offset_days for step in self.charges), default=None)

    @property
    def reach_days(self) -> int:
        """How many days before its due date an invoice becomes the case's business."""
        return max(0, -self.reminders[0].offset_days)


@dataclass(frozen=True, slots=True)
class RunFact:
    """What became of one step. `named`: the invoices its notice spoke of, once it was (or may have been) handed over.

    `by_hand`: a person asked for it before its day.
    """

    step_id: int
    outcome: Outcome
    decided_at: datetime
    by_hand: bool = False
    delivery: Delivery = Delivery.NOWHERE
    named: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class HoldFact:
    """A hold on one invoice, or on the whole customer. `until_on`: its last day there; None: until released."""

    reason: str
    until_on: date | None
    invoice_id: int | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    customer_id: int
    time_zone: str
    plan: PlanFact
    invoices: tuple[InvoiceFact, ...]
    runs: tuple[RunFact, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    channels: frozenset[str] = frozenset()  # channels on which an address is known
    payment_pending: bool = False
    charge_ordered: bool = False  # the engine is about to charge a stored card
    money_unmatched: bool = False  # money came in that is probably theirs, and nobody has said so yet
    country: str = ""
    methods: tuple[StoredMethod, ...] = ()  # what may be charged unattended, in the customer's order
    book: DeclineBook = NO_BOOK
    collected_elsewhere: frozenset[int] = frozenset()  # invoices that a gateway's own engine tries to collect

    @property
    def payment_under_way(self) -> bool:
        """Money may be moving, or is about to: nobody is reminded before its outcome is known."""
        return self.payment_pending or self.charge_ordered

    def local(self, moment: datetime) -> datetime:
        """`moment` on the customer's clock."""
        return _local(moment, self.time_zone)

    def opening_of(self, day: date) -> datetime:
        """The moment (UTC) on `day` from which letters may reach this customer, or on the next day that lets them.

        A time that daylight saving skips is moved forward, one that it repeats is taken at its first occurrence.
        """
        return self.morning_of(sending_day(day, self.country) if self.plan.working_days_only else day)

    def morning_of(self, day: date) -> datetime:
        """The same time of any day, letters or not."""
        return _opening(day, self.plan.send_from, self.time_zone)

    def meant_for(self, day: date) -> date:
        """The earliest day whose letters left on `day`, because those between let none through."""
        return earliest_meant(day, self.country) if self.plan.working_days_only else day

    def lets_letters_in(self, now: datetime) -> bool:
        """True when letters may reach the customer at this hour of this day, on their clock and calendar."""
        there = self.local(now)
        in_hours = self.plan.send_from <= there.time() < self.plan.send_until
        return in_hours and (not self.plan.working_days_only or is_working_day(there.date(), self.country))

    def holds_in_force(self, now: datetime) -> list[HoldFact]:
        """The holds that count at `now`."""
        today = self.local(now).date()
        return [hold for hold in self.holds if hold.until_on is None or hold.until_on >= today]

    def speaks_until(self, now: datetime) -> date:
        """The last due date that the campaign speaks about at `now`: what is due, or will be very soon."""
        return self.local(now).date() + timedelta(days=self.plan.reach_days)


# A batch is decided at one moment, in few zones and for few days: most of these are asked for again and again.
@lru_cache(maxsize=4096)
def _local(moment: datetime, zone_name: str) -> datetime:
    return moment.astimezone(zone(zone_name))


@lru_cache(maxsize=4096)
def _opening(day: date, send_from: time, zone_name: str) -> datetime:
    return datetime.combine(day, send_from, zone(zone_name)).astimezone(UTC)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone by its IANA name; UTC for a name nobody knows, so that one bad row never stops a reminder."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
