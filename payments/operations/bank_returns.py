"""Debits by which the bank took a payment back: the sure ones are recorded by themselves, the others by a person."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from payments.models import BankLine, Payment, Refund
from payments.operations import refunds
from payments.operations.bank_lines import BankLineRefusal, lock, lock_customer, refuse_unless_waiting, settle
from payments.queries.bank_returns import payments_taken_back
from payments.rules.returns import Return, returns, sure_return

State = BankLine.State


def match(lines: Sequence[BankLine], *, now: datetime) -> int:
    """Record what these debits surely took back, each in a transaction of its own; returns how many."""
    if not lines:
        return 0
    found = [returns(taken, payments) for taken, payments in payments_taken_back(lines, now=now)]
    pairs = [(line, sure_return(hits)) for line, hits in zip(lines, found, strict=True)]
    return sum(_post_sure(line, hit, now) for line, hit in pairs if hit)


def suggestions(line: BankLine, *, now: datetime) -> list[Return]:
    """Which payment the debit could have taken back, best first, as the books are now."""
    [(taken, payments)] = payments_taken_back([line], now=now)
    return returns(taken, payments)


@transaction.atomic
def post(line: BankLine, payment: Payment, *, why: str, now: datetime, by: User | None) -> bool:
    """Record that the debit took `payment` back, wholly or in part: what it had settled is owed again.

    False when exactly this had been done before. Raises BankLineRefusal when the line is settled otherwise or in
    another currency, and refunds.RefundRefusal for more than the payment holds.
    """
    lock_customer(payment.customer_id)
    locked = lock(line)
    if locked.state == State.POSTED and locked.refund and locked.refund.payment_id == payment.pk:
        return False
    refuse_unless_waiting(locked)
    if locked.amount >= 0 or locked.currency != payment.currency:
        raise BankLineRefusal(f"This is no debit in {payment.currency}: it cannot have taken that payment back.")
    locked.refund = refunds.record(
        payment,
        kind=Refund.Kind.RETURNED,
        amount=-locked.amount,
        on=locked.value_on or locked.booked_on,
        reason=f"taken back by the bank: {locked.text or locked.bank_reference or locked.payer_name}"[:300],
        reference=f"{locked.account} {locked.key}",
        now=now,
        by=by,
    )
    locked.customer = payment.customer
    settle(locked, State.POSTED, why, now=now, by=by)
    return True


def _post_sure(line: BankLine, hit: Return, now: datetime) -> bool:
    """False when the books have moved since they were read, or a person was faster: then it waits for one."""
    try:
        return post(line, Payment.objects.get(pk=hit.payment_id), why=hit.why, now=now, by=None)
    except (BankLineRefusal, refunds.RefundRefusal):
        return False
