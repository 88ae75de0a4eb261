"""What four further providers post, in the form they document, through Anymail's own views: signed, or not believed.

Sources: Mailgun "Webhooks payload" and "Securing webhooks"; SendGrid "Event Webhook reference" and "Signature
verification"; Amazon "SES event publishing" and "SNS message formats"; Brevo "Transactional webhooks".
"""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from anymail.webhooks import amazon_ses
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from pytest_django import Settings

from config.checks import mail_news_is_signed
from customers.models import Consent, SuppressedAddress
from dunning.models import DeliveryEvent, Notice
from dunning.operations.delivery_news import apply_news
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
SECRET = "desk:a-long-secret-of-this-test"
BASIC = {"Authorization": f"Basic {base64.b64encode(SECRET.encode()).decode()}"}
ADA = "ada-lindgren@example.com"
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
KINDS = ("delivered", "bounced", "complained", "unsubscribed")


@dataclass(frozen=True)
class Posted:
    body: bytes
    headers: dict[str, str]


def mailgun(kind: str, notice: str, at: datetime) -> Posted:
    event = {"delivered": "delivered", "bounced": "failed", "complained": "complained", "unsubscribed": "unsubscribed"}
    token, stamp = hashlib.sha256(kind.encode()).hexdigest()[:50], str(int(at.timestamp()))
    signature = hmac.new(b"mailgun-signing-key", f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    failed = {"severity": "permanent", "reason": "bounce", "delivery-status": {"code": 550, "message": "5.1.1 unknown"}}
    data = {
        "event": event[kind],
        "id": f"W3X4JOhFT-OZidZGKKr9iA{kind}",
        "timestamp": at.timestamp(),
        "recipient": ADA,
        "message": {"headers": {"message-id": f"notice-{notice}@example.com", "to": ADA}},
        "user-variables": {"notice_id": notice},
        **(failed if kind == "bounced" else {}),
    }
    told = {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": data}
    return Posted(json.dumps(told).encode(), {})


def sendgrid(kind: str, notice: str, at: datetime) -> Posted:
    event = {"delivered": "delivered", "bounced": "bounce", "complained": "spamreport", "unsubscribed": "unsubscribe"}
    bounce = {"type": "bounce", "reason": "550 5.1.1 The email account does not exist", "status": "5.1.1"}
    told = {
        "event": event[kind],
        "email": ADA,
        "timestamp": int(at.timestamp()),
        "smtp-id": f"<notice-{notice}@example.com>",
        "sg_event_id": f"sg-{kind}",
        "sg_message_id": "14c5d75ce93.dfd.64b469",
        "anymail_id": "anymail-1",
        "notice_id": notice,
        **(bounce if kind == "bounced" else {}),
    }
    body, stamp = json.dumps([told]).encode(), str(int(at.timestamp()))
    signature = base64.b64encode(KEY.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
    signed = {"X-Twilio-Email-Event-Webhook-Signature": signature, "X-Twilio-Email-Event-Webhook-Timestamp": stamp}
    return Posted(body, signed)


def amazon(kind: str, notice: str, at: datetime) -> Posted:
    about: dict[str, dict[str, Any]] = {
        "delivered": {"eventType": "Delivery", "delivery": {"recipients": [ADA], "smtpResponse": "250 ok"}},
        "bounced": {
            "eventType": "Bounce",
            "bounce": {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [{"emailAddress": ADA, "diagnosticCode": "smtp; 550 5.1.1 user unknown"}],
            },
        },
        "complained": {
            "eventType": "Complaint",
            "complaint": {"complainedRecipients": [{"emailAddress": ADA}], "complaintFeedbackType": "abuse"},
        },
    }
    headers = [{"name": "X-Metadata", "value": json.dumps({"notice_id": notice})}]
    message = {**about[kind], "mail": {"messageId": "010f-ses", "destination": [ADA], "headers": headers}}
    told = {
        "Type": "Notification",
        "MessageId": f"22b80b92-{kind}",
        "TopicArn": "arn:aws:sns:eu-central-1:123456789012:SES",
        "Message": json.dumps(message),
        "Timestamp": f"{at:%Y-%m-%dT%H:%M:%S.000Z}",
    }
    return Posted(
        json.dumps(told).encode(),
        {**BASIC, "x-amz-sns-message-type": "Notification", "x-amz-sns-message-id": f"22b80b92-{kind}"},
    )


def brevo(kind: str, notice: str, at: datetime) -> Posted:
    event = {"delivered": "delivered", "bounced": "hard_bounce", "complained": "spam", "unsubscribed": "unsubscribe"}
    told = {
        "event": event[kind],
        "email": ADA,
        "id": 26224,
        "ts_epoch": int(at.timestamp() * 1000),
        "message-id": "<201798300811.5787683@relay.example.com>",
        "X-Mailin-custom": json.dumps({"notice_id": notice}),
        "reason": "550 5.1.1 user unknown" if kind == "bounced" else "sent",
    }
    return Posted(json.dumps(told).encode(), BASIC)


@dataclass(frozen=True)
class Esp:
    """`unsecured`: settings under which Anymail would believe anybody, or not start at all."""

    backend: str
    settings: dict[str, str]
    unsecured: dict[str, str]
    post: Callable[[str, str, datetime], Posted]
    kinds: tuple[str, ...] = KINDS


ESPS = {
    "Mailgun": Esp("mailgun", {"MAILGUN_WEBHOOK_SIGNING_KEY": "mailgun-signing-key"}, {}, mailgun),
    "SendGrid": Esp("sendgrid", {"SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": PUBLIC}, {}, sendgrid),
    "Amazon SES": Esp("amazon_ses", {"WEBHOOK_SECRET": SECRET}, {}, amazon, KINDS[:3]),  # it has no such event
    "Brevo": Esp("brevo", {"WEBHOOK_SECRET": SECRET, "BREVO_API_KEY": "key"}, {"BREVO_API_KEY": "key"}, brevo),
}


@pytest.fixture(params=ESPS)
def esp(request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Esp]:
    chosen = ESPS[request.param]
    settings.EMAIL_BACKEND = f"anymail.backends.{chosen.backend}.EmailBackend"
    settings.ANYMAIL = chosen.settings
    # Amazon's library is asked only to confirm a subscription; without it Anymail's view is not even made.
    monkeypatch.setattr(amazon_ses, "_get_anymail_boto3_params", lambda **_: ({}, {}))
    logging.disable(logging.WARNING)
    yield chosen
    logging.disable(logging.NOTSET)


@pytest.fixture
def notice(provider: Provider) -> Notice:
    standard_campaign(now=NOW)
    owes(reachable(), "90.00", due="2026-03-01")
    tick(now=NOW)
    return Notice.objects.get()


def delivered(posted: Posted) -> int:
    client = Client()
    answer = client.post("/webhooks/mail/news/", posted.body, content_type="application/json", headers=posted.headers)
    return int(answer.status_code)


def end() -> tuple[Any, ...]:
    """All that follows from what was heard."""
    one = Notice.objects.get()
    return (
        one.state,
        one.delivery,
        *SuppressedAddress.objects.values_list("address", "reason"),
        *Consent.objects.values_list("is_given", "channel", "topic"),
    )


def test_each_event_moves_the_notice_it_is_about(esp: Esp, notice: Notice) -> None:
    soon = NOW + timedelta(minutes=5)
    for kind in esp.kinds:
        assert delivered(esp.post(kind, str(notice.pk), soon)) == 200
    assert list(DeliveryEvent.objects.order_by("pk").values_list("kind", flat=True)) == list(esp.kinds)
    apply_news(now=soon)
    wish = [(False, "email", "")] if "unsubscribed" in esp.kinds else []
    assert end() == ("refused", "complained", (ADA, "complained"), *wish)


def test_any_order_and_every_repeat_ends_alike(esp: Esp, notice: Notice) -> None:
    soon, ends = NOW + timedelta(minutes=5), set()
    posted = [esp.post(kind, str(notice.pk), soon) for kind in esp.kinds[:3]]
    for order in list(permutations(posted))[::2]:
        DeliveryEvent.objects.all().delete()
        SuppressedAddress.objects.all().delete()
        Notice.objects.update(state="sent", delivery="", reason="")
        for one in (*order, *order):
            assert delivered(one) == 200
            apply_news(now=soon)
        assert DeliveryEvent.objects.count() == 3
        ends.add(end())
    assert ends == {("refused", "complained", (ADA, "complained"))}


def test_what_is_altered_or_unsigned_leaves_no_row(esp: Esp, notice: Notice) -> None:
    good = esp.post("bounced", str(notice.pk), NOW)
    altered = {
        "Mailgun": Posted(good.body.replace(b'"signature": "', b'"signature": "0'), good.headers),
        "SendGrid": Posted(good.body.replace(ADA.encode(), b"eve@example.com"), good.headers),
        "Amazon SES": Posted(good.body, good.headers | {"Authorization": "Basic ZXZlOmV2ZQ=="}),
        "Brevo": Posted(good.body, {"Authorization": "Basic ZXZlOmV2ZQ=="}),
    }
    name = next(name for name, known in ESPS.items() if known is esp)
    unsigned = Posted(good.body.replace(b'"token"', b'"tok"') if name == "Mailgun" else good.body, {})
    assert {delivered(altered[name]), delivered(unsigned)} <= {400, 401}
    assert not DeliveryEvent.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'{"Type": "Notification"}', b'"x"'])
def test_what_cannot_be_read_is_refused_or_flagged_and_never_breaks(esp: Esp, body: bytes) -> None:
    good = esp.post("delivered", "1", NOW)
    assert delivered(Posted(body, good.headers)) in (200, 400)
    assert set(DeliveryEvent.objects.values_list("kind", flat=True)) <= {"unknown"}


def test_start_is_refused_while_anybody_would_be_believed(esp: Esp, settings: Settings) -> None:
    assert mail_news_is_signed() == []
    settings.ANYMAIL = esp.unsecured
    [error] = mail_news_is_signed()
    assert error.id == "desk.E004"
    assert delivered(esp.post("bounced", "1", NOW)) == 404
