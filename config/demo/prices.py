"""What the demo company pays for messages, calls and card tries, in the currencies it bills most."""

from datetime import date
from decimal import Decimal

from dunning.models import CostRate

PRICES = {"email": "0.002", "sms": "0.08", "post": "1.15", "in_app": "0", "call": "4.50", "charge": "0.10"}
CURRENCIES = ("EUR", "GBP", "USD")


def agree(*, since: date) -> None:
    """Write the prices down, for every currency the same."""
    CostRate.objects.bulk_create(
        CostRate(
            kind=kind, currency=currency, amount=Decimal(price), source="Price lists of this year", valid_from=since
        )
        for kind, price in PRICES.items()
        for currency in CURRENCIES
    )
