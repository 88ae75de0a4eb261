"""Facts for rules tests: the default plan, and customers who live through random days."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from dunning.rules.decide import decide
from dunning.rules.decisions import Decision, Send, Wait
from dunning.rules.facts import CaseFacts, HoldFact, InvoiceFact, RunFact
from dunning.rules.plan_ahead import after
from dunning.rules.plan_facts import PlanFact, StepFact
from dunning.rules.words import Delivery, Outcome, Tone

DAY_ZERO = date(2026, 1, 5)
TONES = [(-3, Tone.FRIENDLY), (1, Tone.FRIENDLY), (7, Tone.CLEAR), (14, Tone.FIRM), (30, Tone.FORMAL)]
STEPS = tuple(StepFact(n, n, offset, tone, "email") for n, (offset, tone) in enumerate(TONES))
PLAN = PlanFact(1, STEPS, StepFact(99, 99, 0, Tone.FRIENDLY, "email"), time(9), time(18))


def invoice(due_on: date, *, number: int = 1, balance: str = "100") -> InvoiceFact:
    return InvoiceFact(number, due_on, Decimal(balance), "EUR")


def case(*invoices: InvoiceFact, zone: str = "UTC", runs: tuple[RunFact, ...] = (), **facts: object) -> CaseFacts:
    return CaseFacts(
        **{
            "customer_id": 1,
            "time_zone": zone,
            "plan": PLAN,
            "invoices": invoices,
            "runs": runs,
            "channels": frozenset(["email"]),
            **facts,
        }
    )


def reached(step: int, when: datetime, *named: int) -> RunFact:
    """A step whose notice was handed over and named these invoices (number 1, unless said)."""
    return RunFact(step, Outcome.DONE, when, delivery=Delivery.REACHED, named=frozenset(named or {1}))


def at(days: int, hour: int = 10) -> datetime:
    return datetime.combine(DAY_ZERO, time(hour), UTC) + timedelta(days=days)


@dataclass
class Life:
    """One customer over many days; every letter and closing is written down."""

    facts: CaseFacts
    letters: list[tuple[datetime, Send]] = field(default_factory=list)
    closed: list[datetime] = field(default_factory=list)
    numbers: int = 1

    def next_number(self) -> int:
        self.numbers += 1
        return self.numbers

    def look(self, now: datetime) -> Decision:
        """Decide as the engine does, and remember what was done."""
        decision = decide(self.facts, now=now)
        if isinstance(decision, Send):
            self.letters.append((now, decision))
            self.facts = after(self.facts, decision, now=now)
        elif isinstance(decision, Wait):
            skips = tuple(RunFact(skip.step.id, Outcome.SKIPPED, now) for skip in decision.skips)
            self.facts = replace(self.facts, runs=(*self.facts.runs, *skips))
        else:
            self.closed.append(now)
        return decision


@dataclass(frozen=True)
class Event:
    """What happens on one day: pay the invoice at `index`, bill a new one due in `days`, or hold for `days`."""

    kind: str
    index: int
    days: int


def happen(life: Life, event: Event, now: datetime) -> None:
    invoices = list(life.facts.invoices)
    match event.kind:
        case "pay" if invoices:
            del invoices[event.index % len(invoices)]
            life.facts = replace(life.facts, invoices=tuple(invoices))
        case "bill":
            number = life.next_number()
            fresh = invoice(now.date() + timedelta(days=event.days), number=number)
            life.facts = replace(life.facts, invoices=(*invoices, fresh))
        case "hold":
            hold = HoldFact("asked for time", now.date() + timedelta(days=abs(event.days)))
            life.facts = replace(life.facts, holds=(*life.facts.holds, hold))
        case "pend":
            life.facts = replace(life.facts, payment_pending=not life.facts.payment_pending)
        case "money":
            life.facts = replace(life.facts, money_unmatched=not life.facts.money_unmatched)
        case _:
            pass


EVENTS = st.builds(
    Event,
    kind=st.sampled_from(["pay", "bill", "bill", "hold", "pend", "money", "nothing", "nothing", "nothing", "nothing"]),
    index=st.integers(0, 5),
    days=st.integers(-20, 40),
)
# Hours until the next look, and what happens before it.
GAPS = st.lists(st.tuples(st.integers(1, 60), EVENTS), min_size=1, max_size=40)
ZONES = st.sampled_from(["UTC", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata", "Europe/Berlin"])
