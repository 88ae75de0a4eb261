"""A customer's requests, as their page shows them."""

from datetime import date

from django.db.models import Q, QuerySet

from customers.models import Customer
from dunning.models import CustomerRequest
from dunning.rules.needs import Need, beside

SHOWN = 8


def live_requests(customer: Customer, *, today: date) -> list[CustomerRequest]:
    """Those that run or wait for an answer, the newest first."""
    running = Q(state=CustomerRequest.State.GRANTED, asked_on__gte=today, hold__isnull=False, hold__released_at=None)
    return list(_theirs(customer).filter(Q(state=CustomerRequest.State.WAITING) | running, closed_at=None))


def live_about(customer: Customer, need: Need, *, today: date) -> CustomerRequest | None:
    """The one in whose way another of this kind would be. Several invoices may be disputed."""
    if need == Need.DISPUTE:
        return None
    return next((one for one in live_requests(customer, today=today) if one.kind in beside(need)), None)


def shown_requests(customer: Customer, most: int | None = SHOWN) -> QuerySet[CustomerRequest]:
    """The newest ones, however they ended; all of them when `most` is None."""
    return _theirs(customer)[:most] if most else _theirs(customer)


def _theirs(customer: Customer) -> QuerySet[CustomerRequest]:
    rows = CustomerRequest.objects.filter(customer=customer).select_related("invoice", "plan", "method")
    return rows.order_by("-pk")
