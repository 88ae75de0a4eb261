"""Sending what customers are told about their requests and payments.

Their own answer to them, so neither caps nor holds nor debts keep it back, and not the campaign's hours. An address
that came back does. The note on the day before a promise is no answer: it is looked at once more.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Contact
from customers.queries import gone_among
from dunning.channels.base import Message, Refused
from dunning.models import Confirmation
from dunning.operations.links import token_of
from dunning.operations.outbox import Withdrawn, send_queued
from dunning.operations.promised_notes import why_no_note
from dunning.queries.brand import Branding, branding
from dunning.queries.links import link_url
from dunning.rules.letter import as_html, as_text
from dunning.rules.letter.confirmation_words import Occasion

State = Confirmation.State
NOWHERE = "there is no e-mail address that may be written to"


class ConfirmationRefusal(ValueError):
    """The mail is not in a state that a person may decide about."""


def send_confirmations(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> Counter[str]:
    """Send every queued confirmation; returns how many ended in each state. Other workers may do the same at once."""
    write = partial(_message, brand=cache(branding), now=now)  # the brand is read once, for the first mail
    return send_queued(Confirmation, write, now=now, deadline=deadline)


def send_again(confirmation: Confirmation, *, now: datetime) -> None:
    """A person decides that it goes (again). Raises ConfirmationRefusal when it is neither in doubt nor refused."""
    mine = Confirmation.objects.filter(pk=confirmation.pk, state__in=[State.IN_DOUBT, State.REFUSED])
    if not mine.update(state=State.QUEUED, due_at=now, attempts=0, finished_at=None):
        raise ConfirmationRefusal("This mail is neither in doubt nor refused by now.")


def _message(confirmation: Confirmation, *, brand: Callable[[], Branding], now: datetime) -> Message:
    """Raises Withdrawn for a note that is not wanted any more, and Refused where nobody can be written to."""
    request = confirmation.request
    if request and confirmation.occasion == Occasion.EVE and (why := why_no_note(request, now=now)):
        raise Withdrawn(why)
    contact = Contact.objects.filter(customer=confirmation.customer_id, is_primary=True).exclude(email="").first()
    if contact is None or gone_among([contact.email.lower()]) or confirmation.link is None:
        raise Refused(NOWHERE, permanent=True)
    url, ours = link_url(token_of(confirmation.link)), brand()
    if confirmation.attempt_id:
        url += f"payments/{confirmation.attempt_id}/"
    return Message(
        key=f"confirmation-{confirmation.pk}",
        to=contact.email,
        to_name=contact.name or confirmation.customer.name,
        subject=confirmation.subject,
        text=as_text(confirmation.body, url),
        html=as_html(confirmation.body, url, language=confirmation.language, look=ours.look),
        language=confirmation.language,
        from_name=ours.sender,
    )
