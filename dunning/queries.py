"""What the doors want to see: who stands behind a link, and where a link leads."""

from datetime import datetime

from django.conf import settings

from customers.models import Customer
from dunning.models import PortalLink
from dunning.rules.links import fingerprint


def customer_of(token: str, *, now: datetime) -> Customer | None:
    """Whose link this is, or None: unknown, altered, expired and revoked take the same one look-up and say the same."""
    link = (
        PortalLink.objects.select_related("customer")
        .filter(token_hash=fingerprint(token), revoked_at=None, expires_at__gt=now)
        .first()
    )
    return link.customer if link else None


def link_url(token: str) -> str:
    """The address that goes into a letter. Built from BASE_URL, never from what a request claims."""
    return f"{settings.BASE_URL}/p/{token}/"
