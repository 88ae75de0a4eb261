"""Addresses to which nothing may go any more. Whoever has one on file is looked at again at once."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import SuppressedAddress
from customers.operations import news
from customers.queries import contacts_at
from customers.rules.contact import Unreachable


class SuppressionRefusal(ValueError):
    """The address cannot be released; the message says why."""


@transaction.atomic
def suppress(channel: str, address: str, *, reason: Unreachable, source: str, since: datetime) -> bool:
    """Nothing goes to this address until a person releases it; True when that is new.

    One that is suppressed already keeps its row, with what is said now.
    """
    told = {"reason": reason, "source": source[:300], "since": since}
    _, is_new = SuppressedAddress.objects.update_or_create(
        channel=channel, address=address.lower(), released_at=None, defaults=told
    )
    if is_new:
        _announce(channel, address)
    return is_new


@transaction.atomic
def release(suppressed: SuppressedAddress, *, reason: str, now: datetime, by: User | None) -> None:
    """It may be written to again. Raises SuppressionRefusal when it may already."""
    mine = SuppressedAddress.objects.filter(pk=suppressed.pk, released_at=None)
    if not mine.update(released_at=now, released_by=by, release_reason=reason):
        raise SuppressionRefusal(f"{suppressed} was released before.")
    _announce(suppressed.channel, suppressed.address)


def _announce(channel: str, address: str) -> None:
    concerned: Iterable[int] = contacts_at(channel, address).values_list("customer_id", flat=True)
    news.announce(concerned)
