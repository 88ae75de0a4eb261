"""Anymail's events in our words. Its many providers' vocabularies end here; what they said is kept as it came."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent, EventType, RejectReason
from django.utils.html import strip_tags

from dunning.channels.news import DeliveryNews, Incoming
from dunning.rules.auto_reply import TOLD_BY
from dunning.rules.bounces import is_for_good
from dunning.rules.delivery_news import NewsKind

EMAIL = "email"
KINDS = {
    EventType.QUEUED: NewsKind.ACCEPTED,
    EventType.SENT: NewsKind.ACCEPTED,
    EventType.AUTORESPONDED: NewsKind.ACCEPTED,
    EventType.DEFERRED: NewsKind.DEFERRED,
    EventType.DELIVERED: NewsKind.DELIVERED,
    EventType.FAILED: NewsKind.SOFT_BOUNCED,
    EventType.COMPLAINED: NewsKind.COMPLAINED,
    EventType.OPENED: NewsKind.OPENED,
    EventType.CLICKED: NewsKind.CLICKED,
    EventType.UNSUBSCRIBED: NewsKind.UNSUBSCRIBED,
}
REASONS = {RejectReason.SPAM: NewsKind.COMPLAINED, RejectReason.UNSUBSCRIBED: NewsKind.UNSUBSCRIBED}
ABOUT_THE_READER = (RejectReason.BOUNCED, RejectReason.INVALID)
# Under these names the providers say what kind of event it is.
KIND_NAMES = {"type", "event", "recordtype", "bouncetype", "bouncesubtype", "event_type", "bounce_classification"}
KIND_NAMES |= {"severity", "error", "error_related_to", "classification", "bounce_description", "delivery_status"}
MESSAGE_ID = re.compile(r"<([^<>\s]{1,190})>")


def delivery_news(event: AnymailTrackingEvent, provider: str) -> DeliveryNews:
    """What became of a message."""
    said = " ".join(_kinds(event.esp_event))
    answer = event.mta_response or ""
    return DeliveryNews(
        channel=EMAIL,
        provider=provider,
        kind=_kind(event, answer, said),
        event_id=str(event.event_id or ""),
        recipient=event.recipient or "",
        notice_id=str((event.metadata or {}).get("notice_id", "")),
        reference=_text(event.message_id),
        said=f"{event.event_type} {said}".strip(),
        detail=" ".join((answer or event.description or "").split()),
        happened_at=event.timestamp,
        raw=_raw(event.esp_event),
    )


def not_understood(provider: str, body: bytes, error: Exception) -> DeliveryNews:
    """A genuine delivery that could not be read: kept and shown."""
    identity = sha256(body).hexdigest()
    detail = " ".join(f"{type(error).__name__}: {error}".split())
    return DeliveryNews(
        channel=EMAIL, provider=provider, kind=NewsKind.UNKNOWN, event_id=identity, detail=detail, raw=body
    )


def _kind(event: AnymailTrackingEvent, answer: str, said: str) -> NewsKind:
    if event.event_type not in (EventType.BOUNCED, EventType.REJECTED):
        return KINDS.get(event.event_type, NewsKind.UNKNOWN)
    if event.reject_reason in REASONS:
        return REASONS[event.reject_reason]
    says_nothing = event.event_type == EventType.BOUNCED and event.reject_reason is None  # SendGrid's bounces
    about_the_reader = says_nothing or event.reject_reason in ABOUT_THE_READER
    for_good = about_the_reader and is_for_good(answer, said)
    return NewsKind.BOUNCED if for_good else NewsKind.SOFT_BOUNCED


def _kinds(told: Any, depth: int = 3) -> Iterator[str]:
    if not isinstance(told, Mapping) or not depth:
        return
    for name, value in told.items():
        if isinstance(value, str) and str(name).lower() in KIND_NAMES:
            yield value[:60]
        else:
            yield from _kinds(value, depth - 1)


def _raw(told: Any) -> bytes:
    try:
        return json.dumps(told, default=str).encode()
    except (TypeError, ValueError):
        return repr(told).encode("utf-8", "replace")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def incoming(event: AnymailInboundEvent, provider: str, *, now: datetime) -> Incoming:
    """What somebody wrote. Attachments are weighed and left behind."""
    message: AnymailInboundMessage = event.message
    sender = next(iter(message.get_address_header("From")), None)
    text = message.text or html.unescape(strip_tags(message.html or ""))
    named = str(event.event_id or message.get("Message-ID", "")).strip()
    threads = " ".join([*map(str, message.get_all("References", [])), *map(str, message.get_all("In-Reply-To", []))])
    return Incoming(
        channel=EMAIL,
        provider=provider,
        provider_id=named or sha256(f"{sender} {message.get('Date')} {text}".encode("utf-8", "replace")).hexdigest(),
        sender=sender.addr_spec if sender else message.envelope_sender or "unknown",
        sender_name=sender.display_name if sender else "",
        subject=message.subject or "",
        text=text,
        received_at=event.timestamp or now,
        answers=tuple(MESSAGE_ID.findall(threads)),
        headers=_headers(message),
        attachments=tuple(
            (part.get_filename() or "without a name", len(part.get_content_bytes())) for part in message.attachments
        ),
    )


def _headers(message: AnymailInboundMessage) -> dict[str, str]:
    told = {name: str(message[name]) for name in TOLD_BY if message[name]}
    return told | ({"return-path": "<>"} if message.envelope_sender == "" else {})
