"""Out to the gateway's page for entering a card, and what was entered there. No card number comes near us."""

import logging
from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from dunning.operations.card_testing import refuse_while_closed
from dunning.portal.guards import count_card_page
from dunning.portal.visits import Unreachable, Visit
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
    """Lead the customer to a new page of the gateway; without an amount the card is only to be kept.

    Raises CardsWait, TooOften, or Unreachable.
    """
    refuse_while_closed(visit.link, visit.visitor, now=visit.now)
    count_card_page(visit.request, visit.link, now=visit.now)
    alias = settings.PAYMENT_GATEWAY
    page = card_pages.begin(
        visit.customer, gateway=alias, currency=currency, amount=amount, invoice_ids=invoice_ids, key=key, now=visit.now
    )
    try:
        hosted = card_pages.open_page(page, way_back(visit, CARD, str(page.pk)), now=visit.now)
    except Exception as error:
        logger.exception("No page to enter a card could be opened for customer %s.", visit.customer.pk)
        raise Unreachable from error
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
    """The card that was entered, None while nothing was. Raises Unreachable."""
    try:
        return card_pages.entered(page, now=visit.now)
    except Exception as error:
        logger.exception("What was entered on card page %s cannot be told.", page.pk)
        raise Unreachable from error
