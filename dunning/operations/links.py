"""Giving a customer a personal link, taking it back, and saying it again."""

from datetime import datetime, timedelta

from django.conf import settings

from customers.models import Customer
from dunning.models import PortalLink
from dunning.rules.links import Purpose, fingerprint, new_nonce, token_for


def issue(customer: Customer, *, now: datetime) -> tuple[PortalLink, str]:
    """A new link for this customer, good for PORTAL_LINK_DAYS, and its token, which is stored nowhere."""
    nonce = new_nonce()
    token = token_for(nonce, key=settings.LINK_KEY, purpose=Purpose.PORTAL)
    link = PortalLink.objects.create(
        customer=customer,
        token_hash=fingerprint(token),
        nonce=nonce,
        created_at=now,
        expires_at=now + timedelta(days=settings.PORTAL_LINK_DAYS),
    )
    return link, token


def token_of(link: PortalLink) -> str:
    """The token of a link issued earlier, derived again; a changed LINK_KEY makes another, useless one."""
    return token_for(bytes(link.nonce), key=settings.LINK_KEY, purpose=Purpose.PORTAL)


def revoke(link: PortalLink, *, now: datetime) -> bool:
    """Close the door of this link for good; False when it was closed before."""
    return bool(PortalLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now))
