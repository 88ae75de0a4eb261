"""A slow count by hand of how a customer pays comes to the same as the product's."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from customers.models import Customer, Hold, LedgerEntry
from customers.operations.ledger import Posting, post
from customers.rules.days import zone
from dunning.models import CampaignVersion, Case, EngineState, Notice
from dunning.queries.behaviour import behaviour_in
from dunning.rules.figures.promises import TOLERANCE
from dunning.rules.profile import LOOKED_AT, Occasions, behaviour_of
from dunning.snapshot.occasions import occasions_of
from payments.models import ChargeAttempt, InstalmentPlan
from tests.campaigns import standard_campaign
from tests.habits import TODAY, ended_case, noon, numbers, profile_of, promised, tried
from tests.people import NOW, owes, reachable

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(6))
def test_profile_is_what_a_slow_count_by_hand_comes_to(seed: int) -> None:
    chance = random.Random(seed)
    version = standard_campaign(now=NOW)
    EngineState.objects.create(pk=1)
    ada = reachable("Ada Lindgren", time_zone="Europe/Berlin")
    people = [ada, reachable("Grace Okafor", time_zone="America/Los_Angeles"), reachable("Marie Delacroix")]
    for customer in people:
        _live(customer, version, chance)
    quick = occasions_of([customer.pk for customer in people], now=NOW)
    for customer in people:
        slow = _by_hand(customer, NOW)
        assert quick[customer.pk] == slow
        assert behaviour_in(profile_of(customer)) == behaviour_of(slow)


def _live(customer: Customer, version: CampaignVersion, chance: random.Random) -> None:
    """A year of anything: invoices paid in parts, credited or not, charges, promises, plans and cases."""

    def day() -> date:
        return TODAY - timedelta(days=chance.randrange(365))

    def moment() -> datetime:
        return noon(day()) + timedelta(minutes=chance.randrange(-700, 700))

    for _ in range(chance.randrange(20)):
        invoice = owes(customer, "12.00", due=str(day()), number=f"N-{next(numbers)}")
        for _ in range(chance.randrange(4)):
            kind = chance.choice(["paid", "paid", "paid", "credited", "written_off"])
            part = chance.choice(["-4.00", "-6.00", "-12.00"])
            posting = Posting(invoice.pk, LedgerEntry.Kind(kind), Decimal(part), day(), "desk", f"r-{next(numbers)}")
            post([posting], now=moment())
    for _ in range(chance.randrange(25)):
        tried(customer, moment(), attended=chance.random() < 0.6, paid=chance.random() < 0.5)
    for _ in range(chance.randrange(16)):
        invoices = [*customer.invoices.all(), None]
        hold = promised(customer, day() + timedelta(days=5), chance.choice(invoices))
        if chance.random() < 0.3:
            Hold.objects.filter(pk=hold.pk).update(released_at=moment())
    for _ in range(chance.randrange(4)):
        state, ended = chance.choice(["kept", "broken", "ended"]), moment()
        InstalmentPlan.objects.create(
            customer=customer, currency="EUR", amount=1, interval="month", began_on=ended.date(), made_at=ended,
            state=state, ended_at=ended, ended_on=ended.date(), end_reason="so",
        )  # fmt: skip
    for _ in range(chance.randrange(15)):
        ended_case(customer, version, moment(), *sorted(moment() for _ in range(chance.randrange(5))))


def _by_hand(customer: Customer, now: datetime) -> Occasions:
    """The same, one row at a time and in plain words."""
    paid = LedgerEntry.objects.filter(invoice__customer=customer, kind="paid")
    charged = {
        attempt.payment.received_on
        for attempt in ChargeAttempt.objects.filter(customer=customer, is_attended=False)
        if attempt.payment
    }
    own = [entry for entry in paid if entry.occurred_on not in charged]
    attended = ChargeAttempt.objects.filter(customer=customer, is_attended=True).order_by("started_at")
    first_of_day: dict[date, datetime] = {}
    for attempt in attended:
        first_of_day.setdefault(attempt.started_at.astimezone(UTC).date(), attempt.started_at)
    there = zone(customer.time_zone)
    return Occasions(
        days_late=_days_late(customer),
        paid_on=sorted({entry.occurred_on for entry in own}, reverse=True)[:LOOKED_AT],
        at_screen=[at.astimezone(there) for at in sorted(first_of_day.values(), reverse=True)[:LOOKED_AT]],
        promises=_promises(customer, now),
        worked=_worked(customer, own),
    )


def _days_late(customer: Customer) -> list[int]:
    found = []
    for invoice in customer.invoices.filter(balance__lte=0):
        days = [entry.occurred_on for entry in invoice.entries.filter(kind="paid")]
        if days:
            found.append((invoice.due_on, invoice.pk, (max(days) - invoice.due_on).days))
    return [late for *_, late in sorted(found, reverse=True)][:LOOKED_AT]


def _promises(customer: Customer, now: datetime) -> list[bool]:
    found = []
    for hold in Hold.objects.filter(customer=customer, kind="promise"):
        if hold.until_on is None or hold.until_on > now.date() - TOLERANCE:
            continue
        promised, came = _promised_and_paid(hold)
        is_taken_back = hold.released_at and hold.released_at.astimezone(UTC).date() <= hold.until_on
        others = Hold.objects.filter(customer=customer, kind="promise", pk__gt=hold.pk)
        is_put_off = hold.released_at and others.filter(placed_at__lt=hold.released_at + timedelta(days=1)).exists()
        kept = came >= promised * Decimal("0.95")
        if max(promised, came) > 0 and (kept or is_put_off or not is_taken_back):
            found.append((hold.until_on, "hold", hold.pk, kept))
    for plan in InstalmentPlan.objects.filter(customer=customer, state__in=["kept", "broken"]):
        assert plan.ended_on
        found.append((plan.ended_on, "plan", plan.pk, plan.state == "kept"))
    newest = sorted(sorted(found, key=lambda one: (one[1], -one[2])), key=lambda one: one[0], reverse=True)
    return [kept for *_, kept in newest][:LOOKED_AT]


def _promised_and_paid(hold: Hold) -> tuple[Decimal, Decimal]:
    """What was open of what it is about, less credits in time; and the money in time."""
    assert hold.until_on
    promised = came = Decimal(0)
    about = [hold.invoice] if hold.invoice else hold.customer.invoices.filter(due_on__lte=hold.placed_at.date())
    for invoice in about:
        entries = list(invoice.entries.all())
        before = [e for e in entries if e.recorded_at <= hold.placed_at]
        before += [
            e for e in entries if e not in before and e.kind == "invoiced" and e.occurred_on <= hold.placed_at.date()
        ]
        since = [e for e in entries if e not in before and e.occurred_on <= hold.until_on + TOLERANCE]
        was_open = sum(e.amount for e in before)
        if was_open > 0:
            promised += was_open + sum(e.amount for e in since if e.kind == "credited")
            came -= sum(e.amount for e in since if e.kind == "paid")
    return promised, came


def _worked(customer: Customer, own: list[LedgerEntry]) -> list[tuple[int, str]]:
    found = []
    for case in Case.objects.filter(customer=customer, state="closed").order_by("-closed_at", "-pk"):
        for notice in Notice.objects.filter(case=case, state="sent").order_by("-finished_at", "-pk"):
            assert notice.finished_at and case.closed_at
            if any(notice.finished_at <= entry.recorded_at <= case.closed_at for entry in own):
                found.append((notice.step_id, notice.channel))
                break
    return found[:LOOKED_AT]
