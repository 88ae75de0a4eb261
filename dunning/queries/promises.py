"""Promised days that come near: which requests stand behind them, and what else rests for the same customer."""

from datetime import datetime, time, timedelta
from typing import Literal

from django.db.models import Q, QuerySet

from customers.queries import holds_in_force
from customers.rules.days import local_day, zone
from dunning.models import CustomerRequest

FROM = time(9)  # on the customer's clock
DAY = timedelta(days=1)
NOT_AHEAD = timedelta(0)


def promises_near(now: datetime) -> QuerySet[CustomerRequest]:
    """Requests that were granted, whose day is near in some zone or other, and that are to be looked at by now."""
    near = ((now - DAY).date(), (now + 2 * DAY).date())
    granted = CustomerRequest.objects.filter(state=CustomerRequest.State.GRANTED, closed_at=None)
    to_look_at = granted.filter(Q(look_at=None) | Q(look_at__lte=now), asked_on__range=near, hold__released_at=None)
    return to_look_at.select_related("customer", "hold").order_by("pk")


def is_time(request: CustomerRequest, now: datetime, *, ahead: timedelta = NOT_AHEAD) -> bool:
    """It is the promised day on the customer's clock (or `ahead` of it), and not too early in the morning."""
    zone_name = request.customer.time_zone
    day = local_day(now, zone_name) + ahead
    return day == request.asked_on and now.astimezone(zone(zone_name)).time() >= FROM


def stands(request: CustomerRequest) -> bool:
    """Neither over nor taken back."""
    return request.closed_at is None and request.hold is not None and request.hold.released_at is None


def held_beside(
    request: CustomerRequest, now: datetime, *, what: Literal["blocks_contact", "blocks_charges"]
) -> set[int] | None:
    """Ids of the invoices that other holds than the promise's own keep from this; None: all of the customer."""
    customer = request.customer
    in_force = holds_in_force(local_day(now, customer.time_zone)).filter(customer=customer)
    forbidding = in_force.filter(disputed_amount=None, **{what: True}).exclude(pk=request.hold_id or 0)
    held = set(forbidding.values_list("invoice_id", flat=True))
    return None if None in held else {pk for pk in held if pk}
