"""The weekly mail: once for each manager and week, whatever happens."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from pytest_django import Settings

from customers.models import Hold
from dunning.models import WeeklyMail
from dunning.operations import weekly_mails
from dunning.operations.weekly_mails import send, write_down
from tests.people import NOW, owes, paid, person
from tests.provider import Provider

DAY = timedelta(days=1)
MONDAY = datetime(2026, 4, 6, 6, 0, tzinfo=UTC)


@pytest.fixture
def managers(db: None) -> list[User]:
    """Two managers with an address, one without, and a collector; an invoice that was paid late."""
    ada = person("Ada Lindgren")
    paid(owes(ada, "120.00", due="2026-03-10"), NOW.replace(day=20))
    owes(ada, "80.00", due="2026-03-10")
    found = [User.objects.create(username=name, email=f"{name}@example.com") for name in ("maria", "noor", "karl")]
    silent = User.objects.create(username="silent")
    for user in (*found[:2], silent):
        user.groups.add(Group.objects.get(name="manager"))
    found[2].groups.add(Group.objects.get(name="collector"))
    return found[:2]


def test_each_manager_with_an_address_gets_it_once_a_week(managers: list[User], provider: Provider) -> None:
    assert write_down(now=MONDAY - timedelta(hours=2)) == 0
    for hours in (0, 0, 1, 30):
        write_down(now=MONDAY + timedelta(hours=hours))
        send(now=MONDAY + timedelta(hours=hours))
    assert [entry["to"] for entry in provider.accepted()] == ["maria@example.com", "noor@example.com"]
    first = provider.accepted()[0]
    assert first["subject"] == "Example Company: the week to 5 April 2026"
    assert "EUR, 2026-03: 50.0\N{NO-BREAK SPACE}% of 2; 50.0\N{NO-BREAK SPACE}% in progress (50 %)" in first["text"]
    assert "The one thing to look at: Nothing stands out this week." in first["text"]
    assert "<img" not in WeeklyMail.objects.earliest("pk").html
    write_down(now=MONDAY + timedelta(days=7))
    assert send(now=MONDAY + timedelta(days=7)) == {"sent": 2}


def test_a_mail_of_unknown_fate_is_never_sent_again_by_itself(
    managers: list[User], provider: Provider, settings: Settings
) -> None:
    losing = settings.DUNNING_CHANNELS["email"] | {"class": "tests.provider.ProviderLosingAnswers"}
    settings.DUNNING_CHANNELS = {"email": losing}
    write_down(now=MONDAY)
    assert send(now=MONDAY) == {"in_doubt": 2}
    assert send(now=MONDAY + timedelta(hours=1)) == {}


def test_what_a_dead_worker_was_sending_is_in_doubt(managers: list[User], provider: Provider) -> None:
    write_down(now=MONDAY)
    assert weekly_mails._call(MONDAY)  # and then it dies
    assert send(now=MONDAY + timedelta(minutes=4)) == {"sent": 1}
    assert sorted(WeeklyMail.objects.values_list("state", flat=True)) == ["in_doubt", "sent"]


def test_an_empty_desk_writes_no_mail(db: None, provider: Provider) -> None:
    user = User.objects.create(username="maria", email="maria@example.com")
    user.groups.add(Group.objects.get(name="manager"))
    assert write_down(now=MONDAY) == 0


def test_the_one_thing_to_look_at_is_of_this_week(managers: list[User], provider: Provider) -> None:
    for place in range(5):
        invoice = owes(person(f"Customer {place}", country="DE"), "100.00", due="2026-04-01")
        Hold.objects.create(
            customer=invoice.customer, invoice=invoice, kind="promise", reason="Friday", placed_at=MONDAY - 15 * DAY,
            until_on=MONDAY.date() - 6 * DAY,
        )  # fmt: skip
    for week in range(2):
        write_down(now=MONDAY + week * 7 * DAY)
    first, second = (WeeklyMail.objects.filter(week_on=MONDAY + week * 7 * DAY)[0].text for week in range(2))
    assert "0.0\N{NO-BREAK SPACE}% of promises were kept (Promises, DE, EUR)." in first
    assert "Nothing stands out this week." in second
