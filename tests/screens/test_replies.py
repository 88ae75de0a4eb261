"""The page of a reply: what they wrote, what it seems to say, and that somebody has answered."""

import pytest
from django.test import Client
from django.urls import reverse

from dunning.channels.news import Incoming
from dunning.models import Reply
from dunning.operations import replies
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider
from tests.screens.pressing import press

WORDS = "I have paid. <script>alert(1)</script>\n\nOn Monday, Billing wrote:\n> please pay"


@pytest.fixture
def reply(provider: Provider, chief: Client) -> Reply:
    standard_campaign(now=NOW)
    owes(reachable(), "10.00", due="2026-03-01")
    tick(now=NOW)
    told = {"channel": "email", "provider": "Postmark", "provider_id": "1", "sender": "ada-lindgren@example.com"}
    replies.take_in(Incoming(**told, text=WORDS, received_at=NOW, attachments=(("<b>.pdf", 2048),)), now=NOW)  # type: ignore[arg-type]
    replies.put_with_cases(now=NOW)
    return Reply.objects.get()


def test_a_reply_is_shown_escaped_with_what_it_seems_to_say(chief: Client, reply: Reply) -> None:
    page = chief.get(reverse("admin:dunning_reply_change", args=[reply.pk])).content.decode()
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page and "&lt;b&gt;.pdf" in page
    assert "They say they have paid</strong>: “I have paid.”" in page
    assert (
        "The letter they quote" in page and reverse("admin:dunning_case_record_payment", args=[reply.case_id]) in page
    )


def test_the_story_of_the_case_tells_of_the_reply(chief: Client, reply: Reply) -> None:
    story = chief.get(reverse("admin:dunning_case_change", args=[reply.case_id])).content.decode()
    assert "Reply from ada-lindgren@example.com" in story and "<script>alert" not in story


def test_an_answered_reply_waits_no_longer(chief: Client, reply: Reply) -> None:
    press(chief, "settle", reply, outcome="Thanked her")
    reply.refresh_from_db()
    assert (reply.state, reply.outcome) == ("answered", "Thanked her")
