"""Who stands behind a personal link, and where a link leads."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from dunning.models import PortalLink
from dunning.queries.brand import branding
from dunning.rules.letter import SmsTerms
from dunning.rules.links import TOKEN_LENGTH, fingerprint


def link_of(token: str, *, now: datetime) -> PortalLink | None:
    """The link and whose it is, or None: unknown, altered, expired and revoked take one look-up and say the same."""
    return _good_links(now).filter(token_hash=fingerprint(token)).first()


def link_numbered(number: int, *, now: datetime) -> PortalLink | None:
    """This link while it still opens the page."""
    return _good_links(now).filter(pk=number).first()


def number_of_link(token: str) -> int:
    """The link's number, which opens nothing by itself."""
    return PortalLink.objects.values_list("pk", flat=True).get(token_hash=fingerprint(token))


def _good_links(now: datetime) -> QuerySet[PortalLink]:
    return PortalLink.objects.select_related("customer").filter(revoked_at=None, expires_at__gt=now)


def sms_terms() -> SmsTerms:
    """What text messages of this desk are measured with: its name, a link as long as any, the segments paid for."""
    return SmsTerms(branding().name, link_url("x" * TOKEN_LENGTH), settings.SMS_MOST_SEGMENTS)


def unsubscribe_url(told: str) -> str:
    """The address that mail programs post to for one click (RFC 8058)."""
    return f"{settings.BASE_URL}/p/unsubscribe/{told}/"


def link_url(token: str) -> str:
    """The address that goes into a letter. Built from BASE_URL, never from what a request claims."""
    return f"{settings.BASE_URL}/p/{token}/"
