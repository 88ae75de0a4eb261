"""Leaving a customer, or one invoice, alone for a while, and ending that."""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer, Hold, Invoice
from customers.operations import news

LAST_DAY = date(2099, 12, 31)  # what is meant for ever is left open, not given a day at the end of the calendar


class HoldRefusal(ValueError):
    """The hold cannot be placed as asked; the message names the field and the remedy."""


@transaction.atomic
def place(
    customer: Customer,
    *,
    kind: Hold.Kind,
    reason: str,
    until_on: date | None,
    now: datetime,
    by: User | None,
    invoice: Invoice | None = None,
) -> Hold:
    """Start a hold on the customer, or on one invoice; `until_on` is its last day there, None = open-ended.

    The very same hold is not placed twice: the one in force is returned. Raises HoldRefusal for a last day after
    LAST_DAY.
    """
    if until_on is not None and until_on > LAST_DAY:
        raise HoldRefusal("The last day is too far away. Choose one up to 31 December 2099, or leave it empty.")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if same := in_force_as(customer, kind=kind, reason=reason, until_on=until_on, invoice=invoice):
        return same
    hold = Hold.objects.create(
        customer=customer, invoice=invoice, kind=kind, reason=reason, until_on=until_on, placed_at=now, placed_by=by
    )
    news.announce([customer.pk])
    return hold


def in_force_as(
    customer: Customer, *, kind: Hold.Kind, reason: str, until_on: date | None, invoice: Invoice | None = None
) -> Hold | None:
    """The hold that is in force exactly as described."""
    unreleased = Hold.objects.filter(customer=customer, released_at=None)
    return unreleased.filter(kind=kind, reason=reason, until_on=until_on, invoice=invoice).first()


@transaction.atomic
def release(hold: Hold, *, now: datetime) -> bool:
    """End a hold; False when it had ended before."""
    released = Hold.objects.filter(pk=hold.pk, released_at=None).update(released_at=now)
    if released:
        news.announce([hold.customer_id])
    return bool(released)
