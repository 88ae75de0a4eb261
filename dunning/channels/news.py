"""What a provider tells us, in our own words: what became of a message, and what somebody wrote back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dunning.rules.delivery_news import NewsKind

NO_NULS = {0: None}  # PostgreSQL stores none


def storable(text: str, longest: int) -> str:
    """What a stranger sent, fit for a column: no NULs, no halves of characters, at most `longest` characters."""
    return text.translate(NO_NULS).encode("utf-8", "replace").decode()[:longest]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNews:
    """One event about one message. What the provider does not say stays empty; `said` is its own word for the kind.

    `notice_id`: the number of our notice, where it came back with the event; `reference`: the message's id, theirs or
    ours. One of the two finds the notice.
    """

    channel: str
    provider: str
    kind: NewsKind
    event_id: str = ""
    recipient: str = ""
    notice_id: str = ""
    reference: str = ""
    said: str = ""
    detail: str = ""
    happened_at: datetime | None = None
    raw: bytes = b""  # the event as it came


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What somebody wrote. `sender`: their address, or their number as +49…; `answers`: ids of what it answers."""

    channel: str
    provider: str
    provider_id: str
    sender: str
    text: str
    received_at: datetime
    sender_name: str = ""
    subject: str = ""
    answers: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[tuple[str, int], ...] = ()  # name and bytes
