"""Charging what was ordered: look at the facts again, say *calling* and commit, call the gateway, record.

The last look takes the decision once more: an order goes only while the same decision still makes the same order.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Hold
from dunning.models import Case
from dunning.operations.batches import work_off
from dunning.rules.decide import decide
from dunning.rules.decisions import Charge, Order
from dunning.rules.facts import CaseFacts
from dunning.snapshot import Subject, gather
from payments.models import ChargeAttempt
from payments.operations import breaker, orders
from payments.rules.charging import EndedBy

logger = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(minutes=5)  # in which other workers leave a batch alone; who is later finds its orders begun
CLAIM = """
WITH picked AS (
  SELECT id FROM payments_chargeattempt WHERE state = 'queued' AND look_at <= %s
  ORDER BY look_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE payments_chargeattempt attempt SET look_at = %s FROM picked WHERE attempt.id = picked.id RETURNING attempt.id
"""


def collect(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> Counter[str]:
    """Make every charge that is ordered; returns how many ended in each state, and how many were dropped or put off.

    Works with DUNNING_CONNECTIONS connections at a time. Other workers may do the same at once. One order's trouble
    stops no other.
    """
    return work_off(lambda: _claim(now), lambda held: _collect(held, now, deadline), size=BATCH, deadline=deadline)


def _collect(held: list[ChargeAttempt], now: datetime, deadline: Deadline) -> Counter[str]:
    facts, holds = _facts_of(held, now), _holds_of(held)
    counts: Counter[str] = Counter()
    for order in held:
        if deadline.is_over:
            break  # the lease runs out, and another turn takes it
        counts[_charge(order, facts.get(order.customer_id), holds[order.customer_id], now)] += 1
    return counts


def _claim(now: datetime) -> list[ChargeAttempt]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, BATCH, now + LEASE])
        ids = [pk for (pk,) in cursor]
    return list(ChargeAttempt.objects.filter(pk__in=ids).select_related("customer", "method").order_by("pk"))


def _facts_of(batch: Sequence[ChargeAttempt], now: datetime) -> dict[int, CaseFacts]:
    """What is known of these customers' open cases, as if nothing had been ordered."""
    cases = Case.objects.filter(customer__in=[order.customer_id for order in batch], state=Case.State.OPEN)
    subjects = [Subject(*row) for row in cases.values_list("pk", "customer_id", "version_id")]
    found = gather(subjects, now=now)
    return {facts.customer_id: replace(facts, charge_ordered=False) for facts in found}


def _holds_of(batch: Sequence[ChargeAttempt]) -> dict[int, list[int]]:
    holds: dict[int, list[int]] = {order.customer_id: [] for order in batch}
    in_force = Hold.objects.filter(customer__in=holds, released_at=None).order_by("pk")
    for customer_id, pk in in_force.values_list("customer_id", "pk"):
        holds[customer_id].append(pk)
    return holds


def _charge(order: ChargeAttempt, facts: CaseFacts | None, holds: list[int], now: datetime) -> str:
    if breaker.is_left_alone(order.gateway, now=now):
        return "put_off"
    try:
        if facts is None or not _is_still_wanted(order, facts, now) or not _begin(order, facts, holds, now):
            orders.drop(order, why=EndedBy.DROPPED, now=now)
            return "dropped"
        return orders.carry_out(order, now=now).state
    except Exception:
        logger.exception("Charge attempt %s could not be carried out; what became of it is looked up.", order.pk)
        return "failed"


def _is_still_wanted(order: ChargeAttempt, facts: CaseFacts, now: datetime) -> bool:
    decision = decide(facts, now=now)
    assert order.method_id
    same = Order(order.method_id, order.amount, order.currency, tuple(order.invoice_ids))
    return isinstance(decision, Charge) and same in decision.orders


def _begin(order: ChargeAttempt, facts: CaseFacts, holds: list[int], now: datetime) -> bool:
    balances = [f"{i.id}:{i.balance}" for i in sorted(facts.invoices, key=lambda invoice: invoice.id)]
    return orders.begin(order, balances=balances, holds=holds, now=now)
