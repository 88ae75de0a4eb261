"""A month is rehearsed, then lived: what was foretold is what happens, event by event."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from customers.models import Customer, Hold
from customers.operations import holds
from dunning.models import Campaign, CaseEvent, Notice, StepRun
from dunning.operations import default_campaign
from dunning.operations.campaigns import publish, switch_on
from dunning.operations.tick import tick
from dunning.rehearsal.run import Question, rehearse
from dunning.rules.consequences import Charges
from dunning.rules.rehearsal import Event, Kind
from payments.gateways.sandbox import TEST_CARDS, SandboxGateway
from payments.models import ChargeAttempt, Claim, ClaimPolicy
from payments.operations import cards
from tests.people import owes, person, reachable
from tests.plans import agree
from tests.provider import Provider
from tests.turning import live, turn

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = datetime(2026, 2, 1, 10, 0, tzinfo=UTC)
START = datetime(2026, 2, 21, 10, 0, tzinfo=UTC)  # a Saturday
DAYS = 30
LAST_ON = START.date() + timedelta(days=DAYS - 1)
ZONES = ("Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland", "UTC")
Line = tuple[str, date, str, str]


def keeps(customer: Customer, token: str) -> None:
    cards.keep(customer, TEST_CARDS[token].card, gateway="sandbox", now=BEFORE, may_charge=True)


def portfolio() -> None:
    """Everybody who can be foretold: late, early, held, in a plan, without an address, by card, in four time zones."""
    for place, zone in enumerate(ZONES):
        late = reachable(f"Late {place}", time_zone=zone, country="DE")
        owes(late, "120.00", due="2026-01-31")
        owes(late, "30.00", "USD", due="2026-03-05")
        early = reachable(f"Early {place}", time_zone=zone, country="US")
        owes(early, "45.00", due=f"2026-03-{4 + place:02d}")
    mute = person("Mute Meyer", country="DE")
    owes(mute, "15.00", due="2026-02-10")
    held = reachable("Held Hansen", time_zone="Europe/Berlin")
    owes(held, "70.00", due="2026-02-01")
    holds.place(
        held, kind=Hold.Kind.PROMISE, reason="pays then", until_on=date(2026, 3, 2), now=BEFORE, by=None
    )  # fmt: skip
    disputed = reachable("Disputed Dahl", time_zone="Europe/Berlin")
    invoice = owes(disputed, "99.00", due="2026-02-18")
    owes(disputed, "11.00", due="2026-03-01")
    holds.place(
        disputed, kind=Hold.Kind.DISPUTE, reason="broken", until_on=date(2026, 3, 10), now=BEFORE, by=None,
        invoice=invoice,
    )  # fmt: skip
    silent = reachable("Silent Sand")
    owes(silent, "12.00", due="2026-02-20")
    holds.place(silent, kind=Hold.Kind.PAUSE, reason="asked", until_on=None, now=BEFORE, by=None)
    planned = reachable("Planned Pohl", time_zone="Europe/Berlin")
    agree(planned, now=BEFORE, parts=3, invoices=[owes(planned, "300.00", due="2026-01-20")], first_on=date(2026, 3, 3))
    bought = reachable("Business Brandt", time_zone="Pacific/Auckland", country="DE", kind="business")
    owes(bought, "200.00", due="2026-02-24")
    owes(bought, "9.00", due="2026-04-01")
    hard = reachable("Hard Hinrichs", country="FR", kind="business")
    owes(hard, "60.00", due="2026-02-22")
    holds.place(hard, kind=Hold.Kind.HARDSHIP, reason="fire", until_on=date(2026, 3, 9), now=BEFORE, by=None)
    for name, zone, on in (("Roth", "Europe/Berlin", 20), ("Rossi", "Pacific/Auckland", 12), ("Ruiz", "UTC", 25)):
        renewing = reachable(f"Renewing {name}", time_zone=zone)
        Customer.objects.filter(pk=renewing.pk).update(renews_on=date(2026, 3, on), renewal_of="Website care")
    owes(renewing, "20.00", due="2026-03-05")  # that goes first
    expiring = reachable("Card Carlsen", time_zone="America/Los_Angeles")
    keeps(expiring, "test_4242")
    expiring.payment_methods.update(expires_on=date(2026, 3, 31))
    poor = reachable("Poor Petersen", time_zone="Europe/Berlin", country="DE")
    keeps(poor, "test_9995")
    owes(poor, "80.00", due="2026-02-25")


@pytest.fixture
def world(provider: Provider, gateway: SandboxGateway) -> Iterator[None]:  # noqa: ARG001 - letters and charges end here
    default_campaign.ensure(now=BEFORE)
    for name in ("Coming renewals", "Expiring cards"):
        campaign = Campaign.objects.get(name=name)
        publish(campaign.versions.get(), now=BEFORE)
        switch_on(campaign, now=BEFORE)
    ClaimPolicy.objects.create(is_on=True, source="Maria, manager", valid_from="2026-01-01")
    portfolio()
    turn(BEFORE, START, every=timedelta(hours=12))
    yield


def foretold(charges: Charges = Charges.FAIL) -> list[Line]:
    """Letters, charges, skips and fees, as (customer, day, what, step); of a fee its amount, "" while it runs."""
    kinds = (Kind.LETTER, Kind.CHARGE, Kind.SKIPPED, Kind.OPENED, Kind.CLOSED, Kind.FEE)
    names = dict(Customer.objects.values_list("pk", "name"))
    told = rehearse(Question(START.date(), LAST_ON, charges=charges), now=START)
    return sorted(
        (names[person.customer_id], event.on, event.kind.value, _step_or_sum(event))
        for batch in told
        for person in batch.rehearsed
        for event in person.events
        if event.kind in kinds
    )


def _step_or_sum(event: Event) -> str:
    if event.kind == Kind.FEE:
        return "".join(f"{amount:.2f}" for _, amount in event.amounts)
    return str(event.step.offset_days) if event.step else ""


def lived() -> list[Line]:
    lines: list[Line] = []
    for notice in Notice.objects.filter(state="sent", finished_at__gte=START).select_related("customer", "step"):
        lines.append(_line(notice.customer, notice.finished_at, "letter", str(notice.step.offset_days)))
    for attempt in ChargeAttempt.objects.filter(started_at__gte=START).select_related("customer"):
        lines.append(_line(attempt.customer, attempt.started_at, "charge", _charge_step(attempt)))
    for run in StepRun.objects.filter(decided_at__gte=START, outcome="skipped").select_related(
        "case__customer", "step"
    ):
        lines.append(_line(run.case.customer, run.decided_at, "skipped", str(run.step.offset_days)))
    for event in CaseEvent.objects.filter(happened_at__gte=START, kind__in=["opened", "closed"]):
        lines.append(_line(event.case.customer, event.happened_at, event.kind, ""))
    lines += _claimed()
    return sorted(line for line in lines if line[1] <= LAST_ON)


def _claimed() -> Iterator[Line]:
    for claim in Claim.objects.select_related("invoice__customer"):
        is_interest = claim.kind == "interest"
        if claim.raised_at >= START:
            yield _line(claim.invoice.customer, claim.raised_at, "fee", "" if is_interest else f"{claim.amount:.2f}")
        if claim.until_on:
            yield claim.invoice.customer.name, claim.until_on, "fee", f"{claim.amount:.2f}"


def _charge_step(attempt: ChargeAttempt) -> str:
    """The day of the charge step that began with it; a retry has none."""
    runs = StepRun.objects.filter(case__customer=attempt.customer, step__kind="charge", decided_at=attempt.started_at)
    return "".join(str(run.step.offset_days) for run in runs)


def _line(customer: Customer, at: datetime | None, what: str, step: str) -> Line:
    from zoneinfo import ZoneInfo

    assert at is not None
    return customer.name, at.astimezone(ZoneInfo(customer.time_zone)).date(), what, step


def test_what_is_foretold_for_a_month_is_what_then_happens(world: None) -> None:
    told = foretold()
    live(DAYS + 1, START, timedelta(hours=3))
    assert told == lived()
    assert {line[2] for line in told} == {"letter", "charge", "skipped", "opened", "closed", "fee"}
    ahead = [line for line in told if line[0] in ("Renewing Roth", "Card Carlsen") and line[2] == "letter"]
    assert [line[3] for line in ahead] == ["-30", "-14"]
    assert [line[1:] for line in told if line[:3:2] == ("Hard Hinrichs", "fee")] == [
        (date(2026, 3, 10), "fee", ""),
        (date(2026, 3, 10), "fee", "40.00"),
    ]
    assert len(told) > 40


def test_with_cards_that_pay_it_closes_thanks_and_opens_again_as_foretold(world: None) -> None:
    rich = reachable("Rich Rasmussen", time_zone="Europe/Berlin", country="DE", kind="business")
    owes(rich, "7500.00", due="2026-02-17")
    owes(rich, "25.00", due="2026-03-12")
    tick(now=START - timedelta(hours=1))
    keeps(rich, "test_4242")
    told = [line for line in foretold(Charges.SUCCEED) if line[0] == rich.name]
    live(DAYS + 1, START, timedelta(hours=6))
    assert told == [line for line in lived() if line[0] == rich.name]
    assert [line[3] for line in told if line[2] == "fee"] == ["6.33"]  # interest; its lump sum was raised before
    assert [line[2] for line in told].count("charge") == [line[2] for line in told].count("closed") == 2
