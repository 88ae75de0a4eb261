"""Restricting and restoring: told once it is due, signed, told again until heard, and lifted when all is made good."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from customers.models import Customer, Hold
from customers.operations import holds
from dunning import service_hook
from dunning.models import Case, CaseEvent, OutgoingEvent
from dunning.operations import cases, service
from dunning.operations.campaigns import CampaignRefusal
from dunning.operations.service import ServiceRefusal
from dunning.operations.tick import tick
from dunning.rules.words import Tone
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, pays, reachable
from tests.provider import Provider
from tests.service import SECRET, Service, listening

pytestmark = pytest.mark.django_db
LETTERS = [(1, Tone.FRIENDLY)]
DAY = timedelta(days=1)


@pytest.fixture
def hears(settings: Settings) -> Iterator[Service]:
    with listening() as found:
        settings.SERVICE_WEBHOOK_URL, settings.SERVICE_WEBHOOK_SECRET = found.url, SECRET
        yield found


@pytest.fixture
def ada(hears: Service, provider: Provider) -> Customer:
    """Was reminded a day after her bill of 1 March; the service is restricted on day 5."""
    standard_campaign(now=NOW, steps=LETTERS, actions={"restrict": 5})
    ada = reachable()
    owes(ada, "10.00", due="2026-03-01")
    tick(now=NOW)
    return ada


@pytest.fixture
def nia() -> User:
    return User.objects.create_user("nia")


def test_restriction_comes_on_its_day_and_goes_with_the_payment(ada: Customer, hears: Service) -> None:
    tick(now=NOW + 3 * DAY)
    assert hears.heard == []
    tick(now=NOW + 4 * DAY)
    tick(now=NOW + 4 * DAY)
    assert hears.kinds() == ["service.restrict"]
    assert hears.heard[0]["customer"] == ada.number
    assert hears.heard[0]["reason"] == "day +5: the oldest open amount fell due on 1 March 2026"
    pays(ada, "10", NOW + 6 * DAY)
    tick(now=NOW + 6 * DAY)
    assert hears.kinds() == ["service.restrict", "service.restore"]
    assert Case.objects.get().ending == "settled"
    assert [event.state for event in OutgoingEvent.objects.order_by("pk")] == ["delivered", "delivered"]
    told = list(CaseEvent.objects.filter(kind="service").order_by("pk").values_list("text", flat=True))
    assert told == ["Delivered: restrict the service", "Delivered: restore the service"]


def test_delivery_is_repeated_under_one_id_at_doubled_pauses(ada: Customer, hears: Service) -> None:
    hears.answers = [503, 302]
    restricted_at = NOW + 4 * DAY
    for minutes in range(12):
        tick(now=restricted_at + timedelta(minutes=minutes))
    event = OutgoingEvent.objects.get()
    assert (event.state, event.attempts) == ("delivered", 3)
    assert [answer["status"] for answer in event.answers] == [503, 302, 200]
    minutes_later = [answer["at"][14:16] for answer in event.answers]
    assert minutes_later == ["00", "01", "03"]
    assert {told["id"] for told in hears.heard} == {str(event.event_id)}


def test_service_that_never_answers_is_given_up_after_a_day_and_tried_again_by_a_person(
    ada: Customer, hears: Service, nia: User
) -> None:
    hears.answers = [500] * 1000
    for hours in range(30):
        tick(now=NOW + 4 * DAY + timedelta(hours=hours))
    event = OutgoingEvent.objects.get()
    assert event.state == "failed" and event.ended_at
    assert CaseEvent.objects.filter(kind="service").get().text.startswith("No good answer for a day")
    hears.answers = []
    service.try_again(event, now=NOW + 6 * DAY, by=nia)
    tick(now=NOW + 6 * DAY)
    assert hears.restricted() == {ada.number}
    with pytest.raises(ServiceRefusal, match="nothing to repeat"):
        service.try_again(event, now=NOW + 6 * DAY, by=nia)


def test_payment_before_the_first_call_withdraws_the_restriction_unheard(
    ada: Customer, hears: Service, settings: Settings
) -> None:
    held = settings.SERVICE_WEBHOOK_URL
    from dunning.operations.advance import advance_due

    advance_due(now=NOW + 4 * DAY)
    assert OutgoingEvent.objects.get().state == "queued"
    pays(ada, "10", NOW + 4 * DAY)
    tick(now=NOW + 4 * DAY)
    assert (OutgoingEvent.objects.get().state, hears.heard, held) == ("withdrawn", [], hears.url)


def test_hold_between_decision_and_call_keeps_the_restriction_back(ada: Customer, hears: Service) -> None:
    from dunning.operations.advance import advance_due

    advance_due(now=NOW + 4 * DAY)
    hold = holds.place(ada, kind=Hold.Kind.PROMISE, reason="pays on Friday", until_on=None, now=NOW + 4 * DAY, by=None)
    tick(now=NOW + 4 * DAY)
    assert (OutgoingEvent.objects.get().attempts, hears.heard) == (0, [])
    holds.release(hold, now=NOW + 5 * DAY)
    tick(now=NOW + 5 * DAY)
    assert hears.restricted() == {ada.number}


@pytest.mark.parametrize("kept_back_by", ["a hold", "an engine that stood still"])
def test_service_has_its_day_from_the_first_call_on(ada: Customer, hears: Service, kept_back_by: str) -> None:
    from dunning.operations.advance import advance_due

    hears.answers = [503]
    advance_due(now=NOW + 4 * DAY)
    if kept_back_by == "a hold":
        kind, reason = Hold.Kind.PROMISE, "pays on Friday"
        hold = holds.place(ada, kind=kind, reason=reason, until_on=None, now=NOW + 4 * DAY, by=None)
        tick(now=NOW + 4 * DAY)
        holds.release(hold, now=NOW + 8 * DAY)
    tick(now=NOW + 8 * DAY)
    assert (OutgoingEvent.objects.get().state, OutgoingEvent.objects.get().attempts) == ("queued", 1)
    tick(now=NOW + 8 * DAY + timedelta(minutes=2))
    assert hears.restricted() == {ada.number}


def test_hold_between_two_calls_does_not_count_for_the_day(ada: Customer, hears: Service) -> None:
    hears.answers = [503, 503]
    tick(now=NOW + 4 * DAY)
    kind, reason = Hold.Kind.PROMISE, "pays on Friday"
    hold = holds.place(ada, kind=kind, reason=reason, until_on=None, now=NOW + 4 * DAY, by=None)
    for hours in range(1, 60):
        tick(now=NOW + 4 * DAY + timedelta(hours=hours))
    holds.release(hold, now=NOW + 7 * DAY)
    tick(now=NOW + 7 * DAY)
    assert (OutgoingEvent.objects.get().state, OutgoingEvent.objects.get().attempts) == ("queued", 2)


def test_restoring_takes_the_place_of_a_restriction_that_may_have_arrived(ada: Customer, hears: Service) -> None:
    hears.answers = [503]
    tick(now=NOW + 4 * DAY)
    pays(ada, "10", NOW + 4 * DAY)
    tick(now=NOW + 4 * DAY)
    assert hears.kinds() == ["service.restrict", "service.restore"]
    states = list(OutgoingEvent.objects.order_by("pk").values_list("state", flat=True))
    assert (states, hears.restricted()) == (["withdrawn", "delivered"], set())


def test_person_restores_the_service_also_of_a_closed_case(ada: Customer, hears: Service, nia: User) -> None:
    tick(now=NOW + 4 * DAY)
    case = Case.objects.get()
    cases.close(case, reason="their lawyer writes", now=NOW + 5 * DAY, by=nia)
    tick(now=NOW + 5 * DAY)
    assert hears.restricted() == {ada.number}
    service.restore(case, reason="agreed with their lawyer", now=NOW + 6 * DAY, by=nia)
    tick(now=NOW + 6 * DAY)
    assert hears.restricted() == set()
    with pytest.raises(ServiceRefusal, match="not restricted"):
        service.restore(case, reason="again", now=NOW + 6 * DAY, by=nia)


def test_campaign_that_restricts_is_not_published_while_nobody_listens(settings: Settings) -> None:
    settings.SERVICE_WEBHOOK_URL = ""
    with pytest.raises(CampaignRefusal, match="Set SERVICE_WEBHOOK_URL"):
        standard_campaign(now=NOW, actions={"restrict": 20})


def test_answer_that_drips_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_hook, "TIMEOUT", 0.3)

    def drip() -> None:
        caller, _ = door.accept()
        with caller, suppress(OSError):
            caller.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while True:
                caller.sendall(b"z")
                time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as door:
        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        answer = service_hook.post(f"http://127.0.0.1:{door.getsockname()[1]}/", SECRET, "1", b"{}", now=NOW)
        dripping.join(10)
    assert (answer.status, answer.text) == (None, "no whole answer in time")


def test_nothing_is_sent_before_the_day(ada: Customer) -> None:
    assert Case.objects.get().next_action_at.date() == date(2026, 3, 6)
