"""How often each thing may be done at a public door, and by whom it is counted. Pure.

A window is counted from its start, so that one row tells of it; twice a limit fits around the seam of two windows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

HOME_OF_IPV6 = 64  # bits: what one household or office is given


class Deed(StrEnum):
    """What is counted. Reading one's own page is not."""

    GUESS = "guess"  # a link that opens nothing, by address
    SEND = "send"  # a form sent, by link
    SEND_FROM = "send_from"  # a form sent, by address: an office shares one
    FEEDBACK = "feedback"  # by link
    CARD = "card"  # a page of the gateway for a card opened, by link
    CARD_FROM = "card_from"  # by address
    CODE = "code"  # a code asked for, by customer
    CODE_FROM = "code_from"  # by address
    DOWNLOAD = "download"  # by customer
    RECEIPT = "receipt"  # set as PDF, by customer
    DATA = "data"  # the facts asked for by the app's server, by customer
    NOTICES = "notices"  # asked for by the app's page, or told of, by customer
    LOGIN = "login"  # a password refused, by name
    LOGIN_FROM = "login_from"  # by address


@dataclass(frozen=True, slots=True)
class Limit:
    most: int
    within: timedelta


MINUTE, TEN_MINUTES, HOUR, DAY = timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)
LIMITS = {
    Deed.GUESS: Limit(60, TEN_MINUTES),
    Deed.SEND: Limit(60, TEN_MINUTES),
    Deed.SEND_FROM: Limit(300, TEN_MINUTES),
    Deed.FEEDBACK: Limit(10, HOUR),
    Deed.CARD: Limit(10, HOUR),
    Deed.CARD_FROM: Limit(50, HOUR),
    Deed.CODE: Limit(5, HOUR),
    Deed.CODE_FROM: Limit(20, HOUR),
    Deed.DOWNLOAD: Limit(5, DAY),
    Deed.RECEIPT: Limit(10, TEN_MINUTES),
    Deed.DATA: Limit(60, MINUTE),
    Deed.NOTICES: Limit(60, MINUTE),
    Deed.LOGIN: Limit(10, TEN_MINUTES),
    Deed.LOGIN_FROM: Limit(50, TEN_MINUTES),
}
LONGEST_WINDOW = max(limit.within for limit in LIMITS.values())

CARDS_BY_LINK, CARDS_BY_ADDRESS = 3, 5  # different cards refused within CARDS_WITHIN
CARDS_WITHIN = CLOSED_FOR = HOUR


def window_of(limit: Limit, now: datetime) -> datetime:
    """When the window that `now` lies in began."""
    seconds = int(limit.within.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def closed_until(refused: Sequence[tuple[str, datetime]], *, most: int, now: datetime) -> datetime | None:
    """Until when no card is taken, None while one is: after `most` different cards were refused within CARDS_WITHIN.

    `refused` tells which card and when, of one link or of one address. One card that is refused again and again is its
    owner's trouble; several are somebody trying out stolen numbers.
    """
    for _, last in sorted(refused, key=lambda one: one[1], reverse=True):
        if last <= now - CLOSED_FOR:
            return None
        cards = {card for card, at in refused if last - CARDS_WITHIN < at <= last}
        if len(cards) >= most:
            return last + CLOSED_FOR
    return None


def visitors_address(remote: str, forwarded: str, *, proxies: int) -> str:
    """Whose address a request came from; "" where nobody knows.

    `proxies` of our own stand in front, each adding the address it was called from to `forwarded`
    (X-Forwarded-For): what stands further left was written by the visitor and is not believed. Without proxies
    `remote` is the visitor, unless it is of this house: then a proxy stands in front that nobody told us of. Of IPv6
    the first 64 bits count, because a visitor has all the rest.
    """
    told = [part.strip() for part in forwarded.split(",")]
    found = (told[-proxies] if len(told) >= proxies else "") if proxies else remote
    try:
        address = ip_address(found)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if not (proxies or address.is_global):
        return ""
    return str(ip_network((address, HOME_OF_IPV6), strict=False)) if address.version == 6 else str(address)
