"""What customers add to a request of theirs while it waits: more words, and files."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Customer
from dunning.models import CaseEvent, CustomerRequest, RequestNote
from dunning.operations import attachments
from dunning.operations.requests import RequestRefusal, in_short
from dunning.rules.attachments import MOST_NOTES
from dunning.rules.card_numbers import has_card_number


class NotWaiting(RequestRefusal):
    """It has been answered meanwhile: what is new is a new request."""


class TooManyNotes(RequestRefusal):
    """More was added than anybody reads."""


@transaction.atomic
def add(request: CustomerRequest, *, text: str, files: Sequence[bytes], now: datetime) -> None:
    """Keep what the customer adds; what they have added already is not kept twice.

    Raises NotWaiting, TooManyNotes, RequestRefusal for a card number in the words, and attachments.FileRefusal.
    """
    if has_card_number(text):
        raise RequestRefusal("This looks like the number of a card. Nothing was stored.")
    Customer.objects.select_for_update(no_key=True).get(pk=request.customer_id)
    request = CustomerRequest.objects.select_related("case", "invoice").get(pk=request.pk)
    if request.state != CustomerRequest.State.WAITING:
        raise NotWaiting(f"This request is {request.get_state_display()} already.")
    is_new = bool(text) and not request.notes.filter(text=text).exists()
    if is_new:
        _note(request, text, now)
    kept = attachments.keep(request, files, now=now)
    if request.case and (is_new or kept):
        what = f"The customer adds to what they told us ({in_short(request)})"
        CaseEvent.objects.create(
            case=request.case, happened_at=now, kind=CaseEvent.Kind.REQUEST, text=f"{what}: {_added(text, kept)}"[:500]
        )


def _note(request: CustomerRequest, text: str, now: datetime) -> None:
    if request.notes.count() >= MOST_NOTES:
        raise TooManyNotes("That was a lot. Please reply to our e-mail instead.")
    RequestNote.objects.create(request=request, text=text, added_at=now)


def _added(text: str, files: int) -> str:
    told = [f"“{text}”"] if text else []
    return ", ".join([*told, *([f"{files} file{'s' if files > 1 else ''}"] if files else [])])
