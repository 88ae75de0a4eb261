"""A case with a step by text message: from the decision to what the customer answers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from customers.models import Contact, ContactStop, Customer
from dunning.models import Campaign, CampaignVersion, Case, CaseEvent, Notice, Reply, Step, Template
from dunning.operations.campaigns import publish
from dunning.operations.doubts import settle_doubts
from dunning.operations.tick import tick
from dunning.rules.words import Tone
from dunning.snapshot.cases import Subject, gather
from tests.campaigns import template_named
from tests.people import owes, person
from tests.rules.test_letter_parts import HOSTILE
from tests.turning import START, live
from tests.twilio_server import TOKEN, TwilioServer, signed

pytestmark = pytest.mark.django_db

BASE = "https://desk.example.com"
NUMBER = "+4915123456789"
WORDS = "{company_name}: please look at your page: {pay_link} STOP/BAJA"


@pytest.fixture
def twilio(settings: Settings) -> Iterator[TwilioServer]:
    """Text messages end at this server; ask it what it took."""
    settings.BASE_URL, settings.TWILIO_AUTH_TOKEN = BASE, TOKEN
    settings.DUNNING_CONNECTIONS = 1
    with TwilioServer().running() as server:
        options = server.options()
        settings.DUNNING_CHANNELS = {"sms": {"class": "dunning.channels.sms.TwilioChannel", "options": options}}
        yield server


@pytest.fixture
def ada(twilio: TwilioServer) -> Customer:
    """She is to get a text message on 11 February; her number is written as people in Germany do."""
    campaign = Campaign.objects.create(name="By text message", is_active=True)
    version = CampaignVersion.objects.create(campaign=campaign, number=1, working_days_only=False)
    short = template_named("short", "Your account", WORDS)
    Template.objects.update(channel="sms")
    Step.objects.create(version=version, position=1, offset_days=1, tone=Tone.FRIENDLY, channel="sms", template=short)
    publish(version, now=START)
    ada = person("Ada Lindgren", country="DE")
    Contact.objects.create(customer=ada, phone="0151 / 234 567-89")
    owes(ada, "120.00", due="2026-02-10")
    return ada


def deliver(client: Client, path: str, form: dict[str, str], signature: str = "") -> Any:
    signature = signature or signed(f"{BASE}{path}", form)
    return client.post(path, form, headers={"X-Twilio-Signature": signature})


def reported(client: Client, twilio: TwilioServer, status: str, code: str = "") -> Any:
    row = twilio.taken[-1]
    told = {"MessageSid": row["Sid"], "MessageStatus": status, "To": row["To"]} | ({"ErrorCode": code} if code else {})
    return deliver(client, row["StatusCallback"].removeprefix(BASE), told)


def answered(client: Client, words: str, sid: str = "SM1", number: str = NUMBER) -> str:
    form = {"MessageSid": sid, "From": number, "To": "+15005550006", "Body": words, "NumMedia": "0"}
    response = deliver(client, "/webhooks/sms/answers/", form)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_step_goes_as_a_text_message_and_is_delivered(ada: Customer, twilio: TwilioServer, client: Client) -> None:
    live(14)
    [taken] = twilio.taken
    notice = Notice.objects.get()
    assert taken["To"] == notice.address == NUMBER
    assert (notice.state, notice.channel, notice.provider_reference) == ("sent", "sms", taken["Sid"])
    assert taken["Body"].startswith("Example Company: please look at your page: https://desk.example.com/p/")
    assert "/p/" not in notice.body  # the personal link is stored nowhere
    assert taken["StatusCallback"] == f"{BASE}/webhooks/sms/reports/?key=notice-{notice.pk}"
    for status in ("sent", "delivered", "sent", "delivered"):
        assert reported(client, twilio, status).status_code == 200
    tick(now=START + timedelta(days=15))
    notice.refresh_from_db()
    assert notice.delivery == "delivered"


def test_what_cannot_be_delivered_closes_the_number_and_asks_a_person(
    ada: Customer, twilio: TwilioServer, client: Client
) -> None:
    end = live(14)
    reported(client, twilio, "undelivered", "30006")
    live(3, start=end)
    assert Notice.objects.get().state == "refused"
    case = Case.objects.get()
    assert case.attention == "no_address"
    assert "no mobile number on file" in case.next_reason
    assert case.tasks.get().queue == "addresses"
    assert len(twilio.taken) == 1


def test_a_report_settles_a_message_in_doubt(ada: Customer, twilio: TwilioServer, client: Client) -> None:
    twilio.answer = "hang up"
    end = live(14)
    assert Notice.objects.get().state == "in_doubt"
    assert settle_doubts(now=end) == 0  # it cannot be looked up, and is never sent again by itself
    twilio.answer = 201
    reported(client, twilio, "delivered")
    tick(now=end)
    notice = Notice.objects.get()
    assert (notice.state, notice.delivery, len(twilio.taken)) == ("sent", "delivered", 1)


def test_who_can_be_reached_is_read_in_as_many_queries_for_many_as_for_one(ada: Customer) -> None:
    version = CampaignVersion.objects.get().pk
    gather([Subject(None, ada.pk, version)], now=START)  # the version is read once
    counts = []
    for name, phone in (("Bo", "0151 22222222"), ("Cy", "030 123456"), ("Di", "")):
        Contact.objects.create(customer=person(name, country="DE"), phone=phone)
        subjects = [Subject(None, customer.pk, version) for customer in Customer.objects.order_by("pk")]
        with CaptureQueriesContext(connection) as queries:
            known = gather(subjects, now=START)
        counts.append(len(queries))
    assert [facts.channels for facts in known] == [{"sms"}, {"sms"}, set(), set()]
    assert len(set(counts)) == 1


@pytest.mark.parametrize("phone", ["", "030 123456", "call the office"])
def test_without_a_mobile_the_step_waits_and_a_person_is_told(ada: Customer, twilio: TwilioServer, phone: str) -> None:
    Contact.objects.update(phone=phone, email="ada@example.com")
    live(12)
    case = Case.objects.get()
    assert (case.attention, twilio.taken) == ("no_address", [])
    assert "no mobile number on file" in case.next_reason


def test_stop_is_heeded_at_once_and_start_releases_it(ada: Customer, twilio: TwilioServer, client: Client) -> None:
    live(8)
    assert answered(client, "Bitte keine SMS mehr!").count("<Message>") == 1
    stop = ContactStop.objects.get()
    assert (stop.customer, stop.channel, stop.topic, stop.source, stop.released_at) == (ada, "sms", "", "by SMS", None)
    assert "Bitte keine SMS mehr!" in stop.note
    live(6, start=START + timedelta(days=8))
    assert (twilio.taken, Case.objects.get().attention) == ([], "opted_out")
    assert "<Message>" not in answered(client, "Start", "SM2")  # the provider answers that one itself
    stop.refresh_from_db()
    assert stop.released_at is not None
    answered(client, "Bitte keine SMS mehr!")  # delivered once more: known
    assert not ContactStop.objects.filter(released_at=None).exists()
    live(2, start=START + timedelta(days=14))
    assert len(twilio.taken) == 1
    assert CaseEvent.objects.filter(text__startswith="By text message: “Start”").count() == 1


def test_help_is_answered_in_the_customers_language(ada: Customer, client: Client) -> None:
    Customer.objects.update(language="de")
    assert "SMS zu Ihrem Kundenkonto. Schreiben Sie an" in answered(client, "Hilfe")
    assert "<Message>" not in answered(client, "HELP", "SM2")
    assert not ContactStop.objects.exists()


def test_other_words_wait_on_the_case_for_a_person(ada: Customer, client: Client) -> None:
    end = live(12)
    assert "<Message>" not in answered(client, "I paid with 4242 4242 4242 4242\x00, who are you?")
    tick(now=end)
    reply = Reply.objects.get()
    assert (reply.customer, reply.case, reply.state) == (ada, Case.objects.get(), "waiting")
    assert reply.text == "I paid with ••••4242, who are you?"


def test_a_stop_from_nobodys_number_closes_it_also_for_who_comes_to_have_it(
    ada: Customer, twilio: TwilioServer, client: Client
) -> None:
    Contact.objects.update(phone="")
    assert answered(client, "Bitte keine SMS mehr!").count("<Message>") == 1
    assert (Reply.objects.get().state, Reply.objects.get().customer) == ("answered", None)
    Contact.objects.update(phone="0151 23456789")
    end = live(14)
    assert twilio.taken == []
    answered(client, "START", "SM2")
    live(2, start=end)
    assert len(twilio.taken) == 1


def test_a_start_from_nobodys_number_waits_for_a_person(ada: Customer, client: Client) -> None:
    assert "<Message>" not in answered(client, "start, please", number="+4915199999999")
    tick(now=START)
    assert (Reply.objects.get().state, Reply.objects.get().customer) == ("waiting", None)


def test_what_could_not_be_recorded_is_not_confirmed(ada: Customer, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE customers_contactstop ADD CONSTRAINT broken CHECK (false)")
        assert "<Message>" not in answered(client, "Bitte keine SMS mehr!")
        cursor.execute("ALTER TABLE customers_contactstop DROP CONSTRAINT broken")
    tick(now=START)
    assert ContactStop.objects.get().customer == ada


def test_naughty_answers_are_only_stored(ada: Customer, client: Client) -> None:
    for number, naughty in enumerate(HOSTILE):
        assert "<script>" not in answered(client, naughty, f"SM{number}")
    tick(now=START)
    assert Reply.objects.filter(state="waiting", customer=ada).count() == len(HOSTILE)
    assert client.post("/webhooks/sms/answers/", b"\xff\x00", content_type="image/png").status_code == 403


@pytest.mark.parametrize("path", ["/webhooks/sms/reports/", "/webhooks/sms/answers/"])
def test_what_twilio_did_not_sign_is_refused(ada: Customer, client: Client, path: str) -> None:
    form = {"MessageSid": "SM1", "From": NUMBER, "Body": "STOP"}
    for signature in ("x", signed(f"{BASE}{path}", {**form, "Body": "hello"}), signed(f"{BASE}/webhooks/", form)):
        assert deliver(client, path, form, signature).status_code == 403
    assert client.post(path, form).status_code == 403
    assert client.get(path).status_code == 405
    assert not Reply.objects.exists()


def test_without_an_account_the_doors_are_not_there(client: Client, settings: Settings) -> None:
    settings.DUNNING_CHANNELS = {}
    assert client.post("/webhooks/sms/answers/", {}).status_code == 404
