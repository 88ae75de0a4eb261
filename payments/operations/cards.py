"""The cards a customer lets us keep: which is used first, which may be charged unattended, which is forgotten.

Only what a gateway tells of a card is stored.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from customers.models import Customer
from customers.operations import news
from payments.gateways import gateway as gateway_named
from payments.gateways.base import Card
from payments.models import PaymentMethod
from payments.rules.methods import fingerprint_of

logger = logging.getLogger(__name__)


@transaction.atomic
def keep(customer: Customer, card: Card, *, gateway: str, may_charge: bool, now: datetime) -> PaymentMethod:
    """Keep `card` and use it first from now on; the card kept already stays the same row.

    `may_charge`: the customer allows us to charge what falls due to it; without it an earlier leave stays as it was.
    The same card under an older token gives way; other cards stay, behind this one.
    """
    kept = _kept(customer)
    told = ("brand", "last4", "expires_on", "kind", "country")
    details = {name: getattr(card, name) for name in told}
    details["fingerprint"] = fingerprint_of(card.token, card.fingerprint, gateway=gateway)
    kept.exclude(gateway=gateway, token=card.token).update(is_default=False)
    method, _ = kept.update_or_create(
        gateway=gateway,
        token=card.token,
        defaults={**details, "is_default": True, "is_from_gateway": False},
        create_defaults={**details, "customer": customer, "is_default": True, "stored_at": now},
    )
    same_card = kept.filter(gateway=gateway, fingerprint=method.fingerprint)
    same_card.exclude(pk=method.pk).update(removed_at=now)
    news.announce([customer.pk])  # another card expires on another day
    return agree(method, now=now) if may_charge else method


@transaction.atomic
def agree(method: PaymentMethod, *, now: datetime) -> PaymentMethod:
    """The customer allows us to charge what falls due to this card, without being asked each time.

    What is due already is charged at the engine's next turn.
    """
    PaymentMethod.objects.filter(pk=method.pk, charge_agreed_at=None, removed_at=None).update(charge_agreed_at=now)
    news.announce([method.customer_id])
    method.refresh_from_db()
    return method


def disagree(method: PaymentMethod) -> None:
    """The customer takes that leave back; the card stays kept."""
    PaymentMethod.objects.filter(pk=method.pk).update(charge_agreed_at=None)


@transaction.atomic
def use_first(method: PaymentMethod) -> None:
    """Offer and charge this card before the others. One that was removed meanwhile stays removed."""
    kept = _kept(method.customer)
    if kept.filter(pk=method.pk).exists():
        kept.exclude(pk=method.pk).update(is_default=False)
        kept.filter(pk=method.pk).update(is_default=True)


def remove(method: PaymentMethod, *, now: datetime) -> None:
    """Keep this card no longer, here and at its gateway; the next one kept is used first.

    Nothing is charged to it from this moment on, whether or not the gateway answers.
    """
    with transaction.atomic(durable=True):
        kept = _kept(method.customer)
        kept.filter(pk=method.pk).update(is_default=False, charge_agreed_at=None, removed_at=now)
        heir = kept.order_by("-is_default", "-pk").first()
        if heir and not heir.is_default:
            kept.filter(pk=heir.pk).update(is_default=True)
        news.announce([method.customer_id])
    try:
        gateway_named(method.gateway).forget(method.token)
    except Exception:
        logger.exception("Gateway %s did not forget payment method %s.", method.gateway, method.pk)


def _kept(customer: Customer) -> QuerySet[PaymentMethod]:
    """The customer's kept cards, with the customer locked."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    return PaymentMethod.objects.filter(customer=customer, removed_at__isnull=True)
