"""What a decision may look at: frozen facts about one customer's case, gathered in batches and handed to the rules."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from customers.rules.days import zone
from customers.rules.holds import HoldKind
from dunning.rules.calendar import is_working_day
from dunning.rules.customer_fact import NOBODY, CustomerFact
from dunning.rules.habits import NO_HABIT, Habit
from dunning.rules.hours import narrowed
from dunning.rules.limits import NO_LIMITS, Limits
from dunning.rules.plan_facts import PlanFact
from dunning.rules.readers import Reader
from dunning.rules.triggers import Foreseen
from dunning.rules.words import Delivery, Outcome
from payments.rules.declines import DeclineBook
from payments.rules.retry_facts import StoredMethod

NO_BOOK = DeclineBook(on=date.min)
DAY = timedelta(days=1)
UNDELIVERED = ("", "accepted", "deferred", "soft_bounced")  # as `NewsKind` has it
IN_DOUBT = "in_doubt"
LONGEST_REST = 31  # days in a row without letters; hours that leave no time at all must not be searched for ever


@dataclass(frozen=True, slots=True)
class PartFact:
    """Which instalment of which plan asks for this; `since`: when the plan was made."""

    plan_id: int
    number: int
    of: int
    since: datetime


@dataclass(frozen=True, slots=True)
class InvoiceFact:
    """An invoice with something open, or what one instalment of an active plan asks of it (`part`). `amount`: billed.

    An invoice in a plan comes once for each instalment that asks something of it, with that one's day and amount:
    together they are its whole balance.
    """

    id: int
    due_on: date
    balance: Decimal
    currency: str
    amount: Decimal = Decimal(0)
    part: PartFact | None = None
    disputed: Decimal = Decimal(0)  # what was taken off the balance, where it says what may be asked for


@dataclass(frozen=True, slots=True)
class SentFact:
    """A letter that was handed over. `word`: how far it came as its provider tells, `IN_DOUBT` where nobody knows
    whether it left. `is_told`: the provider has told of this letter, or of deliveries of later ones.
    """

    channel: str
    at: datetime
    word: str = ""
    is_told: bool = False

    @property
    def is_silent(self) -> bool:
        """True while it was surely handed over and nobody has told that it arrived."""
        return self.word in UNDELIVERED


@dataclass(frozen=True, slots=True)
class RunFact:
    """What became of one step. `named`: the invoices its notice spoke of, once it was (or may have been) handed over.

    `by_hand`: a person asked for it before its day, or, where it is skipped, dropped it at review. `opened`: its
    personal link was visited; known only where a condition of the campaign asks for it. `asked`: what its letter asks
    for, as (invoice id, open amount), while it waits for review. `by`: the channel of the letter that waits to leave.
    `unfit`: skipped, as its conditions did not hold. `came_back`: channels by which it reached nobody. `sent`: what was
    handed over, known only where word is waited for. `posted_at`: when it was put on paper, of a letter by post.
    """

    step_id: int
    outcome: Outcome
    decided_at: datetime
    by_hand: bool = False
    delivery: Delivery = Delivery.NOWHERE
    named: frozenset[int] = frozenset()
    opened: bool = False
    asked: tuple[tuple[int, Decimal], ...] = ()
    by: str = ""
    came_back: frozenset[str] = frozenset()
    unfit: bool = False
    sent: tuple[SentFact, ...] = ()
    posted_at: datetime | None = None

    @property
    def last_at(self) -> datetime:
        """When it was taken, or went another way last."""
        return self.sent[-1].at if len(self.sent) > 1 else self.decided_at

    @property
    def waits_to_leave(self) -> bool:
        return self.outcome == Outcome.DONE and self.delivery in (Delivery.PROPOSED, Delivery.PENDING)


@dataclass(frozen=True, slots=True)
class HoldFact:
    """A hold on one invoice, or on the whole customer. `until_on`: its last day there; None: until released."""

    reason: str
    until_on: date | None
    invoice_id: int | None = None
    kind: str = HoldKind.OTHER
    blocks_contact: bool = True
    blocks_charges: bool = True
    disputed_amount: Decimal | None = None  # only so much of the invoice rests


@dataclass(frozen=True, slots=True)
class CaseFacts:
    customer_id: int
    time_zone: str
    plan: PlanFact
    invoices: tuple[InvoiceFact, ...]
    runs: tuple[RunFact, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    channels: frozenset[str] = frozenset()  # channels on which the primary contact has a usable address
    readers: tuple[Reader, ...] = ()  # contacts with a role, known only where the campaign writes to that role
    payment_pending: bool = False
    debited: frozenset[int] = frozenset()  # invoices that a debit begun by a gateway itself is on its way for
    charge_ordered: bool = False  # the engine is about to charge a stored card
    money_unmatched: bool = False  # money came in that is probably theirs, and nobody has said so yet
    country: str = ""
    customer: CustomerFact = NOBODY
    habit: Habit = NO_HABIT  # empty where the campaign or the customer's page says not to use it
    methods: tuple[StoredMethod, ...] = ()  # what may be charged unattended, in the customer's order
    book: DeclineBook = NO_BOOK
    collected_elsewhere: frozenset[int] = frozenset()  # invoices that a gateway's own engine tries to collect
    limits: Limits = NO_LIMITS
    written_off: bool = False  # what was last settled of it was given up, not paid
    about: str = ""  # the key of what the case foresees; empty for a case about debts
    foreseen: Foreseen | None = None  # that fact, while it is so

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
        day = self.letters_on(day)
        return self.clock_of(day, self.window_on(day)[0])

    def next_opening(self, now: datetime) -> datetime:
        """The next moment after `now` from which letters may reach this customer."""
        today = self.local(now).date()
        opening = self.opening_of(today)
        return opening if opening > now else self.opening_of(today + DAY)

    def letters_on(self, day: date) -> date:
        """`day`, or the next one that lets letters through."""
        if not (self.limits.hours or self.plan.working_days_only):
            return day
        for _ in range(LONGEST_REST):
            if self.is_letter_day(day):
                break
            day += DAY
        return day

    def morning_of(self, day: date) -> datetime:
        """The same time of any day, letters or not."""
        return self.clock_of(day, self.plan.send_from)

    def clock_of(self, day: date, clock: time) -> datetime:
        """This time of this day on the customer's clock, as a moment (UTC)."""
        return _moment(day, clock, self.time_zone)

    def meant_for(self, day: date) -> date:
        """The earliest day whose letters left on `day`, because those between let none through."""
        for _ in range(LONGEST_REST):
            if self.is_letter_day(day - DAY):
                break
            day -= DAY
        return day

    def is_letter_day(self, day: date) -> bool:
        """True for a day on which letters may reach the customer at all."""
        opens, closes = self.window_on(day)
        return opens < closes and (not self.plan.working_days_only or is_working_day(day, self.country))

    def window_on(self, day: date) -> tuple[time, time]:
        """From and until when letters may leave on `day`: the narrower of the campaign's and the country's hours."""
        plan = self.plan
        if not self.limits.hours:
            return plan.send_from, plan.send_until
        return narrowed(plan.send_from, plan.send_until, self.limits.hours, day.isoweekday())

    def lets_letters_in(self, now: datetime) -> bool:
        """True when letters may reach the customer at this hour of this day, on their clock and calendar."""
        there = self.local(now)
        opens, closes = self.window_on(there.date())
        return opens <= there.time() < closes and self.is_letter_day(there.date())

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
def _moment(day: date, clock: time, zone_name: str) -> datetime:
    return datetime.combine(day, clock, zone(zone_name)).astimezone(UTC)
