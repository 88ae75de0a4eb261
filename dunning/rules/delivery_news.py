"""What providers tell of a message after they took it, and what follows: how far it came, whether an address is good.

All of it is judged from the whole of what was heard, so that neither order nor repeats matter. Opened and clicked
decide nothing: robots open mail and follow links.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from customers.rules.contact import Unreachable

SOFT_BOUNCES_IN_A_ROW = 3


class NewsKind(StrEnum):
    """One event, in our words."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    SOFT_BOUNCED = "soft_bounced"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    OPENED = "opened"
    CLICKED = "clicked"
    UNSUBSCRIBED = "unsubscribed"
    DISMISSED = "dismissed"
    UNKNOWN = "unknown"


WORDS = {
    NewsKind.ACCEPTED: "on its way",
    NewsKind.DEFERRED: "deferred: the provider tries again",
    NewsKind.SOFT_BOUNCED: "came back for now (soft bounce)",
    NewsKind.DELIVERED: "delivered",
    NewsKind.BOUNCED: "came back for good (hard bounce)",
    NewsKind.COMPLAINED: "reported as spam",
    NewsKind.OPENED: "opened",
    NewsKind.CLICKED: "link followed",
    NewsKind.UNSUBSCRIBED: "unsubscribed",
    NewsKind.DISMISSED: "seen and dismissed in the app",
    NewsKind.UNKNOWN: "not understood",
}
# A message only moves along this line, whatever is heard first.
LINE = (
    NewsKind.ACCEPTED,
    NewsKind.DEFERRED,
    NewsKind.SOFT_BOUNCED,
    NewsKind.DELIVERED,
    NewsKind.BOUNCED,
    NewsKind.COMPLAINED,
)
# Only people do this; mail programs open letters by themselves.
READ = (NewsKind.CLICKED, NewsKind.DISMISSED)
# What only somebody can tell who took the message over: a notice of unknown fate has left.
HAS_LEFT = frozenset(NewsKind) - {NewsKind.UNKNOWN}


def furthest(kinds: Iterable[NewsKind]) -> NewsKind | None:
    """How far the message came; None when nothing that was heard says so."""
    return max((kind for kind in kinds if kind in LINE), key=LINE.index, default=None)


@dataclass(frozen=True, slots=True)
class Heard:
    """One event about an address; `message` tells messages apart."""

    kind: NewsKind
    message: str
    at: datetime


def unreachable_for(heard: Collection[Heard]) -> tuple[Unreachable, datetime] | None:
    """Why nothing may go to this address any more and since when, None when it may.

    `heard`: all since a person last released it. A complaint and a hard bounce stand until a person releases them; soft
    bounces count in a row, and a delivery begins the count anew.
    """
    for kind, why in ((NewsKind.COMPLAINED, Unreachable.COMPLAINED), (NewsKind.BOUNCED, Unreachable.BOUNCED)):
        if moments := [news.at for news in heard if news.kind == kind]:
            return why, min(moments)
    row = _soft_bounces_in_a_row(heard)
    return (Unreachable.SOFT_BOUNCES, row[SOFT_BOUNCES_IN_A_ROW - 1]) if len(row) >= SOFT_BOUNCES_IN_A_ROW else None


def _soft_bounces_in_a_row(heard: Collection[Heard]) -> list[datetime]:
    """When each message of the latest row came back first."""
    delivered_at = max((news.at for news in heard if news.kind == NewsKind.DELIVERED), default=None)
    first: dict[str, datetime] = {}
    for news in heard:
        if news.kind == NewsKind.SOFT_BOUNCED and (delivered_at is None or news.at > delivered_at):
            first[news.message] = min(first.get(news.message, news.at), news.at)
    return sorted(first.values())
