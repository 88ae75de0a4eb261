"""What a customer asked for, or needs: to be written to less, or to have a person decide on every step.

A wish changes the stops that the engine asks and adds the row that proves it, in one transaction and here only.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from customers.models import Consent, Contact, ContactStop, Customer
from customers.models.contact_stop import FOR_ALL
from customers.operations import news


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of being written to, how and when; "" stands for every channel, and for every topic.

    `contact`: who said so; one that is not the primary contact speaks for themselves alone. `by`: who wrote it down.
    """

    channel: str
    topic: str
    source: str
    now: datetime
    by: User | None
    note: str = ""
    contact: Contact | None = None

    @property
    def only(self) -> Contact | None:
        """For whom it counts: the primary contact speaks for the customer, any other one for themselves."""
        return self.contact if self.contact and not self.contact.is_primary else None

    @property
    def how(self) -> dict[str, Any]:
        """As stops and consents keep it."""
        return {"source": self.source[:100], "note": self.note[:300], "recorded_by": self.by}


@transaction.atomic
def refuse(customer: Customer, said: Said) -> ContactStop:
    """Record that the customer does not want this. What is in force already is returned as it is."""
    _lock(customer)
    stop, is_new = ContactStop.objects.get_or_create(
        customer=customer,
        contact=said.only,
        channel=said.channel,
        topic=said.topic,
        released_at=None,
        defaults={**said.how, "since": said.now},
    )
    if is_new:
        _keep(customer, said, is_given=False)
        news.announce([customer.pk])
    return stop


@transaction.atomic
def agree(customer: Customer, said: Said) -> None:
    """Record that the customer agrees to this, and release what the same person refused of it before.

    A topic of "" takes back every refusal on this channel; those on every channel at once stay.
    """
    _lock(customer)
    theirs = Q(contact=said.only) if said.only else FOR_ALL
    refused = ContactStop.objects.filter(theirs, customer=customer, channel=said.channel, released_at=None)
    if said.topic:
        refused = refused.filter(topic=said.topic)
    if refused.update(released_at=said.now):
        news.announce([customer.pk])
    _keep(customer, said, is_given=True)


@transaction.atomic
def release_stop(stop: ContactStop, *, source: str, now: datetime, by: User | None) -> bool:
    """They may be written to again; False when that was so before."""
    customer = _lock(stop.customer)
    if not ContactStop.objects.filter(pk=stop.pk, released_at=None).exists():
        return False
    agree(customer, Said(stop.channel, stop.topic, source, now, by, contact=stop.contact))
    return True


def _keep(customer: Customer, said: Said, *, is_given: bool) -> None:
    Consent.objects.create(
        **said.how,
        customer=customer,
        contact=said.contact,
        is_given=is_given,
        channel=said.channel,
        topic=said.topic,
        said_at=said.now,
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
