"""What the doors want to see: who stands behind a link, and where a link leads."""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Sum

from dunning.models import HandedCase, Notice, OutgoingEvent, PortalLink
from dunning.rules.letter import SmsTerms
from dunning.rules.links import TOKEN_LENGTH, fingerprint
from payments.models import Payment

OUR_KEY = re.compile(r"\bnotice-(\d{1,18})\b")
HIGHEST_ID = 2**63 - 1


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


def restriction_of(customer_id: int) -> OutgoingEvent | None:
    """The event that restricts this customer's service, as far as the service has or may have heard of it."""
    told = OutgoingEvent.objects.filter(customer=customer_id)
    newest = told.exclude(state=OutgoingEvent.State.WITHDRAWN, attempts=0).order_by("-pk").first()
    return newest if newest and newest.kind == OutgoingEvent.Kind.RESTRICT else None


def handed_with_money() -> QuerySet[HandedCase]:
    """Cases with an agency whose customer has paid us since a person last looked."""
    paid = Payment.objects.filter(customer=OuterRef("case__customer"), recorded_at__gt=OuterRef("looked_at"))
    return HandedCase.objects.filter(Exists(paid), taken_back_at=None)


def paid_since_handed(handed: HandedCase) -> list[tuple[str, Decimal]]:
    """What has come in since a person last looked: (currency, amount) pairs."""
    paid = Payment.objects.filter(customer=handed.case.customer_id, recorded_at__gt=handed.looked_at)
    sums = paid.values("currency").annotate(paid=Sum("amount")).order_by("currency")
    return list(sums.values_list("currency", "paid"))


def sms_terms() -> SmsTerms:
    """What text messages of this desk are measured with: its name, a link as long as any, the segments paid for."""
    return SmsTerms(settings.COMPANY_NAME, link_url("x" * TOKEN_LENGTH), settings.SMS_MOST_SEGMENTS)


def link_url(token: str) -> str:
    """The address that goes into a letter. Built from BASE_URL, never from what a request claims."""
    return f"{settings.BASE_URL}/p/{token}/"


def notices_by_key(asked: Iterable[tuple[int, str, str, str]]) -> dict[int, Notice]:
    """The notice behind each (id of the asking row, channel, our notice's number, the message's id at the provider).

    The number that came back goes first, then our own key in the message's id, then the provider's. Two queries.
    """
    rows = [(pk, channel, _number(key, reference), reference.strip("<> ")) for pk, channel, key, reference in asked]
    light = Notice.objects.defer("body", "lines", "own_body")
    by_number = light.in_bulk({number for _, _, number, _ in rows if number})
    references = {reference for _, _, number, reference in rows if reference and number not in by_number}
    spelled = references | {f"<{reference}>" for reference in references}
    known = light.filter(provider_reference__in=spelled) if references else []
    by_reference = {(notice.channel, notice.provider_reference.strip("<> ")): notice for notice in known}
    found = ((pk, channel, by_number.get(key) or by_reference.get((channel, ref))) for pk, channel, key, ref in rows)
    return {pk: notice for pk, channel, notice in found if notice and notice.channel == channel}


def _number(key: str, reference: str) -> int:
    ours = OUR_KEY.search(reference)
    number = int(key) if key.isascii() and key.isdecimal() else int(ours[1]) if ours else 0
    return number if number <= HIGHEST_ID else 0
