"""Telling the engine that a customer's facts changed, in the transaction that changes them."""

from collections.abc import Iterable

from customers.models import CustomerChange


def announce(customer_ids: Iterable[int]) -> None:
    """Write one line of news per customer. Call inside the transaction of the change itself."""
    CustomerChange.objects.bulk_create([CustomerChange(customer_id=pk) for pk in sorted(set(customer_ids))])
