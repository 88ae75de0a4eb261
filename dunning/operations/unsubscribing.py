"""Whoever unsubscribes by one click gets no advertising any more: a wish like others, with its proof."""

from datetime import datetime

from customers.operations import consideration
from customers.rules.contact import EMAIL, Topic
from dunning.models import Notice, PortalLink

SOURCE = "unsubscribed by one click in a mail"


def end_offers(link: PortalLink, *, now: datetime) -> None:
    """No offers by mail to whoever got the letter with this link; a second click changes nothing."""
    letter = Notice.objects.filter(link=link).select_related("contact").first()
    who = letter.contact if letter else None
    consideration.refuse(link.customer, consideration.Said(EMAIL, Topic.OFFERS, SOURCE, now, by=None, contact=who))
