"""Giving a customer a personal link, taking it back, and saying it again."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from customers.models import Customer
from dunning.models import PortalLink
from dunning.rules.links import NONCE_BYTES, Purpose, fingerprint, new_nonce, token_for

SERIAL = re.compile(r"[0-9]{1,18}", re.ASCII)


def issue(customer: Customer, *, now: datetime) -> tuple[PortalLink, str]:
    """A new link for this customer, good for PORTAL_LINK_DAYS, and its token, which is stored nowhere."""
    [link] = issue_all([customer.pk], now=now)
    return link, token_of(link)


def issue_for(customer: Customer, token: str, *, lasts: timedelta, now: datetime) -> PortalLink:
    """The link that this token of the customer's app is exchanged for: the same one however often."""
    nonce = hashlib.sha256(token.encode()).digest()[:NONCE_BYTES]
    link = PortalLink(customer=customer, nonce=nonce, created_at=now, expires_at=now + lasts)
    link.token_hash = fingerprint(token_of(link))
    PortalLink.objects.bulk_create([link], ignore_conflicts=True)
    return PortalLink.objects.get(token_hash=link.token_hash)


def issue_all(customer_ids: Sequence[int], *, now: datetime) -> list[PortalLink]:
    """A new link for each of these customers, in the same order and by one statement."""
    return PortalLink.objects.bulk_create([_new_link(customer_id, now) for customer_id in customer_ids])


def _new_link(customer_id: int, now: datetime) -> PortalLink:
    link = PortalLink(customer_id=customer_id, nonce=new_nonce(), created_at=now)
    link.token_hash = fingerprint(token_of(link))
    link.expires_at = now + timedelta(days=settings.PORTAL_LINK_DAYS)
    return link


def token_of(link: PortalLink) -> str:
    """The token of a link issued earlier, derived again; a changed LINK_KEY makes another, useless one."""
    return token_for(bytes(link.nonce), key=settings.LINK_KEY, purpose=Purpose.PORTAL)


def unsubscribing(link: PortalLink) -> str:
    """What ends advertising to whoever got this link, and opens nothing: its number and a token of its own."""
    return f"{link.pk}-{_unsubscribe_token(link)}"


def link_unsubscribing(told: str) -> PortalLink | None:
    """The link that `unsubscribing` was made of, whether it still opens the page or not; None for anything else."""
    number, _, token = told.partition("-")
    link = PortalLink.objects.filter(pk=int(number)).first() if SERIAL.fullmatch(number) else None
    is_true = link is not None and hmac.compare_digest(_unsubscribe_token(link).encode(), token.encode())
    return link if is_true else None


def _unsubscribe_token(link: PortalLink) -> str:
    return token_for(bytes(link.nonce), key=settings.LINK_KEY, purpose=Purpose.UNSUBSCRIBE)


def visited(link: PortalLink, *, now: datetime) -> bool:
    """Remember the first visit by this link; False when there was one before. It changes nothing else.

    Programs that look at links in mail before their reader does count as visits too: nobody can tell them apart.
    """
    return bool(PortalLink.objects.filter(pk=link.pk, first_visited_at=None).update(first_visited_at=now))


def revoke(link: PortalLink, *, now: datetime) -> bool:
    """Close the door of this link for good; False when it was closed before."""
    return bool(PortalLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now))
