"""Charging the card on the day that its owner named: an order like any other, whatever the campaign does.

`collect` carries it out, and asks here right before the call whether it is still wanted.
"""

import uuid
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Customer, Invoice
from dunning.models import CustomerRequest
from dunning.operations.promises import look_at_each
from dunning.queries.promises import DAY, held_beside, is_time, promises_near, stands
from payments.models import ChargeAttempt
from payments.operations import orders
from payments.queries.charges import debits_elsewhere, live_attempts
from payments.queries.declines import decline_book
from payments.queries.invoices import disputed_among, retried_elsewhere
from payments.queries.methods import chargeable_methods
from payments.queries.plans import plannable
from payments.rules.charging import EndedBy
from payments.rules.next_charge import Order, next_charge
from payments.rules.retry_facts import RetryFacts, Try


def order_promised(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Order every charge whose promised day has come; returns how many.

    Each is ordered once, and anew where an order was dropped before its call because things had changed.
    """
    not_tried = Q(attempt=None) | Q(attempt__decline_code=EndedBy.DROPPED)
    chargeable = promises_near(now).filter(not_tried, method__isnull=False)
    today = (request for request in chargeable if is_time(request, now))
    return look_at_each(today, _order, now=now, deadline=deadline)


def is_still_wanted(attempt: ChargeAttempt, *, now: datetime) -> bool | None:
    """Whether this very order would be made again now; None when no promise is behind it."""
    request = CustomerRequest.objects.select_related("hold", "customer").filter(attempt=attempt).first()
    if request is None:
        return None
    wanted = _wanted(request, now)
    return wanted is not None and orders.is_for(attempt, wanted)


@transaction.atomic
def _order(request: CustomerRequest, now: datetime) -> bool:
    customer = Customer.objects.select_for_update(no_key=True).get(pk=request.customer_id)
    unchanged = CustomerRequest.objects.filter(pk=request.pk, attempt=request.attempt_id)
    mine = unchanged.select_related("customer", "hold").first()
    order = _wanted(mine, now) if mine else None
    if order is None or live_attempts(customer).get(order.currency):
        return False
    key = uuid.uuid4().hex
    orders.place([order], now=now, key=key)
    attempt = ChargeAttempt.objects.filter(idempotency_key=key).first()
    unchanged.update(attempt=attempt)
    return attempt is not None


def _wanted(request: CustomerRequest, now: datetime) -> Order | None:
    """What the promise has the card charged for now: nothing once it is over, or while anything else forbids it."""
    customer = request.customer
    if not stands(request) or customer.vulnerable_since:
        return None
    held = held_beside(request, now, what="blocks_charges")
    if held is None:
        return None
    owed = _owed(customer, held)
    return _order_for(customer, owed, request.method_id or 0, now) if owed else None


def _owed(customer: Customer, held: set[int]) -> list[tuple[Invoice, Decimal]]:
    """What is open and undisputed, not held, in a plan, on its way or tried by a gateway; in the oldest's currency."""
    found = list(plannable(customer.pk))
    ids = [invoice.pk for invoice in found]
    left_alone = held | set(debits_elsewhere(customer)) | retried_elsewhere(ids)
    disputed = disputed_among(ids)
    rests = [(one, one.balance - disputed.get(one.pk, Decimal(0))) for one in found if one.pk not in left_alone]
    free = [(one, rest) for one, rest in rests if rest > 0]
    return [(one, rest) for one, rest in free if one.currency == free[0][0].currency]


def _order_for(customer: Customer, owed: list[tuple[Invoice, Decimal]], method_id: int, now: datetime) -> Order | None:
    """The order, if the card's own history lets it be tried now."""
    book, amount = decline_book(now.date()), sum((rest for _, rest in owed), Decimal(0))
    invoices = [invoice for invoice, _ in owed]
    methods = chargeable_methods([customer.pk], book, now=now).get(customer.pk, [])
    chosen = [method for method in methods if method.id == method_id]
    if not chosen:
        return None
    ids = tuple(invoice.pk for invoice in invoices)
    debt = RetryFacts(
        amount=amount,
        currency=invoices[0].currency,
        invoice_ids=frozenset(ids),
        closes_at=now + DAY,
        country=customer.country,
        time_zone=customer.time_zone,
    )
    verdict = next_charge(debt, chosen, book, now=now).verdict
    if not isinstance(verdict, Try) or verdict.at > now:
        return None
    return Order(customer.pk, method_id, amount, invoices[0].currency, ids)
