"""Leaving a customer, or one invoice, alone for a while, and ending that."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer, Hold, Invoice
from customers.operations import news
from customers.rules.days import local_day
from customers.rules.holds import HOLD_RULES, Blocks, HoldKind, refusal


class HoldRefusal(ValueError):
    """The hold cannot be placed as asked; the message names the field and the remedy."""


@transaction.atomic
def place(
    customer: Customer,
    *,
    kind: HoldKind,
    reason: str,
    until_on: date | None,
    now: datetime,
    by: User | None,
    invoice: Invoice | None = None,
    blocks: Blocks | None = None,
    disputed_amount: Decimal | None = None,
) -> Hold:
    """Start a hold on the customer, or on one invoice; `until_on` is its last day there, None = open-ended.

    `disputed_amount`: only so much of a disputed invoice rests, in its currency. It blocks what is usual for its kind
    unless `blocks` says otherwise. The very same hold is not placed twice: the one in force is returned. Raises
    HoldRefusal for what `customers.rules.holds.refusal` refuses, and for an amount of anything else.
    """
    wanted = blocks or HOLD_RULES[kind].blocks
    today = local_day(now, customer.time_zone)
    if why := refusal(kind, wanted, today=today, until_on=until_on, is_for_invoice=invoice is not None):
        raise HoldRefusal(why)
    if disputed_amount is not None and not (kind == HoldKind.DISPUTE and invoice and disputed_amount > 0):
        raise HoldRefusal("Only a disputed invoice rests in part, with an amount above 0. Leave the amount empty.")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    same = in_force_as(customer, kind=kind, reason=reason, until_on=until_on, invoice=invoice)
    if same and (same.blocks, same.disputed_amount) == (wanted, disputed_amount):
        return same
    hold = Hold.objects.create(
        customer=customer,
        invoice=invoice,
        kind=kind,
        reason=reason,
        disputed_amount=disputed_amount,
        blocks_contact=wanted.contact,
        blocks_charges=wanted.charges,
        blocks_claims=wanted.claims,
        until_on=until_on,
        placed_at=now,
        placed_by=by,
    )
    news.announce([customer.pk])
    return hold


def place_on_all(invoices: Iterable[Invoice], *, kind: HoldKind, reason: str, now: datetime, by: User | None) -> None:
    """Start a hold on each of these invoices, until it is released, that blocks what is usual for its kind.

    In two queries, however many they are; the caller holds the locks of their customers.
    """
    contact, charges, claims = HOLD_RULES[kind].blocks
    blocked = {"blocks_contact": contact, "blocks_charges": charges, "blocks_claims": claims}
    told = {"kind": kind, "reason": reason, "placed_at": now, "placed_by": by}
    placed = Hold.objects.bulk_create(
        Hold(customer_id=invoice.customer_id, invoice=invoice, **told, **blocked) for invoice in invoices
    )
    news.announce(hold.customer_id for hold in placed)


def in_force_as(
    customer: Customer, *, kind: HoldKind, reason: str, until_on: date | None, invoice: Invoice | None = None
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
