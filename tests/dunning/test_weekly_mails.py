"""The weekly mail: once for each manager and week, whatever happens."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from pytest_django import Settings

from customers.models import Hold
from dunning.models import WeeklyMail
from dunning.operations import outbox
from dunning.operations.weekly_mails import send, write_down
from tests.faults.racing import by_many
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
    assert sorted(entry["to"] for entry in provider.accepted()) == ["maria@example.com", "noor@example.com"]
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
    assert outbox._call(WeeklyMail, MONDAY)  # and then it dies
    assert send(now=MONDAY + timedelta(minutes=4)) == {"sent": 1}
    assert sorted(WeeklyMail.objects.values_list("state", flat=True)) == ["in_doubt", "sent"]


def test_a_mailbox_that_takes_nothing_for_now_blocks_no_other_and_is_not_asked_every_minute(
    managers: list[User], provider: Provider, settings: Settings
) -> None:
    busy = {"class": "tests.provider.ProviderBusy", "options": {"journal": str(provider.journal)}}
    busy["options"]["addresses"] = ("maria@example.com",)  # type: ignore[index]
    working, settings.DUNNING_CHANNELS = settings.DUNNING_CHANNELS, {"email": busy}
    write_down(now=MONDAY)
    assert send(now=MONDAY) == {"put_back": 1, "sent": 1}
    assert send(now=MONDAY + timedelta(minutes=1)) == {}
    assert send(now=MONDAY + timedelta(minutes=6)) == {"put_back": 1}
    settings.DUNNING_CHANNELS = working
    assert send(now=MONDAY + timedelta(minutes=30)) == {"sent": 1}
    assert sorted(entry["to"] for entry in provider.accepted()) == ["maria@example.com", "noor@example.com"]


def test_mails_of_a_week_that_is_over_or_to_who_is_no_manager_any_more_are_withdrawn(
    managers: list[User], provider: Provider
) -> None:
    write_down(now=MONDAY)
    managers[0].groups.clear()
    WeeklyMail.objects.filter(person=managers[1]).update(week_on=MONDAY.date() - timedelta(days=7))
    assert send(now=MONDAY) == {"withdrawn": 2}


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_mail_once(managers: list[User], provider: Provider) -> None:
    write_down(now=MONDAY)
    by_many(lambda _: send(now=MONDAY), 3)
    assert sorted(entry["to"] for entry in provider.accepted()) == ["maria@example.com", "noor@example.com"]


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
