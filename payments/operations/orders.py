"""Charges without the customer: ordered in the engine's transaction, made later, one by one, outside of any.

An order is a charge attempt that is still queued. It excludes every other charge of the customer in its currency,
except the customer's own: who pays on the page is faster, and the order is dropped.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from customers.crashpoint import crashpoint
from customers.models import Customer, Hold, Invoice
from customers.operations import news
from payments.gateways.base import ChargeRequest
from payments.models import ChargeAttempt, PaymentMethod, PlanInvoice
from payments.operations.charge_results import record_result
from payments.operations.gateway_invoices import charge_alone
from payments.queries.charges import debit_beside
from payments.rules.charging import SURELY_OVER, EndedBy
from payments.rules.next_charge import Order

State = ChargeAttempt.State


def place(orders: Sequence[Order], *, now: datetime, key: str = "") -> None:
    """Queue these charges, in the caller's transaction. Where one is under way in the same currency, none is added.

    `key` is the idempotency key of a single order that must be made once; others get one of their own.
    """
    methods = PaymentMethod.objects.in_bulk({order.method_id for order in orders})
    ChargeAttempt.objects.bulk_create(
        [_queued(order, methods[order.method_id], now, key) for order in orders], ignore_conflicts=True
    )


def _queued(order: Order, method: PaymentMethod, now: datetime, key: str) -> ChargeAttempt:
    return ChargeAttempt(
        customer_id=order.customer_id,
        method=method,
        gateway=method.gateway,
        amount=order.amount,
        currency=order.currency,
        invoice_ids=list(order.invoice_ids),
        idempotency_key=key or uuid.uuid4().hex,
        state=State.QUEUED,
        card_brand=method.brand,
        card_fingerprint=method.fingerprint,
        is_attended=False,
        started_at=now,
        look_at=now,
    )


def is_for(attempt: ChargeAttempt, order: Order) -> bool:
    """Whether this attempt carries out this very order."""
    made = (attempt.customer_id, attempt.method_id, attempt.amount, attempt.currency, tuple(attempt.invoice_ids))
    return made == (order.customer_id, order.method_id, order.amount, order.currency, order.invoice_ids)


@transaction.atomic(durable=True)
def begin(order: ChargeAttempt, *, balances: Sequence[str], holds: Sequence[int], now: datetime) -> bool:
    """Say *calling*, and commit it, if the facts are still those the order was looked at with; False if not.

    `balances` are the customer's open invoices as "id:balance", with "/plan" where an instalment plan covers one, and
    `holds` the ids of the holds; each by id.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=order.customer_id)
    if open_balances(customer.invoices.select_for_update()) != list(balances):
        return False
    if list(_holds(customer).values_list("pk", flat=True)) != list(holds):
        return False
    if customer.vulnerable_since:
        return False  # a person acts
    if debit_beside(order, order.invoice_ids):
        return False
    kept = customer.payment_methods.filter(removed_at__isnull=True, charge_agreed_at__isnull=False)
    if order.method_id not in kept.values_list("pk", flat=True):
        return False
    crashpoint("order.begun")
    mine = ChargeAttempt.objects.filter(pk=order.pk, state=State.QUEUED)
    return bool(mine.update(state=State.CALLING, started_at=now, look_at=now + SURELY_OVER))


def open_balances(invoices: QuerySet[Invoice]) -> list[str]:
    """What is open of these invoices, as `begin` compares it."""
    found = list(invoices.filter(balance__gt=0).order_by("pk").values_list("pk", "balance"))
    covered = PlanInvoice.objects.filter(invoice__in=[pk for pk, _ in found], released_at=None)
    plans = {pk: f"/{plan_id}" for pk, plan_id in covered.values_list("invoice_id", "plan_id")}
    return [f"{pk}:{balance}{plans.get(pk, '')}" for pk, balance in found]


def _holds(customer: Customer) -> QuerySet[Hold]:
    return Hold.objects.filter(customer=customer, released_at=None).order_by("pk")


def carry_out(order: ChargeAttempt, *, now: datetime) -> ChargeAttempt:
    """Call the gateway for an order that has begun, and record what came of it.

    Raises RuntimeError inside a transaction.
    """
    assert order.method
    request = ChargeRequest(
        order.idempotency_key,
        order.amount,
        order.currency,
        order.method.token,
        order.customer.number,
        attended=False,
    )
    crashpoint("order.before_call")
    found = charge_alone(order, request, now=now)
    crashpoint("order.after_call")
    return record_result(order, found, now=now)


@transaction.atomic
def drop(orders: QuerySet[ChargeAttempt], *, now: datetime) -> int:
    """Take back those of `orders` that have not begun, and have their customers looked at again; how many they were."""
    queued = list(orders.filter(state=State.QUEUED).select_for_update().values_list("pk", "customer_id"))
    ended = ChargeAttempt.objects.filter(pk__in=[pk for pk, _ in queued])
    news.announce(customer_id for _, customer_id in queued)
    return ended.update(state=State.ABANDONED, decline_code=EndedBy.DROPPED, finished_at=now)
