"""Notices in the customers' own app: shown to whom they concern while they say something, and to nobody else."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from customers.models import Customer, Hold
from customers.operations import consideration, holds
from customers.rules.contact import Refusal
from dunning.channels.memory import MemoryChannel
from dunning.models import Campaign, DeliveryEvent, InAppNotice, Notice, Step, Template
from dunning.operations import campaigns, default_campaign, delivery_news, drafts
from dunning.operations import in_app as operations
from dunning.operations.campaigns import draft_of, publish
from dunning.operations.links import revoke
from dunning.operations.tick import tick
from dunning.queries.in_app_feed import feed_of
from dunning.rules.app_tokens import AppDoor, token_for
from dunning.rules.doors import LIMITS, Deed, Limit
from dunning.rules.words import Tone
from payments.models import ChargeAttempt, PaymentMethod
from payments.operations import cards
from tests.charging import debit_elsewhere
from tests.in_app import APP, SECRET, asks, in_app_campaign, short_text, switch_on, tells, token
from tests.people import owes, pays, reachable
from tests.plans import agree
from tests.screens.books import everything_stored

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now(settings: Settings) -> datetime:
    """Today at noon: the door reads the clock."""
    switch_on(settings)
    return timezone.now().replace(hour=12, minute=0)


@pytest.fixture
def ada(now: datetime) -> Customer:
    """A notice of the friendly tone waits in her app."""
    in_app_campaign(now=now - 9 * DAY)
    ada = reachable(time_zone="UTC")
    owes(ada, "120.00", due=str((now - 2 * DAY).date()))
    tick(now=now - DAY)
    return ada


def shown(client: Client, customer: Customer) -> list[dict[str, Any]]:
    answer = asks(client, customer.number, now=timezone.now())
    assert answer.status_code == 200
    told: list[dict[str, Any]] = answer.json()["notices"]
    return told


def test_the_app_gets_the_notice_with_words_loudness_and_the_personal_page(client: Client, ada: Customer) -> None:
    [notice] = shown(client, ada)
    assert "€120.00 is still open" in notice["text"] and notice["title"] == "Your account with Example Company"
    assert (notice["mode"], notice["dismissal"], notice["later"]) == ("banner", "for_good", "Not now")
    page = client.get(notice["url"].partition("8000")[2])
    assert page.status_code == 200 and "120.00" in page.content.decode()
    assert notice["url"].split("/")[-2] not in str(list(InAppNotice.objects.values())), "the token is kept nowhere"


def test_asking_changes_nothing(client: Client, ada: Customer) -> None:
    shown(client, ada)
    before = everything_stored()
    for _ in range(2):
        shown(client, ada)
    after, counted = everything_stored(), "dunning.DoorCount"
    assert {table for table in before if after[table] != before[table]} == {counted}, "but how often was asked"


def test_seen_moves_the_notice_and_dismissed_takes_it_away(client: Client, ada: Customer) -> None:
    [notice] = shown(client, ada)
    for _ in range(2):
        assert tells(client, ada.number, notice["id"], "shown", now=timezone.now()) == 204
    delivery_news.apply_news(now=timezone.now())
    assert (Notice.objects.get().state, Notice.objects.get().delivery) == ("sent", "delivered")
    assert len(shown(client, ada)) == 1, "seen is not answered"
    for _ in range(2):
        assert tells(client, ada.number, notice["id"], "dismissed", now=timezone.now()) == 204
    assert shown(client, ada) == []
    assert list(DeliveryEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["delivered", "dismissed"]


def test_the_newest_notice_is_louder_and_the_last_ones_stay(client: Client, ada: Customer, now: datetime) -> None:
    customer = reachable("Grace Okafor", time_zone="UTC", language="de")
    owes(customer, "10.00", due=str((now - 15 * DAY).date()))
    for days in (14, 8, 1):
        tick(now=now - days * DAY)
    [notice] = shown(client, customer)
    assert (notice["mode"], notice["dismissal"], notice["later"]) == ("modal", "for_now", "Jetzt nicht")
    assert tells(client, customer.number, notice["id"], "dismissed", now=timezone.now()) == 403
    InAppNotice.objects.update(tone=4)
    [wall] = shown(client, customer)
    assert (wall["mode"], wall["later"]) == ("wall", "")


def test_a_notice_goes_when_its_debt_is_paid_on_hold_or_unwanted(client: Client, ada: Customer) -> None:
    hold = holds.place(ada, kind=Hold.Kind.PROMISE, reason="Friday", until_on=None, now=timezone.now(), by=None)
    assert shown(client, ada) == []
    holds.release(hold, now=timezone.now())
    stop = consideration.refuse(ada, consideration.Said("in_app", "", "asked", now=timezone.now(), by=None))
    assert shown(client, ada) == []
    consideration.release_stop(stop, source="asked", now=timezone.now(), by=None)
    owes(ada, "5.00", due="2030-01-01")
    pays(ada, "120.00", timezone.now())
    assert shown(client, ada) == []


def test_who_wants_only_what_is_necessary_still_sees_reminders(client: Client, ada: Customer) -> None:
    for channel, topic in Refusal.EXTRAS.stops:
        consideration.refuse(ada, consideration.Said(channel, topic, source="asked", now=timezone.now(), by=None))
    assert len(shown(client, ada)) == 1


def test_a_notice_that_asks_for_more_than_is_owed_now_goes(client: Client, ada: Customer) -> None:
    pays(ada, "70.00", timezone.now())
    assert shown(client, ada) == []


def test_who_pays_in_parts_is_not_asked_for_the_whole(client: Client, ada: Customer) -> None:
    agree(ada, now=timezone.now())
    assert shown(client, ada) == []


def test_a_notice_rests_while_a_debit_is_on_its_way(client: Client, ada: Customer) -> None:
    debit = debit_elsewhere(ada, *ada.invoices.all(), started_at=timezone.now())
    assert shown(client, ada) == []
    ChargeAttempt.objects.filter(pk=debit.pk).update(state=ChargeAttempt.State.DECLINED)
    assert len(shown(client, ada)) == 1


def test_a_wall_stands_before_nobody_who_is_vulnerable_or_whose_link_has_ended(client: Client, ada: Customer) -> None:
    InAppNotice.objects.update(tone=4)
    consideration.mark_vulnerable(ada, note="Call first", now=timezone.now(), by=None)
    assert [(one["mode"], one["later"]) for one in shown(client, ada)] == [("banner", "Not now")]
    consideration.unmark_vulnerable(ada, now=timezone.now())
    assert [one["mode"] for one in shown(client, ada)] == ["wall"]
    revoke(Notice.objects.get().link, now=timezone.now())  # type: ignore[arg-type]
    [notice] = shown(client, ada)
    assert (notice["mode"], notice["url"]) == ("banner", ""), "no door leads nowhere"
    assert tells(client, ada.number, notice["id"], "dismissed", now=timezone.now()) == 204


def test_thanks_in_a_firm_tone_are_quiet_lead_to_the_page_and_can_be_put_away(client: Client, now: datetime) -> None:
    in_app_campaign(now=now - 9 * DAY, thanks=Tone.FIRM)
    ada = reachable(time_zone="UTC")
    owes(ada, "120.00", due=str((now - 3 * DAY).date()))
    tick(now=now - 2 * DAY)
    pays(ada, "120.00", now - 1.5 * DAY)
    tick(now=now - DAY)
    [notice] = shown(client, ada)
    assert (notice["title"], notice["mode"], notice["open"]) == ("Thank you", "banner", "Open your page")
    assert tells(client, ada.number, notice["id"], "dismissed", now=timezone.now()) == 204
    assert shown(client, ada) == []


def test_what_is_foreseen_is_shown_until_it_is_no_longer_so(client: Client, now: datetime) -> None:
    default_campaign.ensure(now=now - 9 * DAY)
    campaign = Campaign.objects.get(name="Expiring cards")
    text = short_text("in-app-card", "Your card", "Your card {card_name} can be used until {last_day}.")
    Step.objects.filter(version__campaign=campaign).update(channel="in_app", template=text)
    campaign.versions.update(working_days_only=False)
    publish(campaign.versions.get(), now=now - 9 * DAY)
    campaigns.switch_on(campaign, now=now - 9 * DAY)
    ada = reachable(time_zone="UTC")
    card = stored_card(ada, (now + 20 * DAY).date(), now=now)
    tick(now=now - DAY)
    [notice] = shown(client, ada)
    assert (notice["mode"], notice["open"]) == ("banner", "Open your page")
    hold = holds.place(ada, kind=Hold.Kind.DECEASED, reason="died", until_on=None, now=timezone.now(), by=None)
    assert shown(client, ada) == []
    holds.release(hold, now=timezone.now())
    cards.remove(card, now=timezone.now())
    assert shown(client, ada) == []


def stored_card(customer: Customer, expires_on: date, *, now: datetime) -> PaymentMethod:
    """A card that is charged by itself."""
    facts = {"token": "card-1", "fingerprint": "print-1", "brand": "visa", "last4": "4242", "expires_on": expires_on}
    agreed = {"stored_at": now - 90 * DAY, "charge_agreed_at": now - 90 * DAY}
    return PaymentMethod.objects.create(customer=customer, gateway="sandbox", **facts, **agreed)


def test_asking_costs_the_same_queries_for_two_notices_and_for_three(client: Client, now: datetime) -> None:
    in_app_campaign(now=now - 40 * DAY)
    ada = reachable(time_zone="UTC")
    owes(ada, "10.00", due=str((now - 15 * DAY).date()))

    def queries(days: int) -> int:
        tick(now=now - days * DAY)
        with CaptureQueriesContext(connection) as counted:
            assert len(shown(client, ada)) == 1
        return len(counted)

    _, of_two, of_three = (queries(days) for days in (14, 8, 1))  # the first asks once per process for the campaign
    assert of_two == of_three
    pays(ada, "10.00", timezone.now())
    tick(now=timezone.now())
    with CaptureQueriesContext(connection) as counted:
        assert shown(client, ada) == []
    assert len(counted) == 4, "the asking itself is counted"


def test_what_nobody_saw_within_a_day_goes_by_mail(now: datetime) -> None:
    draft = draft_of(in_app_campaign(now=now - 9 * DAY).campaign, now=now - 9 * DAY)
    mail = [("email", Template.objects.get(key="friendly"))]
    drafts.set_ways(draft.steps.get(offset_days=1), mail, wait_hours=24, now=now - 9 * DAY)
    publish(draft, now=now - 9 * DAY)
    MemoryChannel.outbox.clear()
    for name in ("Ada Lindgren", "Grace Okafor"):
        owes(reachable(name, time_zone="UTC"), "120.00", due=str((now - 3 * DAY).date()))
    begun = now - 2 * DAY
    tick(now=begun)
    seen = InAppNotice.objects.get(customer_number="ADA-LINDGREN")
    operations.seen(seen.key, seen.customer_number, now=begun + DAY / 24)
    tick(now=begun + DAY / 12)
    assert MemoryChannel.outbox == []
    tick(now=begun + DAY + DAY / 24)
    assert [message.to for message in MemoryChannel.outbox] == ["grace-okafor@example.com"]
    withdrawn = InAppNotice.objects.get(customer_number="GRACE-OKAFOR")
    assert (withdrawn.shown_at, withdrawn.withdrawn_at) == (None, begun + DAY + DAY / 24)
    assert [len(feed_of(customer, now=now)) for customer in Customer.objects.order_by("number")] == [1, 0]


def later_by_a_day(number: str, now: datetime) -> str:
    return token_for(number, secret=SECRET, ends_at=now + 2 * DAY, door=AppDoor.NOTICES)


@pytest.mark.parametrize(
    "made",
    [
        lambda number, now: "",
        lambda number, now: token_for(number, secret="x" * 40, ends_at=now + DAY / 2, door=AppDoor.NOTICES),
        lambda number, now: token_for(number, secret=SECRET, ends_at=now - DAY, door=AppDoor.NOTICES),
        later_by_a_day,
        lambda number, now: token("NOBODY", now=now),
        lambda number, now: token(number, now=now) + "0",
    ],
)
def test_a_wrong_token_a_dead_one_and_a_stranger_get_the_same_answer(
    client: Client, ada: Customer, made: Callable[[str, datetime], str]
) -> None:
    headers = {"Authorization": f"Bearer {made(ada.number, timezone.now())}", "Origin": APP}
    answer = client.get("/in-app/notices/", headers=headers)
    assert (answer.status_code, answer.json()) == (403, {"error": "This token opens nothing here."})
    assert (answer["Cache-Control"], answer.cookies) == ("no-store", {})


def test_nobody_moves_the_notice_of_another(client: Client, ada: Customer) -> None:
    [notice] = shown(client, ada)
    grace = reachable("Grace Okafor")
    for what in ("shown", "dismissed"):
        assert tells(client, grace.number, notice["id"], what, now=timezone.now()) == 403
        assert tells(client, ada.number, "notice-0", what, now=timezone.now()) == 403
    assert not DeliveryEvent.objects.exists() and len(shown(client, ada)) == 1


def test_only_pages_of_the_app_may_read_the_answer(client: Client, ada: Customer) -> None:
    allowed = asks(client, ada.number, now=timezone.now())
    assert (allowed["Access-Control-Allow-Origin"], "Origin" in allowed["Vary"]) == (APP, True)
    assert "Access-Control-Allow-Credentials" not in allowed
    foreign = asks(client, ada.number, now=timezone.now(), origin="https://evil.example.com")
    assert "Access-Control-Allow-Origin" not in foreign
    before = client.options("/in-app/notices/", headers={"Origin": APP})
    assert (before.status_code, before["Access-Control-Allow-Headers"]) == (204, "Authorization")
    assert client.post("/in-app/notices/").status_code == 405


def test_who_asks_without_end_waits_until_the_window_is_over(
    client: Client, ada: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, Deed.NOTICES, Limit(2, DAY))
    answers = [asks(client, ada.number, now=timezone.now()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= DAY.total_seconds()
    assert asks(client, reachable("Grace Okafor").number, now=timezone.now()).status_code == 200, "others do not"


def test_without_the_channel_there_is_no_door(client: Client, ada: Customer, settings: Settings) -> None:
    settings.DUNNING_CHANNELS = {}
    assert asks(client, ada.number, now=timezone.now()).status_code == 404
