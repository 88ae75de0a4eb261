"""A process of its own that pays, tells or syncs against a test's database and processor, and may die on the way."""

import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal


def main(database: str, address: str, deed: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from tests.stripe_processor import StripeProcessor

    options = StripeProcessor(address).options()
    entry = {"class": "payments.gateways.stripe.StripeGateway", "options": options, "retries": "ours"}
    settings.PAYMENT_GATEWAYS, settings.PAYMENT_GATEWAY = {"stripe": entry}, "stripe"
    connection.settings_dict["NAME"] = database
    from customers.models import Customer
    from payments.models import Payment
    from payments.operations import payments
    from payments.operations.charges import charge
    from payments.operations.gateway_invoices import tell
    from payments.operations.sync import sync

    now = datetime.now(UTC) + timedelta(seconds=2)
    if deed == "sync":
        sync("stripe", now=now)
        return
    customer = Customer.objects.get()
    if deed == "pay":
        charge(customer, amount=Decimal(120), currency="EUR", card="pm_card_mastercard", key="killed", now=now)
    else:
        bank, day = Payment.Source.BANK, now.date()
        payments.record(customer, amount=Decimal(120), currency="EUR", received_on=day, source=bank, now=now)
    tell(now=now)


if __name__ == "__main__":
    main(*sys.argv[1:])
