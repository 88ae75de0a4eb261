"""kill -9 at every gap between a commit and a call of the charge path: our books and the gateway's must agree after."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from customers.models import Customer
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt, GatewayEvent, Payment, PaymentMethod
from payments.operations.charges import charge, confirm
from payments.operations.inbox import apply_events
from payments.operations.reconcile import reconcile
from payments.queries.charges import LIVE
from tests.people import owes, person

State = ChargeAttempt.State
OWED = Decimal(100)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren")
    owes(ada, "100.00")
    return ada


def in_child(deed: str, customer: Customer, card: str, gateway: SandboxGateway, crashpoint: str) -> int:
    """The exit status of a process that charges 70 of 100 EUR, or confirms that, and dies at the crash point."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "CRASHPOINT": crashpoint}
    arguments = [connection.settings_dict["NAME"], str(gateway.journal), deed, str(customer.pk), card]
    command = [sys.executable, "-m", "tests.faults.charging_child", *arguments]
    return subprocess.run(command, env=environment, timeout=60, check=False).returncode


def assert_books_agree(customer: Customer, gateway: SandboxGateway) -> None:
    captured = sum(line.captured for line in gateway.lines())
    recorded = Payment.objects.aggregate(sum=Sum("amount"))["sum"] or 0
    assert captured == recorded == OWED - customer.invoices.get().balance
    assert captured <= OWED
    paid_for = [a.gateway_reference for a in ChargeAttempt.objects.filter(state=State.SUCCEEDED)]
    assert paid_for == [line.reference for line in gateway.lines() if line.captured]


@pytest.mark.parametrize("crashpoint", ["charge.before_call", "charge.after_call", "charge.before_commit", ""])
@pytest.mark.parametrize("card", ["test_4242", "test_9995", "test_3155"])
def test_killed_charge_is_found_out_and_never_taken_twice(
    ada: Customer, now: datetime, gateway: SandboxGateway, card: str, crashpoint: str
) -> None:
    assert in_child("charge", ada, card, gateway, crashpoint) == (-signal.SIGKILL if crashpoint else 0)
    attempt = ChargeAttempt.objects.get()
    assert (attempt.state == State.CALLING) == bool(crashpoint)

    reconcile(now=now + timedelta(minutes=3))
    attempt.refresh_from_db()
    expected = {"test_4242": State.SUCCEEDED, "test_9995": State.DECLINED, "test_3155": State.REQUIRES_ACTION}[card]
    assert attempt.state == (State.ABANDONED if crashpoint == "charge.before_call" else expected)
    assert_books_agree(ada, gateway)
    assert PaymentMethod.objects.count() == Payment.objects.count()

    still_open = ada.invoices.get().balance
    again = charge(ada, amount=still_open, currency="EUR", card="test_4242", key="next", now=now + timedelta(minutes=4))
    assert again.state == State.SUCCEEDED
    assert ada.invoices.get().balance == 0
    assert_books_agree(ada, gateway)


@pytest.mark.parametrize("crashpoint", ["confirm.before_call", "confirm.after_call", "charge.before_commit", ""])
def test_killed_approval_is_found_out_and_never_taken_twice(
    ada: Customer, now: datetime, gateway: SandboxGateway, crashpoint: str
) -> None:
    assert in_child("charge", ada, "test_3155", gateway, "") == 0
    assert in_child("confirm", ada, "test_3155", gateway, crashpoint) == (-signal.SIGKILL if crashpoint else 0)
    reconcile(now=now + timedelta(minutes=3))
    assert_books_agree(ada, gateway)
    attempt = ChargeAttempt.objects.get()
    assert attempt.state == (State.REQUIRES_ACTION if crashpoint == "confirm.before_call" else State.SUCCEEDED)
    assert confirm(attempt, now=now + timedelta(minutes=4)).state == State.SUCCEEDED
    assert_books_agree(ada, gateway)
    assert not ChargeAttempt.objects.filter(state__in=LIVE).exists()


@pytest.mark.parametrize("crashpoint", ["charge.before_commit", "inbox.before_applied", ""])
def test_killed_look_after_an_event_is_taken_again_and_records_once(
    ada: Customer, now: datetime, gateway: SandboxGateway, crashpoint: str
) -> None:
    in_child("charge", ada, "test_4242", gateway, "charge.after_call")
    GatewayEvent.objects.create(
        gateway="sandbox", event_id="evt_1", kind="charge", key="killed", happened_at=now, received_at=now, look_at=now
    )
    assert in_child("apply", ada, "", gateway, crashpoint) == (-signal.SIGKILL if crashpoint else 0)
    assert apply_events(now=now) == ({"applied": 1} if crashpoint else {})
    assert_books_agree(ada, gateway)
    assert Payment.objects.count() == 1


def test_page_sent_again_after_the_kill_charges_nothing_new(
    ada: Customer, now: datetime, gateway: SandboxGateway
) -> None:
    in_child("charge", ada, "test_4242", gateway, "charge.after_call")
    same = charge(ada, amount=Decimal(70), currency="EUR", card="test_4242", key="killed", now=now)
    assert same.state == State.CALLING
    reconcile(now=now + timedelta(minutes=3))
    assert [line.captured for line in gateway.lines()] == [70]
    assert_books_agree(ada, gateway)
