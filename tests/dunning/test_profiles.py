"""Profiles in the database: what is counted, who is recounted, and that a slow count by hand comes to the same."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Hold, Invoice, LedgerEntry
from customers.operations.ledger import Posting, post
from dunning.behaviour import behaviour_in
from dunning.models import CampaignVersion, Case, EngineState, Notice, Profile
from dunning.occasions import PROMISE_SETTLES_WITHIN, occasions_of
from dunning.operations import profiles
from dunning.rules.facts import zone
from dunning.rules.profile import LOOKED_AT, Occasions, behaviour_of
from payments.models import ChargeAttempt, InstalmentPlan, Payment
from tests.campaigns import standard_campaign
from tests.people import LONG_AGO, NOW, owes, reachable

pytestmark = pytest.mark.django_db

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


@pytest.fixture
def ada() -> Customer:
    EngineState.objects.create(pk=1)
    return reachable("Ada Lindgren", time_zone="Europe/Berlin")


def test_lateness_comes_from_settled_invoices_only(ada: Customer) -> None:
    for late in (0, 6, 7):
        settled(ada, due=TODAY - 60 * DAY, days_late=late)
    owes(ada, "99.00", due=str(TODAY - 50 * DAY), number="open")
    settle(owes(ada, "5.00", due=str(TODAY - 90 * DAY), number="credited"), TODAY, kind=LedgerEntry.Kind.CREDITED)
    profile = profile_of(ada)
    assert (profile.settled, profile.late, profile.usual_days_late, profile.pays) == (3, 2, 6, "late")


def test_own_money_makes_the_weekday_and_the_cards_charges_do_not(ada: Customer) -> None:
    thursday = date(2026, 2, 26)
    for weeks in range(3):
        settled(ada, due=thursday - timedelta(days=7 * weeks), days_late=0)
        tuesday = thursday - timedelta(days=7 * weeks + 2)
        settled(ada, due=tuesday, days_late=0)
        tried(ada, noon(tuesday), attended=False, paid=True)
    profile = profile_of(ada)
    assert (profile.weekday, profile.weekday_times, profile.weekday_of) == (4, 3, 3)


def test_hour_is_on_the_customers_clock(ada: Customer) -> None:
    for day in range(3):
        tried(ada, datetime(2026, 2, 2 + day, 8, 30, tzinfo=UTC))
        tried(ada, datetime(2026, 2, 2 + day, 20, 0, tzinfo=UTC))  # the same day again
        tried(ada, datetime(2026, 1, 2 + day, 3, 0, tzinfo=UTC), attended=False)
    profile = profile_of(ada)
    assert (profile.hour, profile.hour_times, profile.hour_of) == (9, 3, 3)


def test_promise_is_kept_by_money_until_its_last_day(ada: Customer) -> None:
    on_time, late = (owes(ada, "10.00", due="2026-01-10", number=name) for name in ("on-time", "late"))
    settle(on_time, date(2026, 2, 10))
    settle(late, date(2026, 2, 11))
    promised(ada, date(2026, 2, 10), on_time)
    promised(ada, date(2026, 2, 10), late)
    profile = profile_of(ada)
    assert (profile.promises_made, profile.promises_kept) == (2, 1)


def test_promise_for_everything_needs_everything_that_was_due(ada: Customer) -> None:
    settle(owes(ada, "10.00", due="2026-01-10", number="paid"), date(2026, 2, 10))
    promised(ada, date(2026, 2, 10))
    assert profile_of(ada).promises_kept == 1
    owes(ada, "10.00", due="2026-01-12", number="unpaid")
    assert (profile_of(ada).promises_made, profile_of(ada).promises_kept) == (1, 0)


def test_promise_is_not_judged_before_its_day_nor_when_the_desk_took_it_back(ada: Customer) -> None:
    invoice = owes(ada, "10.00", due="2026-01-10")
    promised(ada, TODAY, invoice)
    taken_back = promised(ada, TODAY - 9 * DAY, invoice)
    Hold.objects.filter(pk=taken_back.pk).update(released_at=noon(TODAY - 10 * DAY))
    assert profile_of(ada).promises_made == 0
    assert profile_of(ada, NOW + PROMISE_SETTLES_WITHIN).promises_made == 1


def test_what_worked_is_the_last_letter_before_their_own_money(ada: Customer) -> None:
    version = standard_campaign(now=NOW)
    invoice = owes(ada, "10.00", due="2026-01-10")
    settle(invoice, TODAY, at=NOW)
    ended_case(ada, version, NOW + DAY / 24, NOW - 9 * DAY, NOW - 2 * DAY, NOW + DAY / 48)
    profile = profile_of(ada)
    assert profile.worked_step is not None
    assert str(profile.worked_step) == "friendly reminder (day +1)"
    assert (profile.channel_times, profile.channel_of) == (1, 1)


def test_card_that_was_charged_says_nothing_about_letters(ada: Customer) -> None:
    version = standard_campaign(now=NOW)
    settle(owes(ada, "10.00", due="2026-01-10"), TODAY, at=NOW)
    tried(ada, NOW, attended=False, paid=True)
    ended_case(ada, version, NOW, NOW - 9 * DAY)
    assert profile_of(ada).worked_step is None


def test_night_recounts_only_who_has_new_facts(ada: Customer) -> None:
    grace = reachable("Grace Okafor")
    profiles.refresh(now=NOW)
    assert Profile.objects.filter(computed_at=NOW).count() == 2
    later = NOW + 3 * DAY
    settle(owes(ada, "10.00", due="2026-03-01"), later.date(), at=later)
    assert profiles.refresh(now=later + DAY) == 1
    assert Profile.objects.get(customer=ada).settled == 1
    assert Profile.objects.get(customer=grace).computed_at == NOW
    assert profiles.refresh(now=later + DAY + timedelta(minutes=1)) == 0


def test_promise_is_judged_when_time_alone_has_passed(ada: Customer) -> None:
    promised(ada, TODAY + 4 * DAY, owes(ada, "10.00", due="2026-01-10"), placed=TODAY)
    made = []
    for days in range(12):
        profiles.refresh(now=NOW + days * DAY)
        made.append(Profile.objects.get().promises_made)
    assert made == [0] * 7 + [1] * 5


def test_marks_wait_for_the_night(ada: Customer) -> None:
    profiles.refresh(now=NOW)
    settle(owes(ada, "10.00", due="2026-03-01"), TODAY, at=NOW)
    assert profiles.refresh(now=NOW + timedelta(hours=15)) == 0
    assert profiles.refresh(now=NOW + timedelta(hours=17)) == 1


def test_recount_keeps_the_switch(ada: Customer) -> None:
    profiles.use(ada, is_used=False, now=NOW)
    assert not profile_of(ada).is_used


def test_command_recounts_everybody(ada: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    reachable("Grace Okafor")
    call_command("compute_profiles")
    assert capsys.readouterr().out == "2 profiles recounted.\n"
    assert not Profile.objects.filter(is_stale=True).exists()


def test_batch_takes_as_many_queries_for_three_customers_as_for_one(ada: Customer) -> None:
    def queries() -> int:
        profiles.mark_everybody()
        with CaptureQueriesContext(connection) as made:
            profiles.refresh(now=NOW)
        return len(made)

    queries()
    with_one = queries()
    for name in ("Grace Okafor", "Marie Delacroix"):
        settled(reachable(name), due=TODAY - 20 * DAY, days_late=4)
    assert queries() == with_one


@pytest.mark.parametrize("seed", range(6))
def test_profile_is_what_a_slow_count_by_hand_comes_to(ada: Customer, seed: int) -> None:
    chance = random.Random(seed)
    version = standard_campaign(now=NOW)
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
        if hold.until_on is None or hold.until_on > now.date() - PROMISE_SETTLES_WITHIN:
            continue
        about = [hold.invoice] if hold.invoice else list(customer.invoices.filter(due_on__lte=hold.placed_at.date()))
        kept = all(_open_on(invoice, hold.until_on) <= 0 for invoice in about)
        taken_back = hold.released_at and hold.released_at.astimezone(UTC).date() <= hold.until_on
        if about and (kept or not taken_back):
            found.append((hold.until_on, "hold", hold.pk, kept))
    for plan in InstalmentPlan.objects.filter(customer=customer, state__in=["kept", "broken"]):
        assert plan.ended_on
        found.append((plan.ended_on, "plan", plan.pk, plan.state == "kept"))
    newest = sorted(sorted(found, key=lambda one: (one[1], -one[2])), key=lambda one: one[0], reverse=True)
    return [kept for *_, kept in newest][:LOOKED_AT]


def _open_on(invoice: Invoice, day: date) -> Decimal:
    return sum((e.amount for e in invoice.entries.all() if e.kind == "invoiced" or e.occurred_on <= day), Decimal(0))


def _worked(customer: Customer, own: list[LedgerEntry]) -> list[tuple[int, str]]:
    found = []
    for case in Case.objects.filter(customer=customer, state="closed").order_by("-closed_at", "-pk"):
        for notice in Notice.objects.filter(case=case, state="sent").order_by("-finished_at", "-pk"):
            assert notice.finished_at and case.closed_at
            if any(notice.finished_at <= entry.recorded_at <= case.closed_at for entry in own):
                found.append((notice.step_id, notice.channel))
                break
    return found[:LOOKED_AT]


def test_facts_of_long_ago_are_counted_at_the_first_night(ada: Customer) -> None:
    Invoice.objects.filter(pk=settled(ada, due=TODAY - 400 * DAY, days_late=9).pk).update(updated_at=LONG_AGO)
    profiles.refresh(now=NOW)
    assert Profile.objects.get().late == 1
