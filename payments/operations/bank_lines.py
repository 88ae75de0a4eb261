"""Settling bank lines that wait: posting them to a customer, or setting them aside. A line is settled once."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer, Invoice
from customers.operations import news
from payments.models import BankLine, LikelyPayer, Payment
from payments.operations import payments
from payments.queries.money import recorded_under

State = BankLine.State


class BankLineRefusal(ValueError):
    """The line cannot be settled as asked; the message says why, and what to do instead."""


@transaction.atomic
def post(
    line: BankLine,
    customer: Customer,
    *,
    invoice_ids: Sequence[int],
    why: str,
    now: datetime,
    by: User | None,
) -> bool:
    """Post the line to `customer`, settling these invoices (none: the oldest); what is left over stays unapplied.

    False when exactly this had been done before. Raises BankLineRefusal when it is settled otherwise or another
    customer's invoice is named, and payments.PaymentRefusal.
    """
    lock_customer(customer.pk)
    others = Invoice.objects.filter(pk__in=invoice_ids).exclude(customer=customer).first()
    if others:
        raise BankLineRefusal(f"Invoice {others.number} is another customer's. Choose invoices of {customer}.")
    return post_locked(line, customer.pk, invoice_ids, why, now=now, by=by)


@transaction.atomic
def set_aside(line: BankLine, *, reason: str, now: datetime, by: User | None) -> bool:
    """Mark the line as not a customer's payment. False when it was so before; raises BankLineRefusal when posted."""
    locked = lock(line)
    if locked.state == State.SET_ASIDE:
        return False
    refuse_unless_waiting(locked)
    settle(locked, State.SET_ASIDE, reason, now=now, by=by)
    return True


@transaction.atomic
def take_for_return(line: BankLine, *, by: User | None, now: datetime) -> bool:
    """A debit that was not for us took a customer's payment back: it waits to be matched. False when it does already.

    Raises BankLineRefusal for a line that is none of that kind.
    """
    locked = lock(line)
    if locked.state == State.WAITING:
        return False
    if locked.state != State.NOT_FOR_US or locked.amount >= 0:
        raise BankLineRefusal("Only a debit that is not settled yet can have taken a payment back.")
    locked.state, locked.is_return, locked.look_at = State.WAITING, True, now
    locked.reason = f"taken for a payment's return by {by.get_username()}" if by else ""
    locked.save(update_fields=["state", "is_return", "look_at", "reason"])
    return True


def lock_customer(customer_id: int) -> None:
    """Locks are taken in one order: customer, bank line, invoices."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer_id)


def lock(line: BankLine) -> BankLine:
    """The line as it is now, locked."""
    return BankLine.objects.select_for_update().get(pk=line.pk)


def post_locked(
    line: BankLine, customer_id: int, invoice_ids: Sequence[int], why: str, *, now: datetime, by: User | None
) -> bool:
    """As `post`, in a transaction that has locked the customer, whose invoices these are."""
    locked = lock(line)
    if locked.state == State.POSTED and locked.customer_id == customer_id:
        return False
    refuse_unless_waiting(locked)
    if locked.amount < 0:
        raise BankLineRefusal("Money went out here. Choose the payment that it took back.")
    customer = Customer.objects.get(pk=customer_id)
    locked.payment = _by_hand_before(locked, customer) or payments.record(
        customer,
        amount=locked.amount,
        currency=locked.currency,
        received_on=locked.value_on or locked.booked_on,
        source=Payment.Source.BANK,
        provider=locked.account,
        reference=locked.key,
        invoice_ids=invoice_ids or None,
        now=now,
        by=by,
    )
    locked.customer = customer
    settle(locked, State.POSTED, why, now=now, by=by)
    return True


def _by_hand_before(line: BankLine, customer: Customer) -> Payment | None:
    """The payment that the desk recorded under the bank's reference before the statement came, if it did."""
    earlier = recorded_under("", line.bank_reference) if line.bank_reference else None
    told = (customer.pk, line.amount, line.currency)
    if not earlier or told != (earlier.customer_id, earlier.amount, earlier.currency):
        return None
    return None if BankLine.objects.filter(payment=earlier).exists() else earlier


def settle(line: BankLine, state: State, reason: str, *, now: datetime, by: User | None) -> None:
    """Store the end of a locked line, and tell the engine of those it could have been from."""
    line.state, line.reason, line.settled_at, line.settled_by = state, reason[:500], now, by
    line.save(update_fields=["state", "reason", "settled_at", "settled_by", "payment", "refund", "customer"])
    held = LikelyPayer.objects.filter(line=line)
    news.announce(held.values_list("customer_id", flat=True))
    held.delete()


def refuse_unless_waiting(line: BankLine) -> None:
    """Raises BankLineRefusal for a line that is settled."""
    if line.state == State.POSTED:
        raise BankLineRefusal(f"It is posted already, to {line.customer}. Nothing was done a second time.")
    if line.state == State.SET_ASIDE:
        raise BankLineRefusal(f"It was set aside: {line.reason}")
    if line.state == State.NOT_FOR_US:
        raise BankLineRefusal("Money went out here. Only money that came in can be posted.")
