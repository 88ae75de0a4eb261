"""The way back from a page of the gateway or of the customer's bank, by a ticket instead of the personal link.

A ticket is signed, for one card page or one payment, and good for a day. Until then it leads whoever holds it to the
link; what stays in others' books after that opens nothing.
"""

from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dunning.models import PortalLink
from dunning.operations import card_testing
from dunning.operations.links import token_of
from dunning.portal.guards import visitor_of
from dunning.portal.payment_made import look_at_the_case
from dunning.portal.visits import Visit, not_found
from dunning.queries.links import link_numbered, number_of_link
from payments.models import CardPage
from payments.operations import charges
from payments.operations.card_pages import LASTS
from payments.queries.charges import made_under

CARD, PAYMENT = "card", "payment"
SIGNER = Signer(salt="dunning.portal.ways_back")


def way_back(visit: Visit, kind: str, name: str) -> str:
    """The absolute address that leads back to a CARD page (by its number) or a PAYMENT (by its key)."""
    ticket = SIGNER.sign_object([number_of_link(visit.token), kind, name])
    return settings.BASE_URL + reverse("portal:back", args=[ticket])


@require_safe
def came_back(request: HttpRequest, ticket: str) -> HttpResponse:
    """Lead the customer on to their own page. Of a payment that waited for their bank the gateway is asked first."""
    now = timezone.now()
    try:
        number, kind, name = SIGNER.unsign_object(ticket)
    except (BadSignature, ValueError):
        return not_found(request)
    link = link_numbered(number, now=now)
    place = _place(link, kind, name, visitor_of(request), now) if link else None
    if link is None or place is None:
        return not_found(request)
    return redirect(reverse(f"portal:{place[0]}", args=[token_of(link), *place[1:]]))


def _place(link: PortalLink, kind: str, name: str, visitor: str, now: datetime) -> tuple[str | int, ...] | None:
    if kind == CARD:
        page = CardPage.objects.filter(pk=name, customer=link.customer, opened_at__gt=now - LASTS).first()
        return ("entered", page.pk) if page else None
    attempt = made_under(name, link.customer)
    if attempt is None or attempt.started_at <= now - LASTS:
        return None
    if attempt.approval_address:
        confirmed = charges.confirm(attempt, now=now)
        card_testing.note(confirmed, link, visitor, card="unknown", now=now)
        look_at_the_case(confirmed, now=now)
    return "payment", attempt.pk
