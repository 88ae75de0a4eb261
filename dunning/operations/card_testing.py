"""Noticing that cards are tried out on a customer's page, and closing its form for cards for a while."""

from datetime import datetime, timedelta

from django.db import transaction

from customers.models import Customer
from customers.rules.days import local_day
from dunning.models import CaseEvent, PortalLink, RefusedCard, Task
from dunning.models.task import CARDS
from dunning.operations.doors import named
from dunning.operations.requests import case_of
from dunning.rules.doors import CARDS_BY_ADDRESS, CARDS_BY_LINK, CARDS_WITHIN, CLOSED_FOR, closed_until
from payments.models import ChargeAttempt
from payments.rules.charging import NOBODYS_TRY

QUEUE = "payments"
LOOK_BACK = CARDS_WITHIN + CLOSED_FOR


class CardsWait(Exception):
    """Cards are being tried out: none is taken for `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("No card is taken now. Try again later.")
        self.wait = wait


def note(attempt: ChargeAttempt, link: PortalLink, visitor: str, *, card: str, now: datetime) -> None:
    """Keep a refused card in mind; the one that closes the form is told to the desk. Other ends of a try are nothing.

    `visitor` is the address it came from, "" where nobody knows; `card` names it where the gateway told no fingerprint.
    """
    if attempt.state != ChargeAttempt.State.DECLINED or attempt.decline_code in NOBODYS_TRY:
        return
    with transaction.atomic():
        customer = Customer.objects.select_for_update(no_key=True).get(pk=attempt.customer_id)
        was_closed = cards_wait(link, visitor, now=now)
        told, is_new = RefusedCard.objects.get_or_create(
            attempt=attempt,
            defaults={
                "link": link,
                "visitor": named(visitor) if visitor else None,
                "card": attempt.card_fingerprint or named(card).hex(),
                "refused_at": now,
            },
        )
        wait = cards_wait(link, visitor, now=now)
        if is_new and wait and not was_closed:
            RefusedCard.objects.filter(pk=told.pk).update(closed_until=now + wait)
            _tell_the_desk(customer, now)


def cards_wait(link: PortalLink, visitor: str, *, now: datetime) -> timedelta | None:
    """How long no card is taken by this link or from this address; None while cards are taken."""
    recent = RefusedCard.objects.filter(refused_at__gt=now - LOOK_BACK).values_list("card", "refused_at")
    ends = [closed_until(list(recent.filter(link=link)), most=CARDS_BY_LINK, now=now)]
    if visitor:
        ends.append(closed_until(list(recent.filter(visitor=named(visitor))), most=CARDS_BY_ADDRESS, now=now))
    return max((end - now for end in ends if end), default=None)


def refuse_while_closed(link: PortalLink, visitor: str, *, now: datetime) -> None:
    """Raises CardsWait while no card is taken."""
    if wait := cards_wait(link, visitor, now=now):
        raise CardsWait(wait)


def _tell_the_desk(customer: Customer, now: datetime) -> None:
    text = "Several different cards were refused on the customer's page: it takes no card for an hour"
    case = case_of(customer)
    if case is None:
        return
    CaseEvent.objects.create(case=case, happened_at=now, kind=CaseEvent.Kind.REQUEST, text=text)
    Task.objects.create(
        case=case,
        kind=CARDS,
        queue=QUEUE,
        script=f"{text}. Ask the customer whether it was they. If it was not, revoke the personal link.",
        due_on=local_day(now, customer.time_zone),
        created_at=now,
    )
