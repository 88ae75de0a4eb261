"""One friendly note on the day before a promised payment. It is a reminder: what keeps reminders back keeps it back."""

from datetime import datetime

from django.db import transaction

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Customer
from customers.rules.contact import EMAIL, Topic
from customers.rules.days import local_day
from dunning.models import CustomerRequest
from dunning.operations.confirming import tell
from dunning.operations.promises import look_at_each
from dunning.queries.promises import DAY, held_beside, is_time, promises_near, stands
from dunning.rules.letter.confirmation_words import Occasion
from dunning.rules.limits import capped
from dunning.rules.needs import Need
from dunning.snapshot.customers import NONE, customers_known
from dunning.snapshot.limits import limits_of
from payments.models import LikelyPayer
from payments.queries.charges import live_attempts
from payments.queries.invoices import open_invoices

TOLD = (Occasion.EVE, Occasion.CHARGE)


def remind_of_promises(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Queue the note for each promise of tomorrow that has none; returns how many."""
    untold = promises_near(now).filter(kind=Need.LATER).exclude(confirmations__occasion__in=TOLD)
    eve = (request for request in untold if is_time(request, now, ahead=DAY) and not _was_just_made(request, now))
    return look_at_each(eve, _note, now=now, deadline=deadline)


def why_no_note(request: CustomerRequest, *, now: datetime) -> str:
    """Why the note must not go, or not any more; empty when it may."""
    customer = request.customer
    if not stands(request):
        return "the promise does not stand any more"
    if not is_time(request, now, ahead=DAY):
        return "it is not the day before any more"
    held = held_beside(request, now, what="blocks_contact")
    if held is None or not open_invoices(customer).exclude(pk__in=held).exists():
        return "nothing is open that may be reminded of"
    if live_attempts(customer) or LikelyPayer.objects.filter(customer=customer).exists():
        return "money is on its way"
    return _unwanted(customer, now)


def _unwanted(customer: Customer, now: datetime) -> str:
    limits = limits_of(customers_known([customer.pk], NONE, now=now), now=now)[customer.pk]
    if limits.is_vulnerable:
        return "a person decides on every step with this customer"
    if limits.forbids(EMAIL, Topic.REMINDERS):
        return "the customer wants no reminders by e-mail"
    full = capped(limits, EMAIL, local_day(now, customer.time_zone))
    return full.reason if full else ""


def _was_just_made(request: CustomerRequest, now: datetime) -> bool:
    zone_name = request.customer.time_zone
    return local_day(request.answered_at or now, zone_name) == local_day(now, zone_name)


@transaction.atomic
def _note(request: CustomerRequest, now: datetime) -> bool:
    Customer.objects.select_for_update(no_key=True).get(pk=request.customer_id)
    mine = CustomerRequest.objects.select_related("customer", "hold").get(pk=request.pk)
    told_before = mine.confirmations.filter(occasion__in=TOLD).exists()
    if told_before or why_no_note(mine, now=now):
        return False
    tell(mine, now=now, occasion=Occasion.EVE)
    return True
