"""What a customer asked for, or needs: to be written to less, or to have a person decide on every step."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import ContactStop, Customer
from customers.operations import news


@transaction.atomic
def stop_contact(
    customer: Customer, *, channel: str, topic: str, source: str, note: str = "", now: datetime, by: User | None
) -> ContactStop:
    """Record that the customer does not want this; "" stands for every channel, and for every topic.

    What is in force already is returned as it is.
    """
    _lock(customer)
    stop, is_new = ContactStop.objects.get_or_create(
        customer=customer,
        channel=channel,
        topic=topic,
        released_at=None,
        defaults={"source": source, "note": note, "since": now, "recorded_by": by},
    )
    if is_new:
        news.announce([customer.pk])
    return stop


@transaction.atomic
def release_stop(stop: ContactStop, *, now: datetime) -> bool:
    """They may be written to again; False when that was so before."""
    released = ContactStop.objects.filter(pk=stop.pk, released_at=None).update(released_at=now)
    if released:
        news.announce([stop.customer_id])
    return bool(released)


@transaction.atomic
def mark_vulnerable(customer: Customer, *, note: str, now: datetime, by: User | None) -> None:
    """From now on a person decides on every step. A mark that exists keeps its day and gets the new note."""
    since = _lock(customer).vulnerable_since or now
    _set(customer, since, note, by, now)


@transaction.atomic
def unmark_vulnerable(customer: Customer, *, now: datetime) -> None:
    """The engine decides again."""
    _lock(customer)
    _set(customer, None, "", None, now)


def _lock(customer: Customer) -> Customer:
    return Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)


def _set(customer: Customer, since: datetime | None, note: str, by: User | None, now: datetime) -> None:
    mine = Customer.objects.filter(pk=customer.pk)
    mine.update(vulnerable_since=since, vulnerable_note=note, vulnerable_by=by, updated_at=now)
    news.announce([customer.pk])
