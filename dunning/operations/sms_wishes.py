"""Heeding what customers answer to text messages by one of the known words: stop, start, help.

Everything else they write waits for a person, as with e-mail.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import Contact, Customer
from customers.operations import consideration
from customers.queries import contacts_at
from customers.rules.contact import SMS
from dunning.models import Case, CaseEvent, Reply
from dunning.rules.stop_words import Wish, wish_in

State = Reply.State
BATCH = 200
SOURCE = "by SMS"
OUTCOMES = {
    Wish.STOP: "No text messages go to this customer any more.",
    Wish.START: "Text messages may go to this customer again.",
    Wish.HELP: "Was told who writes and how to stop it.",
}


def heed_new(*, now: datetime) -> int:
    """Do what new text messages ask for, in their order; returns how many asked for anything."""
    new = Reply.objects.filter(channel=SMS, state=State.RECEIVED).order_by("pk")
    return sum(heed(reply, now=now) for reply in new[:BATCH])


@transaction.atomic
def heed(reply: Reply, *, now: datetime) -> bool:
    """Do what this reply asks for by one of the words; False when it asks for none, and a person reads it.

    A number that several customers have speaks for all of them; one that nobody has is left to a person.
    """
    wish = wish_in(reply.text) if reply.channel == SMS else None
    if wish is None:
        return False
    contacts = list(contacts_at(SMS, reply.sender).order_by("customer_id", "pk"))
    theirs = {contact.customer_id for contact in contacts}
    customers = list(Customer.objects.filter(pk__in=theirs).order_by("pk").select_for_update(no_key=True))
    if not customers:
        return False
    if Reply.objects.select_for_update().filter(pk=reply.pk, state=State.RECEIVED).exists():
        for contact in contacts:
            _do(wish, contact, reply.text, now)
        _settle(reply, wish, customers, now)
    return True


def _do(wish: Wish, contact: Contact, said: str, now: datetime) -> None:
    told: dict[str, Any] = {"channel": SMS, "topic": "", "source": SOURCE, "note": f"“{said[:280]}”"}
    if wish is Wish.STOP:
        consideration.stop_contact(contact.customer, contact=contact, **told, now=now, by=None)
    elif wish is Wish.START:
        consideration.agree(contact.customer, contact=contact, **told, now=now, by=None)


def _settle(reply: Reply, wish: Wish, customers: Sequence[Customer], now: datetime) -> None:
    cases = list(Case.objects.filter(customer__in=customers, state=Case.State.OPEN).order_by("pk"))
    text = f"By text message: “{reply.text[:200]}”. {OUTCOMES[wish]}"
    CaseEvent.objects.bulk_create(
        CaseEvent(case=case, happened_at=now, kind=CaseEvent.Kind.NOTICE, text=text) for case in cases
    )
    alone = len(customers) == 1
    Reply.objects.filter(pk=reply.pk).update(
        state=State.ANSWERED,
        outcome=OUTCOMES[wish],
        answered_at=now,
        customer=customers[0] if alone else None,
        case=cases[0] if alone and cases else None,
    )
