"""Charging what was ordered: look at the facts again, say *calling* and commit, call the gateway, record.

The last look takes the decision once more: an order goes only while the same decision still makes the same order.
"""

import logging
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Hold
from dunning.models import Case
from dunning.operations.advance import facts_of
from dunning.operations.batches import work_off
from dunning.operations.promised_charges import is_still_wanted
from dunning.rules.decide import decide
from dunning.rules.decisions import Charge
from dunning.rules.facts import CaseFacts
from dunning.rules.parts import balances_of
from payments.models import ChargeAttempt
from payments.operations import breaker, orders

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
    counts: Counter[str] = Counter()
    for order in held:
        if deadline.is_over:
            break  # the lease runs out, and another turn takes it
        counts[_charge(order, now)] += 1
    return counts


def _claim(now: datetime) -> list[ChargeAttempt]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, BATCH, now + LEASE])
        ids = [pk for (pk,) in cursor]
    return list(ChargeAttempt.objects.filter(pk__in=ids).select_related("customer", "method").order_by("pk"))


def _charge(order: ChargeAttempt, now: datetime) -> str:
    if breaker.is_left_alone(order.gateway, now=now):
        return "put_off"
    try:
        if not _begin(order, now):
            orders.drop(ChargeAttempt.objects.filter(pk=order.pk), now=now)
            return "dropped"
        return orders.carry_out(order, now=now).state
    except Exception:
        logger.exception("Charge attempt %s could not be carried out; what became of it is looked up.", order.pk)
        return "failed"


def _begin(order: ChargeAttempt, now: datetime) -> bool:
    """Look right before the call, because the calls of a batch may take minutes."""
    holds = Hold.objects.filter(customer=order.customer_id, released_at=None).order_by("pk")
    known = list(holds.values_list("pk", flat=True))
    is_promised = is_still_wanted(order, now=now)
    if is_promised is not None:  # the customer named the day: no campaign decides about it
        balances = orders.open_balances(order.customer.invoices.all())
        return is_promised and orders.begin(order, balances=balances, holds=known, now=now)
    facts = _facts_of(order, now)
    if facts is None or not _is_still_wanted(order, facts, now):
        return False
    return orders.begin(order, balances=balances_of(facts.invoices), holds=known, now=now)


def _facts_of(order: ChargeAttempt, now: datetime) -> CaseFacts | None:
    """What is known of the customer's open case, as if nothing had been ordered."""
    case = Case.objects.filter(customer=order.customer_id, state=Case.State.OPEN, about="").first()
    return replace(facts_of(case, now=now), charge_ordered=False) if case else None


def _is_still_wanted(order: ChargeAttempt, facts: CaseFacts, now: datetime) -> bool:
    decision = decide(facts, now=now)
    return isinstance(decision, Charge) and any(orders.is_for(order, wanted) for wanted in decision.orders)
