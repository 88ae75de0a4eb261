"""What people write back: put with the right case, machines recognised, nothing done by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from customers.models import ContactStop
from dunning.channels.news import Incoming
from dunning.models import Case, CaseEvent, Notice, Reply
from dunning.operations import replies
from dunning.operations.tick import tick
from payments.models import Payment
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(hours=1)


@pytest.fixture
def sent(provider: Provider) -> Notice:
    standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    return Notice.objects.get()


def arrives(**facts: Any) -> Reply:
    told = {"channel": "email", "provider": "Postmark", "provider_id": "r-1", "sender": "Ada-Lindgren@Example.com"}
    replies.take_in(Incoming(**{**told, "text": "Hello", "received_at": SOON, **facts}), now=SOON)
    replies.put_with_cases(now=SOON)
    return Reply.objects.get(provider_id=facts.get("provider_id", "r-1"))


def test_a_reply_is_put_with_the_letter_it_answers(sent: Notice) -> None:
    answers = ("other@mail.example", f"notice-{sent.pk}@example.com")
    reply = arrives(answers=answers, sender="ada@private.example", text="I have paid on Friday.")
    assert (reply.notice, reply.case, reply.customer, reply.state) == (sent, sent.case, sent.customer, "waiting")
    assert reply.is_from_elsewhere
    assert reply.suggestions == [{"wish": "paid", "words": "I have paid on Friday."}]


def test_nothing_that_a_reply_asks_for_is_done_by_itself(sent: Notice) -> None:
    arrives(text="I paid. Please stop writing to me.")
    tick(now=SOON)
    assert not Payment.objects.exists() and not ContactStop.objects.exists()
    assert Case.objects.get().state == "open"


def test_a_reply_without_a_thread_is_put_with_the_sender(sent: Notice) -> None:
    reply = arrives()
    assert (reply.notice, reply.case, reply.customer) == (None, sent.case, sent.customer)


def test_a_reply_that_fails_waits_for_a_person_and_stops_no_other(sent: Notice) -> None:
    grace = reachable("Grace Okafor")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE dunning_reply ADD CONSTRAINT broken CHECK (customer_id <> {sent.customer_id})")
    failed, placed = arrives(), arrives(provider_id="r-2", sender="grace-okafor@example.com")
    assert (failed.state, failed.customer, failed.text) == ("waiting", None, "Hello")
    assert (placed.state, placed.customer) == ("waiting", grace)


def test_a_reply_of_a_stranger_or_of_a_shared_address_belongs_to_nobody(sent: Notice) -> None:
    reachable("Grace Okafor", email="ada-lindgren@example.com")
    shared, stranger = arrives(), arrives(provider_id="r-2", sender="who@else.example")
    assert [(one.customer, one.case, one.state) for one in (shared, stranger)] == [(None, None, "waiting")] * 2


def test_a_text_is_put_with_the_number_it_came_from(sent: Notice) -> None:
    sent.customer.contacts.update(phone="+491701234567")
    reply = arrives(channel="sms", provider="Twilio", sender="+491701234567", text="STOP")
    assert reply.case == sent.case
    assert sent.customer.contact_stops.get().channel == "sms"


def test_what_a_machine_wrote_waits_for_nobody(sent: Notice) -> None:
    reply = arrives(subject="Automatic reply: Your invoice", text="I have paid attention to nothing until Monday.")
    assert (reply.state, reply.suggestions) == ("automatic", [])


def test_a_reply_that_comes_twice_is_stored_once_and_stays_answered(sent: Notice, maria: User) -> None:
    replies.settle(arrives(), outcome="Sent the bank details", now=SOON, by=maria)
    assert arrives(text="something else").state == "answered"
    assert Reply.objects.get().text == "Hello"
    with pytest.raises(replies.ReplyRefusal, match="This reply is answered already"):
        replies.settle(Reply.objects.get(), outcome="Again", now=SOON, by=maria)
    told = CaseEvent.objects.filter(kind="notice").values_list("text", "actor__username")
    assert list(told) == [("Reply from ada-lindgren@example.com answered: Sent the bank details", "maria")]


def test_odd_characters_of_strangers_are_stored() -> None:
    reply = arrives(
        text="a\x00b\ud800", subject="x\x00", sender="\x00@\udfff", answers=("notice-99999999999999999999@x",)
    )
    assert (reply.text, reply.subject, reply.notice) == ("ab?", "x", None)
