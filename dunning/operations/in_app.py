"""What somebody did with a notice in the app: seen, dismissed. Told by the app's page, in the customer's own name."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Coalesce

from customers.rules.contact import IN_APP
from dunning.channels.news import DeliveryNews
from dunning.models import InAppNotice
from dunning.operations.delivery_news import take_in
from dunning.queries.in_app_feed import behind
from dunning.rules.delivery_news import NewsKind
from dunning.rules.in_app import Dismissal

PROVIDER = "app"


class InAppRefusal(ValueError):
    """There is no such notice for this customer, or it may not be dismissed."""


@transaction.atomic
def seen(key: str, number: str, *, now: datetime) -> None:
    """It was drawn before somebody's eyes; each further time changes nothing. Raises InAppRefusal for another's."""
    kept = _kept(key, number)
    if kept.shown_at is None:
        InAppNotice.objects.filter(pk=kept.pk).update(shown_at=now)
        _tell(kept, NewsKind.DELIVERED, "shown", now)


@transaction.atomic
def dismiss(key: str, number: str, *, now: datetime) -> None:
    """It is not shown again. Raises InAppRefusal for another's, and while nobody may dismiss it for good."""
    kept = _kept(key, number)
    shown = behind(kept)
    if shown is None or shown.loudness(now).dismissal is not Dismissal.FOR_GOOD:
        raise InAppRefusal("This notice stays until its debt is paid.")
    if kept.dismissed_at is None:
        InAppNotice.objects.filter(pk=kept.pk).update(dismissed_at=now, shown_at=Coalesce("shown_at", now))
        _tell(kept, NewsKind.DISMISSED, "dismissed", now)


def _kept(key: str, number: str) -> InAppNotice:
    kept = InAppNotice.objects.select_for_update().filter(key=key, customer_number=number).first()
    if kept is None:
        raise InAppRefusal("There is no such notice.")
    return kept


def _tell(kept: InAppNotice, kind: NewsKind, said: str, now: datetime) -> None:
    news = DeliveryNews(
        channel=IN_APP,
        provider=PROVIDER,
        kind=kind,
        event_id=f"{kept.key}:{said}",
        notice_id=kept.key.removeprefix("notice-"),
        recipient=kept.customer_number,
        said=said,
        happened_at=now,
    )
    take_in([news], now=now)
