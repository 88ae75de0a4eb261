"""Sending a customer to the gateway's page for entering a card, and asking what they entered there."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Customer
from payments.gateways.base import Card, GatewayRefusal, HostedPage
from payments.models import CardPage, ChargeAttempt, PaymentMethod
from payments.operations.gateway_calls import call
from payments.queries.charges import LIVE

logger = logging.getLogger(__name__)
LASTS = timedelta(days=1)  # how long a page is good for, at Stripe too
PUT_OFF = timedelta(hours=1)
BATCH = 50


def begin(
    customer: Customer,
    *,
    gateway: str,
    currency: str,
    now: datetime,
    amount: Decimal | None = None,
    invoice_ids: Sequence[int] = (),
    key: str = "",
) -> CardPage:
    """Note what `customer` means to pay (None: a card is only to be kept), before they leave for the gateway's page."""
    return CardPage.objects.create(
        customer=customer,
        gateway=gateway,
        currency=currency,
        amount=amount,
        invoice_ids=list(invoice_ids),
        key=key,
        opened_at=now,
    )


def open_page(page: CardPage, return_address: str, *, now: datetime) -> HostedPage:
    """Have the gateway make its page, which leads back to `return_address`. Raises LeftAlone, or what it raises."""
    number, currency = page.customer.number, page.currency
    hosted = call(page.gateway, lambda gateway: gateway.set_up_page(number, currency, return_address), now=now)
    CardPage.objects.filter(pk=page.pk).update(reference=hosted.reference)
    return hosted


def entered(page: CardPage, *, now: datetime) -> Card | None:
    """The card that was entered, None while nothing was. Raises LeftAlone, or what the gateway raises."""
    if not page.reference:
        return None
    number = page.customer.number
    return call(page.gateway, lambda gateway: gateway.card_set_up(page.reference, number), now=now)


def tidy_up(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Close pages that are over, and let the gateway forget cards that nobody asked us to keep; how many were closed.

    A card stays while a payment with it may be under way. A page whose gateway does not answer is put off for an hour;
    one that it refuses for good is closed.
    """
    under_way = ChargeAttempt.objects.filter(customer=OuterRef("customer"), state__in=LIVE)
    over = CardPage.objects.filter(~Exists(under_way), opened_at__lte=now - LASTS).exclude(put_off_until__gt=now)
    pages = over.select_related("customer").order_by("opened_at", "pk")
    return sum(_close(page, now) for page in pages[:BATCH] if not deadline.is_over)


def _close(page: CardPage, now: datetime) -> bool:
    try:
        card = entered(page, now=now)
        if card and not PaymentMethod.objects.filter(token=card.token, removed_at=None).exists():
            call(page.gateway, lambda gateway: gateway.forget(card.token), now=now)
    except Exception as error:
        logger.exception("The card of page %s could not be forgotten.", page.pk)
        if not (isinstance(error, GatewayRefusal) and error.permanent):
            CardPage.objects.filter(pk=page.pk).update(put_off_until=now + PUT_OFF)
            return False
    page.delete()
    return True
