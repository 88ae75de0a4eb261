"""The card a customer lets us keep: one at a time, replaced by the next. Only what a gateway tells of it."""

from datetime import datetime

from django.db import transaction

from customers.models import Customer
from customers.operations import news
from payments.gateways.base import Card
from payments.models import PaymentMethod
from payments.rules.methods import fingerprint_of


@transaction.atomic
def keep(customer: Customer, card: Card, *, gateway: str, now: datetime, may_charge: bool = False) -> PaymentMethod:
    """Keep `card` for next time, in place of the one kept so far; the card kept already stays the same row.

    `may_charge`: its owner agrees that what falls due is charged to it from now on.
    """
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    told = ("brand", "last4", "expires_on", "kind", "country")
    details = {name: getattr(card, name) for name in told}
    details["fingerprint"] = fingerprint_of(card.token, card.fingerprint, gateway=gateway)
    details["charge_agreed_at"] = now if may_charge else None
    kept = PaymentMethod.objects.filter(customer=customer, removed_at__isnull=True)
    kept.exclude(gateway=gateway, token=card.token).update(is_default=False, removed_at=now)
    method, _ = kept.update_or_create(
        gateway=gateway,
        token=card.token,
        defaults={**details, "is_default": True, "is_from_gateway": False},
        create_defaults={**details, "customer": customer, "is_default": True, "stored_at": now},
    )
    news.announce([customer.pk])  # a card that may be charged is charged at once for what is due
    return method
