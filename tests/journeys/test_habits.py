"""Stories of customers whose habits the desk comes to know, told with a moving clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customers.models import Customer
from dunning.models import Case, Notice, Profile, StepRun
from dunning.operations import profiles
from dunning.operations.tick import tick
from payments.gateways.sandbox import SandboxGateway
from tests.campaigns import standard_campaign
from tests.charging import pay
from tests.people import owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = date(2026, 2, 2)
DAY = timedelta(days=1)


@pytest.fixture
def ada(provider: Provider, gateway: SandboxGateway) -> Customer:
    """Paid three invoices on her page, each on the Thursday after its due date at 14:20 in Berlin."""
    standard_campaign(now=at(MONDAY, 6))
    ada = reachable(time_zone="Europe/Berlin")
    for weeks in range(3):
        due = MONDAY + timedelta(weeks=weeks)
        owes(ada, "50.00", due=str(due))
        hourly(at(due, 6), days=3)
        pay(ada, "50.00", at(due + 3 * DAY, 13, 20))
        tick(now=at(due + 3 * DAY, 13, 30))
    return ada


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def hourly(start: datetime, *, days: int) -> None:
    """Turn the engine in the hours in which something may happen."""
    for day in range(days):
        for hour in (2, 3, 7):
            tick(now=start + day * DAY + timedelta(hours=hour))


def letters_since(customer: Customer, moment: datetime) -> list[tuple[str, str]]:
    sent = Notice.objects.filter(customer=customer, state="sent", finished_at__gte=moment).order_by("finished_at")
    return [(f"{notice.finished_at:%a %H:%M}", notice.subject) for notice in sent]


def test_letter_comes_when_the_customer_usually_pays(ada: Customer) -> None:
    due = MONDAY + timedelta(weeks=3)
    owes(ada, "70.00", due=str(due))
    hourly(at(due, 6), days=4)
    assert letters_since(ada, at(due, 0)) == [("Thu 13:00", "Day 1")]  # 14:00 in Berlin
    run = StepRun.objects.get(case__state="open", outcome="done")
    assert run.reason.endswith("it waits for that moment because they usually pay on Thursday afternoons")


def test_case_page_announces_the_moment_and_why(ada: Customer) -> None:
    due = MONDAY + timedelta(weeks=3)
    owes(ada, "70.00", due=str(due))
    hourly(at(due, 6), days=1)
    case = Case.objects.get(state="open")
    assert case.next_action_at == at(due + 3 * DAY, 13)
    assert "they usually pay on Thursday afternoons" in case.next_reason


def test_switch_on_the_customer_turns_it_off_at_once(ada: Customer) -> None:
    due = MONDAY + timedelta(weeks=3)
    owes(ada, "70.00", due=str(due))
    hourly(at(due, 6), days=1)
    profiles.use(ada, is_used=False, now=at(due + DAY, 9))
    tick(now=at(due + DAY, 9))
    assert letters_since(ada, at(due, 0)) == [("Tue 09:00", "Day 1")]


def test_campaign_that_does_not_go_by_habits_keeps_its_days(ada: Customer) -> None:
    due = MONDAY + timedelta(weeks=3)
    Case.objects.all().update(version=standard_campaign(now=at(due, 0), name="Strict", priority=1, uses_profile=False))
    owes(ada, "70.00", due=str(due))
    hourly(at(due, 6), days=4)
    assert letters_since(ada, at(due, 0)) == [("Tue 08:00", "Day 1")]


def test_first_time_late_payer_gets_the_firm_letter_a_week_later(provider: Provider, gateway: SandboxGateway) -> None:
    standard_campaign(now=at(MONDAY, 6))
    grace = reachable("Grace Okafor")
    owes(grace, "50.00", due=str(MONDAY))
    pay(grace, "50.00", at(MONDAY, 10))
    due = MONDAY + 5 * DAY
    owes(grace, "70.00", due=str(due))
    hourly(at(due - 4 * DAY, 6), days=45)
    assert Profile.objects.get().pays == "on_time"
    sent = Notice.objects.filter(customer=grace, state="sent", step__kind="reminder").order_by("finished_at")
    days = [(notice.finished_at.date() - due).days for notice in sent if notice.finished_at]
    assert days == [-3, 1, 7, 14 + 7, 30 + 7]
    firm = StepRun.objects.get(step__offset_days=14)
    assert "they are late for the first time" in firm.reason
