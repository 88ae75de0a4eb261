"""The doors for mail providers: what is genuine is stored once, everything else is refused and leaves no row."""

import base64
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from dunning.models import DeliveryEvent, Reply

pytestmark = pytest.mark.django_db
SECRET = "desk:a-long-secret-of-this-test"
NEWS, REPLIES = "/webhooks/mail/news/", "/webhooks/mail/replies/"
BOUNCE = {
    "RecordType": "Bounce",
    "ID": 42,
    "Type": "HardBounce",
    "MessageID": "postmark-1",
    "Email": "Ada@Example.com",
    "BouncedAt": "2026-03-02T10:00:00Z",
    "Details": "smtp;550 5.1.1 no such user",
    "Metadata": {"notice_id": "7"},
}
REPLY = {
    "FromFull": {"Email": "Ada@Example.com", "Name": "Ada Lindgren"},
    "Subject": "Re: Your invoice",
    "MessageID": "inbound-1",
    "TextBody": "<script>alert(1)</script> I have paid.",
    "Headers": [
        {"Name": "In-Reply-To", "Value": "<notice-7@example.com>"},
        {"Name": "References", "Value": "<notice-3@example.com> <notice-7@example.com>"},
    ],
    "Attachments": [
        {"Name": "slip.pdf", "Content": base64.b64encode(b"12345").decode(), "ContentType": "application/pdf"}
    ],
}


@pytest.fixture(autouse=True)
def postmark(settings: Settings) -> Iterator[None]:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "token", "WEBHOOK_SECRET": SECRET}
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def post(door: str, body: Any, *, secret: str = SECRET) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    return int(Client().post(door, raw, content_type="application/json", headers=headers).status_code)


def test_news_is_stored_once_as_it_came() -> None:
    assert [post(NEWS, BOUNCE) for _ in range(3)] == [200] * 3
    event = DeliveryEvent.objects.get()
    assert (event.kind, event.provider, event.notice_key, event.reference) == ("bounced", "Postmark", "7", "postmark-1")
    assert (event.recipient, event.state) == ("ada@example.com", "waiting")
    assert json.loads(bytes(event.body)) == BOUNCE


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"Type": "SoftBounce", "Details": ""}, "soft_bounced"),
        ({"Details": "smtp;552 5.2.2 mailbox full"}, "soft_bounced"),
        ({"Type": "Blocked"}, "soft_bounced"),
        ({"Type": "BadEmailAddress"}, "bounced"),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, "complained"),
        ({"RecordType": "Delivery"}, "delivered"),
        ({"RecordType": "Open"}, "opened"),
        ({"RecordType": "Click"}, "clicked"),
        (
            {"RecordType": "SubscriptionChange", "SuppressSending": True, "SuppressionReason": "ManualSuppression"},
            "unsubscribed",
        ),
        ({"Type": "Transient"}, "deferred"),
        ({"RecordType": "Novelty"}, "unknown"),
        ({"RecordType": "Inbound"}, "unknown"),
    ],
)
def test_a_providers_words_become_ours(changes: dict[str, Any], kind: str) -> None:
    assert post(NEWS, BOUNCE | changes) == 200
    assert DeliveryEvent.objects.get().kind == kind


@pytest.mark.parametrize(
    ("secret", "status"),
    [("", 401), ("desk:", 400), (SECRET + "x", 400), (SECRET[:-1], 400), ("x" + SECRET, 400), ("desk", 400)],
)
def test_what_is_not_signed_is_refused(secret: str, status: int) -> None:
    assert [post(NEWS, BOUNCE, secret=secret), post(REPLIES, REPLY, secret=secret)] == [status] * 2
    assert not DeliveryEvent.objects.exists() and not Reply.objects.exists()


def test_every_altered_secret_is_refused() -> None:
    forged = {SECRET[:at] + chr(ord(SECRET[at]) ^ 1) + SECRET[at + 1 :] for at in range(len(SECRET))}
    assert {post(NEWS, BOUNCE, secret=secret) for secret in forged} == {400}
    assert not DeliveryEvent.objects.exists()


def test_what_is_too_large_is_refused() -> None:
    assert post(NEWS, b"{" + b" " * (1 << 20)) == 413
    assert post(NEWS, b" " * ((1 << 20) - 2) + b"{}") == 200
    assert DeliveryEvent.objects.filter(kind="unknown").count() == 1


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 5000])
def test_what_cannot_be_read_is_kept_and_flagged(body: bytes) -> None:
    assert [post(NEWS, body), post(NEWS, body)] == [200, 200]
    event = DeliveryEvent.objects.get()
    assert (event.kind, bytes(event.body)) == ("unknown", body)


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "x" * 5000, "\u202e"])
def test_odd_words_are_stored(odd: str) -> None:
    changes = {"Email": odd, "Details": odd, "MessageID": odd, "Metadata": {"notice_id": odd}, "Type": odd}
    assert post(NEWS, BOUNCE | changes) == 200
    assert post(REPLIES, REPLY | {"Subject": odd, "TextBody": odd, "MessageID": odd}) == 200
    assert DeliveryEvent.objects.count() + Reply.objects.count() == 2  # half a character in a subject is flagged


def test_a_reply_is_stored_with_what_it_answers_and_without_its_attachments() -> None:
    assert [post(REPLIES, REPLY) for _ in range(2)] == [200] * 2
    reply = Reply.objects.get()
    assert (reply.sender, reply.sender_name, reply.subject) == ("ada@example.com", "Ada Lindgren", "Re: Your invoice")
    assert reply.answers == ["notice-3@example.com", "notice-7@example.com", "notice-7@example.com"]
    assert reply.attachments == [{"name": "slip.pdf", "size": 5}]


def test_a_mail_of_three_megabytes_is_a_reply_like_others() -> None:
    large = base64.b64encode(b"x" * (3 << 20)).decode()
    assert post(REPLIES, REPLY | {"Attachments": [REPLY["Attachments"][0] | {"Content": large}]}) == 200  # type: ignore[index,operator]
    assert Reply.objects.get().attachments == [{"name": "slip.pdf", "size": 3 << 20}]


def test_only_words_in_html_are_read_as_words() -> None:
    post(REPLIES, REPLY | {"TextBody": "", "HtmlBody": "<p>I have <b>paid</b> &amp; more</p>"})
    assert Reply.objects.get().text.strip() == "I have paid & more"


@pytest.mark.parametrize(
    "backend", ["dunning.channels.mailbox.MailboxBackend", "anymail.backends.test.EmailBackend", "anymail.backends.x"]
)
def test_without_a_provider_there_is_no_door(settings: Settings, backend: str) -> None:
    settings.EMAIL_BACKEND = backend
    assert {post(NEWS, BOUNCE), post(REPLIES, REPLY)} == {404}


def test_a_door_that_would_believe_anybody_stays_shut(settings: Settings) -> None:
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "token"}
    assert {post(NEWS, BOUNCE), post(REPLIES, REPLY)} == {404}


def test_a_door_is_there_for_whoever_looks_first() -> None:
    assert (Client().head(NEWS).status_code, Client().get(NEWS).status_code) == (200, 405)
