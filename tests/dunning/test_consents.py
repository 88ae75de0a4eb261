"""Who agreed to what or refused it: a row for each word, whichever way it came; the stops are what they add up to."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.models import Consent, Contact, ContactStop, Customer
from customers.operations import consideration
from customers.operations.preferences import prefer
from customers.rules.contact import Refusal
from dunning.channels.news import DeliveryNews, Incoming
from dunning.models import Notice
from dunning.operations import replies
from dunning.operations.delivery_news import apply_news, take_in
from dunning.operations.sms_wishes import heed_new
from dunning.operations.tick import tick
from dunning.rules.delivery_news import NewsKind
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, person, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(hours=1)


def told() -> list[tuple[bool, str, str, str]]:
    return list(Consent.objects.order_by("pk").values_list("is_given", "channel", "topic", "source"))


def texted(number: str, words: str) -> None:
    replies.take_in(
        Incoming(
            channel="sms", provider="Twilio", provider_id=f"{number}{words}", sender=number, text=words, received_at=NOW
        ),
        now=NOW,
    )
    heed_new(now=NOW)


def test_every_way_of_saying_so_leaves_a_row_with_its_source(provider: Provider) -> None:
    ada = reachable(country="DE")
    Contact.objects.update(phone="0151 23456789")
    owes(ada, "90.00", due="2026-03-01")
    standard_campaign(now=NOW)
    tick(now=NOW)
    texted("+4915123456789", "Stop")
    texted("+4915123456789", "Start")
    heard = DeliveryNews(
        channel="email", provider="Postmark", kind=NewsKind.UNSUBSCRIBED, notice_id=str(Notice.objects.get().pk)
    )
    take_in([heard, heard], now=SOON)
    apply_news(now=SOON)
    prefer(ada, language="en", refused=[Refusal.CALLS], source="on their own page", now=SOON)
    prefer(ada, language="en", refused=[], source="on their own page", now=SOON)
    consideration.agree(ada, consideration.Said("email", "", "On the phone", now=SOON, by=None))
    assert told() == [
        (False, "sms", "", "by SMS"),
        (True, "sms", "", "by SMS"),
        (False, "email", "", "unsubscribed (Postmark)"),
        (False, "call", "", "on their own page"),
        (True, "call", "", "on their own page"),
        (True, "email", "", "On the phone"),
    ]
    contacts = set(Consent.objects.filter(source__in=["by SMS", "unsubscribed (Postmark)"]).values_list("contact"))
    assert contacts == {(Contact.objects.get().pk,)}
    assert not ContactStop.objects.filter(released_at=None).exists()


def test_another_contact_speaks_for_themselves_alone() -> None:
    ada = reachable(country="DE")
    boss = Contact.objects.create(customer=ada, name="Bo", phone="0151 11111111", is_primary=False, role="escalation")
    consideration.refuse(ada, consideration.Said("sms", "", "By letter", now=NOW, by=None))
    texted("+4915111111111", "STOP")
    texted("+4915111111111", "START")
    stop = ContactStop.objects.get(released_at=None)
    assert (stop.contact, stop.source) == (None, "By letter")
    assert list(Consent.objects.order_by("pk").values_list("contact", "is_given"))[1:] == [
        (boss.pk, False),
        (boss.pk, True),
    ]


def test_database_lets_nobody_change_what_was_said() -> None:
    consideration.refuse(person(), consideration.Said("sms", "", "By letter", now=NOW, by=None))
    for change in (lambda: Consent.objects.update(is_given=True), lambda: Consent.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


CHANNELS, TOPICS = st.sampled_from(["", "email", "sms"]), st.sampled_from(["", "early", "offers"])
WORDS = st.lists(st.tuples(st.sampled_from(["stop", "agree", "release"]), CHANNELS, TOPICS), max_size=6)


class WhatWasSaid(TestCase):
    """The history and the stops that the engine asks are two sights of one thing."""

    @given(WORDS)
    def test_stops_in_force_are_what_the_history_adds_up_to(self, words: list[tuple[str, str, str]]) -> None:
        ada = person()
        for verb, channel, topic in words:
            _say(ada, verb, channel, topic)
        refused: set[tuple[str, str]] = set()
        for is_given, channel, topic, _ in told():
            if is_given:
                refused -= {pair for pair in refused if pair[0] == channel and topic in ("", pair[1])}
            else:
                refused.add((channel, topic))
        in_force = ContactStop.objects.filter(customer=ada, released_at=None)
        assert set(in_force.values_list("channel", "topic")) == refused


def _say(ada: Customer, verb: str, channel: str, topic: str) -> None:
    how = {"source": "On the phone", "now": NOW, "by": None}
    if verb == "stop":
        consideration.refuse(ada, consideration.Said(channel, topic, **how))  # type: ignore[arg-type]
    elif verb == "agree":
        consideration.agree(ada, consideration.Said(channel, topic, **how))  # type: ignore[arg-type]
    else:
        for stop in ContactStop.objects.filter(channel=channel, topic=topic):
            consideration.release_stop(stop, **how)  # type: ignore[arg-type]
