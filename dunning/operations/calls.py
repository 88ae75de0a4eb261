"""Phone calls that people make: recorded, because every contact counts for the next."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer
from customers.operations import news
from dunning.models import Call


class CallRefusal(ValueError):
    """The call cannot be recorded as told; the message says why."""


@transaction.atomic
def record(
    customer: Customer, *, called_at: datetime, is_talk: bool, note: str = "", now: datetime, by: User | None
) -> Call:
    """Write down a call that was made. Nothing is refused for being one too many: it has happened.

    Raises CallRefusal for a time still to come.
    """
    if called_at > now:
        raise CallRefusal("That time is still to come. Record the call once it is made.")
    call = Call.objects.create(customer=customer, called_at=called_at, is_talk=is_talk, note=note, called_by=by)
    news.announce([customer.pk])
    return call
