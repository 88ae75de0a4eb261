"""What a customer asked for, or needs: to be written to less, or to have a person decide on every step.

A wish changes the stops that the engine asks and adds the row that proves it, in one transaction and here only.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from customers.models import Consent, Contact, ContactStop, Customer
from customers.models.contact_stop import FOR_ALL
from customers.operations import news


@dataclass(frozen=True, slots=True)
class _Said:
    """Who said it, how and when."""

    contact: Contact | None
    source: str
    note: str
    now: datetime
    by: User | None

    @property
    def only(self) -> Contact | None:
        """For whom it counts: the primary contact speaks for the customer, any other one for themselves."""
        return self.contact if self.contact and not self.contact.is_primary else None


@transaction.atomic
def stop_contact(
    customer: Customer,
    *,
    channel: str,
    topic: str,
    source: str,
    note: str = "",
    contact: Contact | None = None,
    now: datetime,
    by: User | None,
) -> ContactStop:
    """Record that the customer does not want this; "" stands for every channel, and for every topic.

    `contact`: who said so; a contact that is not the primary one speaks for themselves alone. What is in force already
    is returned as it is.
    """
    _lock(customer)
    said = _Said(contact, source[:100], note[:300], now, by)
    stop, is_new = ContactStop.objects.get_or_create(
        customer=customer,
        contact=said.only,
        channel=channel,
        topic=topic,
        released_at=None,
        defaults={"source": said.source, "note": said.note, "since": now, "recorded_by": by},
    )
    if is_new:
        _keep(said, customer, channel, topic, is_given=False)
        news.announce([customer.pk])
    return stop


@transaction.atomic
def agree(
    customer: Customer,
    *,
    channel: str,
    topic: str,
    source: str,
    note: str = "",
    contact: Contact | None = None,
    now: datetime,
    by: User | None,
) -> None:
    """Record that the customer agrees to this, and release what the same person refused of it before.

    A topic of "" takes back every refusal on this channel; those on every channel at once stay.
    """
    _lock(customer)
    said = _Said(contact, source[:100], note[:300], now, by)
    theirs = Q(contact=said.only) if said.only else FOR_ALL
    refused = ContactStop.objects.filter(theirs, customer=customer, channel=channel, released_at=None)
    if topic:
        refused = refused.filter(topic=topic)
    if refused.update(released_at=now):
        news.announce([customer.pk])
    _keep(said, customer, channel, topic, is_given=True)


@transaction.atomic
def release_stop(stop: ContactStop, *, source: str, now: datetime, by: User | None) -> bool:
    """They may be written to again; False when that was so before."""
    customer = _lock(stop.customer)
    if not ContactStop.objects.filter(pk=stop.pk, released_at=None).exists():
        return False
    agree(customer, channel=stop.channel, topic=stop.topic, source=source, contact=stop.contact, now=now, by=by)
    return True


def _keep(said: _Said, customer: Customer, channel: str, topic: str, *, is_given: bool) -> None:
    Consent.objects.create(
        customer=customer,
        contact=said.contact,
        is_given=is_given,
        channel=channel,
        topic=topic,
        source=said.source,
        note=said.note,
        said_at=said.now,
        recorded_by=said.by,
    )


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
