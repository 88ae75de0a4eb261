"""Sending a customer to the gateway's page for entering a card, and asking what they entered there."""

from datetime import datetime
from decimal import Decimal

from customers.models import Customer, Invoice
from payments.gateways.base import Card, HostedPage
from payments.models import CardPage
from payments.operations.gateway_calls import call


def begin(
    customer: Customer,
    *,
    gateway: str,
    currency: str,
    now: datetime,
    amount: Decimal | None = None,
    invoice: Invoice | None = None,
    key: str = "",
) -> CardPage:
    """Note what `customer` means to pay (None: a card is only to be kept), before they leave for the gateway's page."""
    return CardPage.objects.create(
        customer=customer, gateway=gateway, currency=currency, amount=amount, invoice=invoice, key=key, opened_at=now
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
