"""Random portfolios: a few customers with invoices, entries and reminders, and how to put them into the tables."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from customers.models import Contact, Customer, Invoice, LedgerEntry
from dunning.models import Case, Notice, Step
from tests.campaigns import standard_campaign
from tests.people import LONG_AGO, NOW

FIRST = date(2025, 11, 1)
SPAN = 120  # days over which things happen
WAYS = ("email", "sms")
SIGNS = {"paid": -1, "credited": -1, "written_off": -1, "refunded": 1}


@dataclass(frozen=True)
class Entry:
    kind: str
    amount: Decimal
    occurred_on: date
    recorded_at: datetime

    @property
    def booked_on(self) -> date:
        return max(self.occurred_on, self.recorded_at.date())


@dataclass(frozen=True)
class Bill:
    customer: int
    currency: str
    issued_on: date
    due_on: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Letter:
    """`step`: which of the reminders after the due date. It names bills by their place; `way`: a step may go by two."""

    customer: int
    step: int
    sent_at: datetime
    names: tuple[int, ...]
    way: str = "email"


@dataclass
class Portfolio:
    bills: list[Bill]
    letters: list[Letter] = field(default_factory=list)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _entry(kind: str, number: int, late: int, amount: int) -> Entry:
    recorded = datetime.combine(day(number + late), time(12), UTC)
    return Entry(kind, Decimal(amount * SIGNS.get(kind, 1)), day(number), recorded)


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    issued, amount = draw(st.integers(0, 80)), draw(st.integers(1, 4)) * 10
    entries = [_entry("invoiced", issued, draw(st.sampled_from([0, 0, 20])), amount)]
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["paid", "paid", "paid", "credited", "written_off", "refunded"]))
        number, late = issued + draw(st.integers(0, 60)), draw(st.sampled_from([0, 0, 1, 5]))
        entries.append(_entry(kind, number, late, draw(st.sampled_from([5, 10, amount]))))
    return Bill(
        draw(st.integers(0, 2)),
        draw(st.sampled_from(["EUR", "USD"])),
        day(issued),
        day(issued + draw(st.integers(0, 30))),
        tuple(entries),
    )


@st.composite
def portfolios(draw: st.DrawFn) -> Portfolio:
    made = Portfolio(draw(st.lists(bills(), min_size=1, max_size=8)))
    moments = draw(st.lists(st.integers(0, SPAN), unique=True, max_size=8))
    for moment in moments:
        customer, step = draw(st.integers(0, 2)), draw(st.integers(0, 3))
        own = [place for place, bill in enumerate(made.bills) if bill.customer == customer]
        before = sum((letter.customer, letter.step) == (customer, step) for letter in made.letters)
        if own and before < len(WAYS):
            names = draw(st.lists(st.sampled_from(own), unique=True, min_size=1))
            sent_at = datetime.combine(day(moment), time(9), UTC)
            made.letters.append(Letter(customer, step, sent_at, tuple(names), WAYS[before]))
    return made


def store(portfolio: Portfolio) -> list[Invoice]:
    """Into the tables as they are; the invoices in the order of the bills."""
    people = [
        Customer.objects.create(
            number=f"C{n}", name=f"Customer {n}", segment="ab"[n % 2], created_at=LONG_AGO, updated_at=LONG_AGO
        )
        for n in range(3)
    ]
    found = []
    for number, bill in enumerate(portfolio.bills):
        sums = sum((entry.amount for entry in bill.entries), Decimal(0))
        invoice = Invoice.objects.create(
            customer=people[bill.customer], number=f"I{number}", issued_on=bill.issued_on, due_on=bill.due_on,
            currency=bill.currency, amount=bill.entries[0].amount, balance=sums, created_at=LONG_AGO,
            updated_at=LONG_AGO,
        )  # fmt: skip
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                invoice=invoice, kind=one.kind, amount=one.amount, occurred_on=one.occurred_on,
                recorded_at=one.recorded_at, source="import",
            )
            for one in bill.entries
        )  # fmt: skip
        found.append(invoice)
    _send(portfolio, people, found)
    return found


def _send(portfolio: Portfolio, people: list[Customer], invoices: list[Invoice]) -> None:
    version = standard_campaign(now=NOW)
    steps = list(Step.objects.filter(version=version, offset_days__gt=0).order_by("position"))
    contacts = [Contact.objects.create(customer=one, email=f"{one.number}@example.com") for one in people]
    cases = [
        Case.objects.create(customer=one, version=version, opened_at=LONG_AGO, next_action_at=NOW) for one in people
    ]
    for letter in portfolio.letters:
        named = [invoices[place] for place in letter.names]
        Notice.objects.create(
            case=cases[letter.customer], step=steps[letter.step], customer=people[letter.customer],
            contact=contacts[letter.customer], channel=letter.way, state="sent", queued_at=letter.sent_at,
            due_at=letter.sent_at, finished_at=letter.sent_at, language="en",
            lines=[{"invoice_id": str(one.pk), "currency": one.currency, "balance": "10"} for one in named],
        )  # fmt: skip
