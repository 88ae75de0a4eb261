"""The card a customer lets us keep: one at a time, replaced by the next. Only what a gateway tells of it."""

from datetime import datetime

from django.db import transaction

from customers.models import Customer
from payments.gateways.base import Card
from payments.models import PaymentMethod


@transaction.atomic
def keep(customer: Customer, card: Card, *, gateway: str, now: datetime) -> PaymentMethod:
    """Keep `card` for next time, in place of the one kept so far; the card kept already stays the same row."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    told = ("brand", "last4", "expires_on", "kind", "fingerprint", "country")
    details = {name: getattr(card, name) for name in told}
    kept = PaymentMethod.objects.filter(customer=customer, removed_at__isnull=True)
    kept.exclude(gateway=gateway, token=card.token).update(is_default=False, removed_at=now)
    method, _ = kept.update_or_create(
        gateway=gateway,
        token=card.token,
        defaults={**details, "is_default": True, "is_from_gateway": False},
        create_defaults={**details, "customer": customer, "is_default": True, "stored_at": now},
    )
    return method
