"""Taking money through a gateway, once: commit what we are about to do, call, record what came of it.

The customer's page and every later caller use these same functions, so one live attempt of ours per customer and
currency excludes the others. No transaction is open while the gateway is called.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from customers.crashpoint import crashpoint
from customers.models import Customer
from payments.gateways.base import ChargeRequest
from payments.models import ChargeAttempt
from payments.operations import orders
from payments.operations.charge_results import record_result
from payments.operations.gateway_calls import ask
from payments.operations.gateway_invoices import charge_alone
from payments.queries.charges import debits_elsewhere, live_attempts, made_under
from payments.queries.invoices import open_invoices, sum_of
from payments.queries.methods import stored_under
from payments.rules.charging import NOBODYS_TRY, SURELY_OVER, WITHIN, EndedBy, may_be_charged, wait_after_failures

State = ChargeAttempt.State


class ChargeRefusal(ValueError):
    """The charge was not tried and nothing was taken; the message says why."""


class NotOwed(ChargeRefusal):
    """The amount is not above 0, has too many decimals, or is more than what is open."""


class StillChecking(ChargeRefusal):
    """The outcome of `attempt` is not known yet, and a second charge might take the money twice."""

    def __init__(self, attempt: ChargeAttempt) -> None:
        super().__init__(f"The payment of {attempt.amount} {attempt.currency} is still being checked.")
        self.attempt = attempt


class TooManyFailures(ChargeRefusal):
    """Too many payments failed in the last hour; the next try may come after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("Too many payments failed in the last hour. Try again later.")
        self.wait = wait


def charge(
    customer: Customer,
    *,
    amount: Decimal,
    currency: str,
    card: str,
    key: str,
    now: datetime,
    invoice_ids: Sequence[int] | None = None,
    keep_card: bool = False,
    may_charge: bool = False,
    return_address: str = "",
) -> ChargeAttempt:
    """Charge `amount` of what the customer owes in `currency` to `card` (the gateway's token), and settle invoices.

    `key` makes it happen once: the attempt made under it earlier is returned as it is. `invoice_ids` limits what is
    settled; None means all that is open. `keep_card` keeps the card if it pays, `may_charge` with the customer's leave
    to charge what falls due; `return_address` is where their bank's page leads back to.

    An attempt that waits for the customer's bank is cancelled in favour of this one; if the bank had approved it
    already, it is returned instead and nothing more is charged. Look at the attempt's state for what came of it.
    Raises NotOwed, StillChecking or TooManyFailures before the gateway is called; RuntimeError inside a transaction.
    """
    if earlier := made_under(key, customer):
        return earlier
    if waiting := live_attempts(customer).get(currency):
        ended = cancel(waiting, why=EndedBy.NEW_ATTEMPT, now=now)
        if ended.state == State.SUCCEEDED:  # the bank had said yes before, and we had not heard of it
            return ended
    attempt, is_new = _begin(customer, amount, currency, card, key, invoice_ids, keep_card, may_charge, now)
    if not is_new:
        return attempt
    request = ChargeRequest(key, amount, currency, card, customer.number, return_address=return_address)
    crashpoint("charge.before_call")
    found = charge_alone(attempt, request, now=now)
    crashpoint("charge.after_call")
    return record_result(attempt, found, now=now)


def confirm(attempt: ChargeAttempt, *, now: datetime) -> ChargeAttempt:
    """The customer is back from the bank: ask the gateway what became of an attempt that waited for it."""
    if attempt.state != State.REQUIRES_ACTION:
        return attempt
    crashpoint("confirm.before_call")
    found = ask(attempt, lambda gateway: gateway.confirm(attempt.idempotency_key), why=EndedBy.CUSTOMER, now=now)
    crashpoint("confirm.after_call")
    return record_result(attempt, found, now=now) if found else attempt


def cancel(attempt: ChargeAttempt, *, why: EndedBy, now: datetime) -> ChargeAttempt:
    """End an attempt that waits for the customer's bank, for good; a success that came first is recorded instead."""
    if attempt.state != State.REQUIRES_ACTION:
        return attempt
    found = ask(attempt, lambda gateway: gateway.cancel(attempt.idempotency_key), why=why, now=now)
    return record_result(attempt, found, now=now) if found else attempt


@transaction.atomic(durable=True)
def _begin(
    customer: Customer,
    amount: Decimal,
    currency: str,
    card: str,
    key: str,
    invoice_ids: Sequence[int] | None,
    keep_card: bool,
    may_charge: bool,
    now: datetime,
) -> tuple[ChargeAttempt, bool]:
    """Commit the attempt before the gateway hears of it; False with it: it was begun before."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if earlier := made_under(key, customer):
        return earlier, False
    if wait := wait_after_failures(_failures(customer, now), now=now):
        raise TooManyFailures(wait)
    if live := live_attempts(customer).get(currency):
        raise StillChecking(live)
    orders.drop(customer.charge_attempts.filter(currency=currency), now=now)  # the customer is faster than the engine
    method = stored_under(card, customer)
    attempt = ChargeAttempt.objects.create(
        customer=customer,
        method=method,
        gateway=settings.PAYMENT_GATEWAY,
        amount=amount,
        currency=currency,
        invoice_ids=_settling(customer, amount, currency, invoice_ids),
        idempotency_key=key,
        keep_card=keep_card,
        card_brand=method.brand if method else "",
        card_fingerprint=method.fingerprint if method else "",
        may_charge=may_charge,
        started_at=now,
        look_at=now + SURELY_OVER,
    )
    return attempt, True


def _failures(customer: Customer, now: datetime) -> list[datetime]:
    failed = customer.charge_attempts.filter(is_elsewhere=False, state__in=[State.DECLINED, State.ABANDONED])
    recent = failed.filter(finished_at__gt=now - WITHIN).exclude(decline_code__in=NOBODYS_TRY)
    return [moment for moment in recent.values_list("finished_at", flat=True) if moment]


def _settling(customer: Customer, amount: Decimal, currency: str, invoice_ids: Sequence[int] | None) -> list[int]:
    """Which invoices the charge is for (none named: all), having bounded the amount by what is open under lock.

    What a debit of the gateway's own is on its way for is left out.
    """
    candidates = open_invoices(customer).filter(currency=currency)
    if invoice_ids is not None:
        candidates = candidates.filter(pk__in=invoice_ids)
    locked = list(candidates.select_for_update().order_by("pk"))
    debits = debits_elsewhere(customer)
    free = [invoice for invoice in locked if invoice.pk not in debits]
    if locked and not free:
        raise StillChecking(debits[locked[0].pk])
    if not may_be_charged(amount, currency, sum_of(free)):
        raise NotOwed(f"Choose an amount above 0 and up to {sum_of(free)} {currency}, what is still open.")
    return [] if invoice_ids is None and free == locked else [invoice.pk for invoice in free]
