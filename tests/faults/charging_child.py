"""A process of its own that charges, collects, confirms or applies for a test, and may die on the way."""

import sys
from datetime import UTC, datetime
from decimal import Decimal


def main(database: str, journal: str, deed: str, customer_id: str, card: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.PAYMENT_GATEWAYS["sandbox"]["options"] = {"journal": journal}
    connection.settings_dict["NAME"] = database
    from customers.models import Customer
    from dunning.operations.collect import collect
    from payments.models import ChargeAttempt
    from payments.operations.charges import charge, confirm
    from payments.operations.inbox import apply_events

    now = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    customer = Customer.objects.get(pk=customer_id)
    if deed == "charge":
        charge(customer, amount=Decimal(70), currency="EUR", card=card, key="killed", now=now, keep_card=True)
    elif deed == "collect":
        collect(now=now)
    elif deed == "apply":
        apply_events(now=now)
    else:
        confirm(ChargeAttempt.objects.get(idempotency_key="killed"), now=now)


if __name__ == "__main__":
    main(*sys.argv[1:])
