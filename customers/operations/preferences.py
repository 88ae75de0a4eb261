"""How a customer wants to be written to, as they say it themselves: language, ways they refuse, fewer messages."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from customers.models import ContactStop, Customer
from customers.models.contact_stop import FOR_ALL
from customers.operations import consideration, news
from customers.operations.consideration import Said
from customers.rules.contact import Refusal


@transaction.atomic
def prefer(customer: Customer, *, language: str, refused: Collection[Refusal], source: str, now: datetime) -> None:
    """Store the language, refuse what is in `refused`, and take back the refusals that were in force and are not in it.

    What was refused in another way, such as everything at once or one half of a refusal, stays as it is.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if language != customer.language:
        Customer.objects.filter(pk=customer.pk).update(language=language, updated_at=now)
        news.announce([customer.pk])
    before = refused_by(customer)
    for channel, topic in _stops(set(refused)):
        consideration.refuse(customer, Said(channel, topic, source, now, by=None))
    for channel, topic in _stops(before - set(refused)):
        for stop in _in_force(customer).filter(channel=channel, topic=topic):
            consideration.release_stop(stop, source=source, now=now, by=None)


def refused_by(customer: Customer) -> set[Refusal]:
    """What the customer refuses now, of what they may choose."""
    in_force = set(_in_force(customer).values_list("channel", "topic"))
    return {refusal for refusal in Refusal if set(refusal.stops) <= in_force}


def _in_force(customer: Customer) -> QuerySet[ContactStop]:
    """What the customer as a whole refuses; a single contact's refusals are their own."""
    return ContactStop.objects.filter(FOR_ALL, customer=customer, released_at=None)


def _stops(refusals: Collection[Refusal]) -> list[tuple[str, str]]:
    return [stop for refusal in sorted(refusals) for stop in refusal.stops]
