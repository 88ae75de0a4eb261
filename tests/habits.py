"""How customers paid: invoices, tries, promises and cases of the past."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from customers.models import Customer, Hold, Invoice, LedgerEntry
from customers.operations.ledger import Posting, post
from dunning.models import CampaignVersion, Case, Notice, Profile
from dunning.operations import profiles
from payments.models import ChargeAttempt, Payment
from tests.people import NOW, owes

TODAY = NOW.date()
DAY = timedelta(days=1)
numbers = count(1)


def settle(invoice: Invoice, on: date, *, at: datetime | None = None, kind: str = LedgerEntry.Kind.PAID) -> None:
    post([Posting(invoice.pk, LedgerEntry.Kind(kind), -invoice.amount, on, "desk")], now=at or noon(on))


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def settled(customer: Customer, *, due: date, days_late: int) -> Invoice:
    invoice = owes(customer, "10.00", due=str(due), number=f"N-{next(numbers)}")
    settle(invoice, due + timedelta(days=days_late))
    return invoice


def tried(customer: Customer, at: datetime, *, attended: bool = True, paid: bool = False) -> ChargeAttempt:
    payment = None
    if paid:
        payment = Payment.objects.create(
            customer=customer,
            amount=1,
            currency="EUR",
            unapplied=0,
            received_on=at.date(),
            recorded_at=at,
            source="desk",
        )
    return ChargeAttempt.objects.create(
        customer=customer, gateway="sandbox", amount=1, currency="EUR", idempotency_key=f"k-{next(numbers)}",
        state="succeeded" if paid else "declined", is_attended=attended, payment=payment, started_at=at, look_at=at,
    )  # fmt: skip


def promised(customer: Customer, until: date, invoice: Invoice | None = None, *, placed: date | None = None) -> Hold:
    return Hold.objects.create(
        customer=customer, invoice=invoice, kind=Hold.Kind.PROMISE, reason="Said so", until_on=until,
        placed_at=noon(placed or until - 5 * DAY),
    )  # fmt: skip


def ended_case(customer: Customer, version: CampaignVersion, closed_at: datetime, *sent: datetime) -> Case:
    case = Case.objects.create(
        customer=customer, version=version, state="closed", opened_at=closed_at - 60 * DAY, closed_at=closed_at,
        ending="settled",
    )  # fmt: skip
    for step, at in zip(version.steps.filter(kind="reminder").order_by("position"), sent, strict=False):
        Notice.objects.create(
            case=case, step=step, customer=customer, contact=customer.contacts.get(), channel="email", state="sent",
            queued_at=at, due_at=at, finished_at=at,
        )  # fmt: skip
    return case


def profile_of(customer: Customer, now: datetime = NOW) -> Profile:
    profiles.mark_everybody()
    profiles.refresh(now=now)
    return Profile.objects.get(customer=customer)
