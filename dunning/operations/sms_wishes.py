"""Heeding what customers answer to text messages by one of the known words: stop, start, help.

Everything else they write waits for a person, as with e-mail.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Contact, Customer, SuppressedAddress
from customers.operations import consideration, suppression
from customers.queries import contacts_at
from customers.rules.contact import SMS, Unreachable
from dunning.models import Case, CaseEvent, Reply
from dunning.rules.stop_words import Wish, wish_in

logger = logging.getLogger(__name__)

State = Reply.State
BATCH = 200
SOURCE = "by SMS"
OUTCOMES = {
    Wish.STOP: "No text messages go to this customer any more.",
    Wish.START: "Text messages may go to this customer again.",
    Wish.HELP: "Was told who writes and how to stop it.",
}
STRANGER_STOPS = "Nobody we know has this number; nothing is sent to it, also when a customer comes to have it."
STRANGER_STARTS = "Nobody we know has this number; text messages may go to it again."


def heed_new(*, now: datetime) -> int:
    """Do what new text messages ask for, in their order; returns how many asked for anything.

    One that fails stops no other: the engine's next turn takes it up again.
    """
    new = Reply.objects.filter(channel=SMS, state=State.RECEIVED).order_by("pk")
    return sum(_tried(reply, now) for reply in new[:BATCH])


def _tried(reply: Reply, now: datetime) -> bool:
    try:
        return heed(reply, now=now)
    except Exception:
        logger.exception("What reply %s asks for could not be heeded; the next turn tries again", reply.pk)
        return False


@transaction.atomic
def heed(reply: Reply, *, now: datetime) -> bool:
    """Do what this reply asks for by one of the words; False when there is nothing to record, and a person reads it.

    A number that several customers have speaks for all of them. One that nobody has is closed by stop, and opened
    again by start.
    """
    wish = wish_in(reply.text) if reply.channel == SMS else None
    if wish is None:
        return False
    contacts = list(contacts_at(SMS, reply.sender).order_by("customer_id", "pk"))
    theirs = {contact.customer_id for contact in contacts}
    customers = list(Customer.objects.filter(pk__in=theirs).order_by("pk").select_for_update(no_key=True))
    if not Reply.objects.select_for_update().filter(pk=reply.pk, state=State.RECEIVED).exists():
        return True  # another worker was faster
    for contact in contacts:
        _do(wish, contact, reply.text, now)
    outcome = _at_the_number(wish, reply, now, is_known=bool(customers))
    if outcome:
        _settle(reply, outcome, customers, now)
    return bool(outcome)


def _do(wish: Wish, contact: Contact, said: str, now: datetime) -> None:
    told = consideration.Said(SMS, "", SOURCE, now, by=None, note=f"“{said[:280]}”", contact=contact)
    if wish is Wish.STOP:
        consideration.refuse(contact.customer, told)
    elif wish is Wish.START:
        consideration.agree(contact.customer, told)


def _at_the_number(wish: Wish, reply: Reply, now: datetime, *, is_known: bool) -> str:
    """Close or open the number itself; returns what was done, "" for nothing."""
    if wish is Wish.STOP and not is_known:
        said = f"{SOURCE}: “{reply.text[:280]}”"
        suppression.suppress(SMS, reply.sender, reason=Unreachable.STOPPED, source=said, since=now)
        return STRANGER_STOPS
    closed = SuppressedAddress.objects.filter(channel=SMS, address=reply.sender, released_at=None)
    stopped = closed.filter(reason=Unreachable.STOPPED).first() if wish is Wish.START else None
    if stopped:
        suppression.release(stopped, reason=f"{SOURCE}: start", now=now, by=None)
    return OUTCOMES[wish] if is_known else STRANGER_STARTS if stopped else ""


def _settle(reply: Reply, outcome: str, customers: Sequence[Customer], now: datetime) -> None:
    cases = list(Case.objects.filter(customer__in=customers, state=Case.State.OPEN).order_by("pk"))
    text = f"By text message: “{reply.text[:200]}”. {outcome}"
    CaseEvent.objects.bulk_create(
        CaseEvent(case=case, happened_at=now, kind=CaseEvent.Kind.NOTICE, text=text) for case in cases
    )
    alone = len(customers) == 1
    Reply.objects.filter(pk=reply.pk).update(
        state=State.ANSWERED,
        outcome=outcome,
        answered_at=now,
        customer=customers[0] if alone else None,
        case=cases[0] if alone and cases else None,
    )
