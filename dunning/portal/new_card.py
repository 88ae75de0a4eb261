"""Out to the gateway's page for entering a card, and what was entered there. No card number comes near us."""

import logging
from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from dunning.portal.visits import Visit
from dunning.portal.ways_back import CARD, way_back
from payments.gateways import gateway
from payments.gateways.base import Card
from payments.models import CardPage
from payments.operations import card_pages

logger = logging.getLogger(__name__)
PREFIX = "page-"


def enter(
    visit: Visit, currency: str, *, amount: Decimal | None = None, invoice_ids: Sequence[int] = (), key: str = ""
) -> HttpResponse:
    """Lead the customer to a new page of the gateway; without an amount the card is only to be kept."""
    alias = settings.PAYMENT_GATEWAY
    page = card_pages.begin(
        visit.customer, gateway=alias, currency=currency, amount=amount, invoice_ids=invoice_ids, key=key, now=visit.now
    )
    try:
        hosted = card_pages.open_page(page, way_back(visit, CARD, str(page.pk)), now=visit.now)
    except Exception:
        logger.exception("No page to enter a card could be opened for customer %s.", visit.customer.pk)
        return unreachable(visit)
    if forms_may_lead_to(hosted.address):
        return redirect(hosted.address)
    return visit.page("new_card/leave.html", address=hosted.address)


def forms_may_lead_to(address: str) -> bool:
    """Whether browsers let our forms end there; elsewhere a link leads (see form-action in middleware.py)."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" in gateway(settings.PAYMENT_GATEWAY).page_origins


def entered_name(page: CardPage) -> str:
    """How a form names the card that was entered there."""
    return f"{PREFIX}{page.pk}"


def page_named(visit: Visit, name: str) -> CardPage | None:
    """The page that a form names, None unless it is one of this customer's."""
    number = name.removeprefix(PREFIX)
    if not name.startswith(PREFIX) or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return CardPage.objects.filter(pk=number, customer=visit.customer).first()


def entered_card(visit: Visit, page: CardPage) -> Card | None:
    """The card that was entered, None while nothing was. Raises LeftAlone, or what the gateway raises."""
    return card_pages.entered(page, now=visit.now)


def unreachable(visit: Visit) -> HttpResponse:
    """The gateway did not answer, and nothing was taken."""
    return visit.page("unreachable.html", status=503)
