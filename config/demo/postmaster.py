"""What the mail provider tells of a few letters: one reached nobody, one was taken for spam."""

from datetime import datetime

from django.contrib.auth.models import User

from config.demo.scenes import Act
from customers.models import Customer
from customers.rules.contact import EMAIL
from dunning.channels.news import DeliveryNews
from dunning.models import Notice
from dunning.operations.delivery_news import take_in
from dunning.rules.delivery_news import NewsKind


def lives_elsewhere() -> Act:
    """The customer's address is gone: the letter came back for good."""
    return _news(NewsKind.BOUNCED, "550 5.1.1 No such mailbox here")


def takes_it_for_spam() -> Act:
    """Somebody there pressed “spam”."""
    return _news(NewsKind.COMPLAINED, "reported by the reader")


def _news(kind: NewsKind, detail: str) -> Act:
    def act(customer: Customer, now: datetime, _by: User) -> None:
        sent = Notice.objects.filter(customer=customer, channel=EMAIL, state=Notice.State.SENT).order_by("-pk").first()
        contact = customer.contacts.get(is_primary=True)
        if sent:
            news = DeliveryNews(
                channel=EMAIL,
                provider="demo",
                kind=kind,
                event_id=f"demo-{sent.pk}",
                notice_id=str(sent.pk),
                recipient=contact.email,
                detail=detail,
            )
            take_in([news], now=now)

    return act
