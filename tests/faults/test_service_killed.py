"""kill -9 at every gap of a delivery to the service, and several workers at once: one id, heard, and nothing lost."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import Settings

from customers.models import Customer
from dunning.models import OutgoingEvent
from dunning.operations.advance import advance_due
from dunning.operations.service import deliver_events
from dunning.operations.tick import tick
from dunning.rules.words import Tone
from payments.models import Payment
from payments.operations import payments
from tests.campaigns import standard_campaign
from tests.faults.racing import by_many
from tests.people import NOW, owes, reachable
from tests.provider import Provider
from tests.service import SECRET, Service, listening

pytestmark = pytest.mark.django_db(transaction=True)
DAY_FIVE = NOW + timedelta(days=4)
POINTS = ["service.after_claim", "service.before_call", "service.after_call", "service.after_record"]


@pytest.fixture
def hears(settings: Settings) -> Iterator[Service]:
    with listening() as found:
        settings.SERVICE_WEBHOOK_URL, settings.SERVICE_WEBHOOK_SECRET = found.url, SECRET
        yield found


def restricted(name: str) -> Customer:
    """Somebody whose service is to be restricted, and nobody has told the service yet."""
    customer = reachable(name)
    owes(customer, "10.00", due="2026-03-01")
    tick(now=NOW)
    advance_due(now=DAY_FIVE)
    return customer


def killed_at(crashpoint: str, hears: Service) -> int:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "CRASHPOINT": crashpoint}
    arguments = [connection.settings_dict["NAME"], hears.url, SECRET]
    command = [sys.executable, "-m", "tests.faults.service_child", *arguments]
    return subprocess.run(command, env=environment, timeout=60, check=False).returncode


@pytest.mark.parametrize("paid_meanwhile", [False, True])
@pytest.mark.parametrize("crashpoint", POINTS)
def test_killed_deliverer_is_heard_under_one_id_and_leaves_the_right_state(
    provider: Provider, hears: Service, crashpoint: str, paid_meanwhile: bool
) -> None:
    standard_campaign(now=NOW, steps=[(1, Tone.FRIENDLY)], actions={"restrict": 5})
    ada = restricted("Ada Lindgren")
    assert killed_at(crashpoint, hears) == -signal.SIGKILL
    if paid_meanwhile:
        payments.record(
            ada, amount=Decimal(10), currency="EUR", received_on=DAY_FIVE.date(), source=Payment.Source.DESK,
            now=DAY_FIVE,
        )  # fmt: skip
    for minutes in range(0, 12, 2):
        tick(now=DAY_FIVE + timedelta(minutes=minutes))
    assert hears.restricted() == (set() if paid_meanwhile else {ada.number})
    assert not OutgoingEvent.objects.filter(state="queued").exists()
    restricts = {event["id"] for event in hears.heard if event["kind"] == "service.restrict"}
    assert len(restricts) <= 1
    may_have_heard = crashpoint in POINTS[1:]
    assert ("service.restore" in hears.kinds()) == (paid_meanwhile and may_have_heard)


def test_many_workers_deliver_each_event_once(provider: Provider, hears: Service) -> None:
    standard_campaign(now=NOW, steps=[(1, Tone.FRIENDLY)], actions={"restrict": 5})
    numbers = {restricted(f"Person {number}").number for number in range(6)}
    by_many(lambda _: deliver_events(now=DAY_FIVE), 5)
    assert sorted(event["customer"] for event in hears.heard) == sorted(numbers)
