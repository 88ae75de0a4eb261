"""Sending what customers are told about their requests and payments: say *calling* and commit → call → record.

Their own answer to them, so neither caps nor holds nor debts keep it back, and not the campaign's hours. An address
that came back does. No transaction is open while a provider is called.
"""

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Contact
from customers.queries import gone_among
from customers.rules.contact import EMAIL
from customers.rules.patience import doubled
from dunning.channels import channel
from dunning.channels.base import Channel, Message, Refused
from dunning.models import Confirmation
from dunning.operations.links import token_of
from dunning.queries.brand import Branding, branding
from dunning.queries.links import link_url
from dunning.rules.letter import as_html, as_text

logger = logging.getLogger(__name__)

State = Confirmation.State
SURELY_OVER = timedelta(minutes=3)  # no call lasts so long
MOST_ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)
NOWHERE = "there is no e-mail address that may be written to"
# One at a time, right before its call: whoever finds a row *calling* later knows that it may have left.
CALL = """
UPDATE dunning_confirmation SET state = 'calling', calling_at = %(now)s, attempts = attempts + 1
WHERE id = (
  SELECT id FROM dunning_confirmation WHERE state = 'queued' AND due_at <= %(now)s
  ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


class ConfirmationRefusal(ValueError):
    """The mail is not in a state that a person may decide about."""


def send_confirmations(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> Counter[str]:
    """Send every queued confirmation; returns how many ended in each state. Other workers may do the same at once."""
    counts: Counter[str] = Counter()
    if EMAIL not in settings.DUNNING_CHANNELS or not _settle_doubts(now):
        return counts
    brand = branding()
    with channel(EMAIL) as by:
        while not deadline.is_over and (confirmation := _call(now)):
            counts[_send(confirmation, by, brand, now)] += 1
    return counts


def send_again(confirmation: Confirmation, *, now: datetime) -> None:
    """A person decides that it goes (again). Raises ConfirmationRefusal when it is neither in doubt nor refused."""
    mine = Confirmation.objects.filter(pk=confirmation.pk, state__in=[State.IN_DOUBT, State.REFUSED])
    if not mine.update(state=State.QUEUED, due_at=now, attempts=0, reason="", finished_at=None):
        raise ConfirmationRefusal("This mail is neither in doubt nor refused by now.")


def _call(now: datetime) -> Confirmation | None:
    with connection.cursor() as cursor:
        cursor.execute(CALL, {"now": now})
        row = cursor.fetchone()
    found = Confirmation.objects.select_related("customer", "link")
    return found.get(pk=row[0]) if row else None


def _send(confirmation: Confirmation, by: Channel, brand: Branding, now: datetime) -> str:
    contact = Contact.objects.filter(customer=confirmation.customer_id, is_primary=True).exclude(email="").first()
    if contact is None or gone_among([contact.email.lower()]) or confirmation.link is None:
        return _finish(confirmation, State.REFUSED, now, reason=NOWHERE)
    try:
        receipt = by.send(_message(confirmation, contact, brand))
    except Refused as refusal:
        return _refused(confirmation, refusal, now)
    except Exception as error:
        logger.warning("confirmation %s is in doubt", confirmation.pk, exc_info=error)
        reason = f"nobody knows whether it was sent ({type(error).__name__}: {error})"
        return _finish(confirmation, State.IN_DOUBT, now, reason=reason[:500], address=contact.email)
    told = {"address": contact.email, "provider_reference": receipt.reference[:200]}
    return _finish(confirmation, State.SENT, now, **told)


def _message(confirmation: Confirmation, contact: Contact, brand: Branding) -> Message:
    assert confirmation.link
    url = link_url(token_of(confirmation.link))
    if confirmation.attempt_id:
        url += f"payments/{confirmation.attempt_id}/"
    return Message(
        key=f"confirmation-{confirmation.pk}",
        to=contact.email,
        to_name=contact.name or confirmation.customer.name,
        subject=confirmation.subject,
        text=as_text(confirmation.body, url),
        html=as_html(confirmation.body, url, language=confirmation.language, look=brand.look),
        language=confirmation.language,
        from_name=brand.sender,
    )


def _refused(confirmation: Confirmation, refusal: Refused, now: datetime) -> str:
    reason = str(refusal)[:500]
    if refusal.permanent or confirmation.attempts >= MOST_ATTEMPTS:
        return _finish(confirmation, State.REFUSED, now, reason=reason)
    pause = doubled(FIRST_PAUSE, confirmation.attempts - 1, longest=LONGEST_PAUSE)
    _mine(confirmation).update(state=State.QUEUED, due_at=now + pause, reason=reason)
    return "put_back"


def _finish(confirmation: Confirmation, state: State, now: datetime, **told: str) -> str:
    _mine(confirmation).update(state=state, finished_at=now, **{"reason": "", **told})
    return state.value


def _mine(confirmation: Confirmation) -> QuerySet[Confirmation]:
    """The row, unless somebody else took it over meanwhile."""
    return Confirmation.objects.filter(pk=confirmation.pk, state=State.CALLING, calling_at=confirmation.calling_at)


def _settle_doubts(now: datetime) -> bool:
    """What was being sent when a worker died is in doubt; where the provider honours our key, it is sent again.

    False when there is nothing to send at all.
    """
    over = Confirmation.objects.filter(state=State.CALLING, calling_at__lt=now - SURELY_OVER)
    over.update(state=State.IN_DOUBT, reason="the worker stopped while sending: it may have left", finished_at=now)
    by = channel(EMAIL)
    if by.honours_keys:
        alive = Confirmation.objects.filter(state=State.IN_DOUBT, calling_at__gt=now - by.key_lifetime)
        alive.filter(calling_at__lt=now - SURELY_OVER).update(state=State.QUEUED, finished_at=None)
    return Confirmation.objects.filter(state=State.QUEUED, due_at__lte=now).exists()
