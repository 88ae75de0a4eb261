"""What a customer's app shows: the newest notice about something that is still open. Reading it changes nothing."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from customers.models import ContactStop, Customer, Invoice
from customers.queries import is_held
from customers.rules.contact import IN_APP
from customers.rules.days import local_day
from dunning.models import InAppNotice, Notice

LOOKED_AT = 20  # of the newest kept
THANKS_STAY = timedelta(days=7)


class ToShow(NamedTuple):
    """What the app was handed, and the notice it was: with its link and what it names."""

    kept: InAppNotice
    notice: Notice


def feed_of(number: str, *, now: datetime) -> list[ToShow] | None:
    """At most one notice; None for a number that nobody has. Five queries at the most."""
    customer = Customer.objects.filter(number=number).first()
    if customer is None:
        return None
    kept = {one.key: one for one in _kept(customer)}
    if not kept or _wants_none(customer):
        return []
    asked_for = _asked_for(customer, now)
    left = Notice.objects.filter(customer=customer, channel=IN_APP, message_id__in=kept, state=Notice.State.SENT)
    for notice in left.select_related("link").order_by("-pk"):
        if _still_says_something(notice, asked_for, now):
            return [ToShow(kept[notice.message_id], notice)]
    return []


def _kept(customer: Customer) -> QuerySet[InAppNotice]:
    theirs = InAppNotice.objects.filter(customer_number=customer.number, dismissed_at=None, withdrawn_at=None)
    return theirs.order_by("-pk")[:LOOKED_AT]


def _wants_none(customer: Customer) -> bool:
    stops = ContactStop.objects.filter(customer=customer, released_at=None)
    return stops.filter(Q(channel="") | Q(channel=IN_APP)).exists()


def _asked_for(customer: Customer, now: datetime) -> set[int]:
    """Invoices that are open and not on hold."""
    theirs = Invoice.objects.filter(~is_held(local_day(now, customer.time_zone)), customer=customer, balance__gt=0)
    return set(theirs.values_list("pk", flat=True))


def _still_says_something(notice: Notice, asked_for: set[int], now: datetime) -> bool:
    """Thanks name nothing, and stay for a few days."""
    named = {int(line["invoice_id"]) for line in notice.lines}
    if not named:
        return bool(notice.finished_at and notice.finished_at > now - THANKS_STAY)
    return bool(named & asked_for)
