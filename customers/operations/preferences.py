"""How a customer wants to be written to, as they say it themselves: language, ways they refuse, fewer messages."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from customers.models import ContactStop, Customer
from customers.operations import consideration, news
from customers.rules.contact import Refusal


@transaction.atomic
def prefer(customer: Customer, *, language: str, refused: Collection[Refusal], source: str, now: datetime) -> None:
    """Store the language, refuse exactly what is in `refused`, and take back the other refusals that they may choose.

    What was refused in another way, such as everything at once, stays as it is.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if language != customer.language:
        Customer.objects.filter(pk=customer.pk).update(language=language, updated_at=now)
        news.announce([customer.pk])
    for refusal in Refusal:
        for channel, topic in refusal.stops:
            _set(customer, channel, topic, refusal in refused, source, now)


def refused_by(customer: Customer) -> set[Refusal]:
    """What the customer refuses now, of what they may choose."""
    theirs = ContactStop.objects.filter(customer=customer, contact=None, released_at=None)
    in_force = set(theirs.values_list("channel", "topic"))
    return {refusal for refusal in Refusal if set(refusal.stops) <= in_force}


def _set(customer: Customer, channel: str, topic: str, is_refused: bool, source: str, now: datetime) -> None:
    if is_refused:
        consideration.stop_contact(customer, channel=channel, topic=topic, source=source, now=now, by=None)
        return
    theirs = ContactStop.objects.filter(customer=customer, contact=None, released_at=None)
    for stop in theirs.filter(channel=channel, topic=topic):
        consideration.release_stop(stop, source=source, now=now, by=None)
