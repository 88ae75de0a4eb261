"""The note on the day before a promised payment: a reminder, which leaves only while it may and is still true."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import Settings

from customers.models import Contact, ContactStop, Customer, Hold
from customers.operations import consideration, holds
from customers.rules.holds import HoldKind
from dunning.models import Confirmation
from dunning.operations.confirmations import send_again, send_confirmations
from dunning.operations.promised_notes import remind_of_promises
from dunning.operations.requests import Asked, ask
from dunning.rules.needs import Need
from tests.people import NOW, owes, pays, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
EVE = NOW + 2 * DAY


@pytest.fixture
def ada(provider: Provider) -> Customer:
    """Ada owes 300 and has promised it for the third day from now."""
    ada = reachable("Ada Lindgren")
    owes(ada, "300.00")
    ask(ada, Asked(Need.LATER, on=NOW.date() + 3 * DAY), now=NOW)
    assert send_confirmations(now=NOW) == {"sent": 1}
    return ada


def test_note_goes_once_on_the_day_before(ada: Customer, provider: Provider) -> None:
    for moment in (NOW, EVE - timedelta(hours=2), EVE, EVE + timedelta(hours=1), EVE + DAY):
        remind_of_promises(now=moment)
        send_confirmations(now=moment)
    assert len(provider.accepted()) == 2
    assert Confirmation.objects.get(occasion="eve").finished_at == EVE


def wants_no_reminders(ada: Customer) -> None:
    ContactStop.objects.create(customer=ada, topic="reminders", source="By phone", since=NOW)


def wanted_no_mail_before_being_primary(ada: Customer) -> None:
    ContactStop.objects.create(
        customer=ada, contact=Contact.objects.get(), channel="email", source="By phone", since=NOW
    )


def is_vulnerable(ada: Customer) -> None:
    consideration.mark_vulnerable(ada, note="Is ill", now=EVE, by=None)


def has_died(ada: Customer) -> None:
    holds.place(ada, kind=HoldKind.DECEASED, reason="The bank says so.", until_on=None, now=EVE, by=None)


def has_paid(ada: Customer) -> None:
    pays(ada, "300.00", EVE)


def takes_it_back(ada: Customer) -> None:
    holds.release(Hold.objects.get(customer=ada, kind="promise"), now=EVE)


CHANGES = [
    (wants_no_reminders, "wants no reminders"),
    (wanted_no_mail_before_being_primary, "wants no reminders"),
    (is_vulnerable, "a person decides"),
    (has_died, "nothing is open that may be reminded of"),
    (has_paid, "nothing is open that may be reminded of"),
    (takes_it_back, "does not stand any more"),
]


@pytest.mark.parametrize(("change", "reason"), CHANGES)
def test_note_that_is_queued_is_withdrawn_once_it_must_not_go(
    ada: Customer, provider: Provider, change: Callable[[Customer], None], reason: str
) -> None:
    assert remind_of_promises(now=EVE) == 1
    change(ada)
    assert send_confirmations(now=EVE) == {"withdrawn": 1}
    assert reason in Confirmation.objects.get(occasion="eve").reason
    assert len(provider.accepted()) == 1


def test_no_note_is_queued_for_who_is_not_to_be_reminded(ada: Customer) -> None:
    wants_no_reminders(ada)
    assert remind_of_promises(now=EVE) == 0


def test_note_that_comes_too_late_is_never_sent_on_the_day_itself(
    ada: Customer, provider: Provider, settings: Settings
) -> None:
    remind_of_promises(now=EVE)
    working, busy = settings.DUNNING_CHANNELS, {"class": "tests.provider.ProviderBusy"}
    settings.DUNNING_CHANNELS = {"email": working["email"] | busy}
    assert send_confirmations(now=EVE) == {"put_back": 1}
    settings.DUNNING_CHANNELS = working
    assert send_confirmations(now=EVE + timedelta(minutes=1)) == {}
    Confirmation.objects.filter(occasion="eve").update(state="in_doubt")
    send_again(Confirmation.objects.get(occasion="eve"), now=EVE + DAY)
    assert send_confirmations(now=EVE + DAY) == {"withdrawn": 1}
    told = Confirmation.objects.get(occasion="eve").reason
    assert told == "it is not the day before any more (450 come back later)"
    assert len(provider.accepted()) == 1
