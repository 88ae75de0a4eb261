"""Finding out what became of charges whose end we never saw: killed processes, lost answers, customers who left."""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from customers.deadline import NO_DEADLINE, Deadline
from payments.gateways.base import ChargeResult, Gateway
from payments.models import ChargeAttempt
from payments.operations.charge_results import Found, record_result
from payments.operations.gateway_calls import ask
from payments.queries.charges import LIVE
from payments.rules.charging import EndedBy, pause_after_look

logger = logging.getLogger(__name__)

PATIENCE = timedelta(hours=1)  # a customer at the bank is given this long
BATCH = 100


class Reconciliation(NamedTuple):
    """How many attempts were looked up, and what is known of them now."""

    succeeded: int = 0
    ended: int = 0
    still_open: int = 0


def reconcile(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> Reconciliation:
    """Ask the gateway about attempts that have no end, at most 100 a turn, and record what it says.

    Each is asked about first two minutes after it began, then ever more rarely, down to once an hour. One that the
    gateway never saw is cancelled there before it is abandoned here. While the gateway cannot be reached an attempt
    stays as it is: without its evidence nothing ever counts as failed. One attempt's trouble stops no other.
    """
    ours = ChargeAttempt.objects.filter(state__in=LIVE, is_elsewhere=False)
    due = ours.filter(look_at__lte=now).order_by("look_at", "pk")
    states = [_look_again(attempt, now) for attempt in due[:BATCH] if not deadline.is_over]
    still_open = sum(state in LIVE for state in states)
    succeeded = states.count(ChargeAttempt.State.SUCCEEDED)
    return Reconciliation(succeeded, len(states) - still_open - succeeded, still_open)


def _look_again(attempt: ChargeAttempt, now: datetime) -> str:
    """The attempt's state after the look. The next one is put off first, so that no other worker asks beside us."""
    looks = attempt.looks + 1
    mine = ChargeAttempt.objects.filter(pk=attempt.pk, looks=attempt.looks)
    if not mine.update(looks=looks, look_at=now + pause_after_look(looks)):
        return attempt.state
    try:
        found = _ask(attempt, now)
        return record_result(attempt, found, now=now).state if found else attempt.state
    except Exception:
        logger.exception("What was found of charge attempt %s could not be recorded.", attempt.pk)
        return attempt.state


def _ask(attempt: ChargeAttempt, now: datetime) -> Found | None:
    if attempt.state == ChargeAttempt.State.REQUIRES_ACTION and attempt.started_at <= now - PATIENCE:
        return ask(attempt, lambda gateway: gateway.cancel(attempt.idempotency_key), why=EndedBy.TIME, now=now)
    return ask(attempt, lambda gateway: _seen_or_cancelled(gateway, attempt), why=EndedBy.NEVER_ARRIVED, now=now)


def _seen_or_cancelled(gateway: Gateway, attempt: ChargeAttempt) -> ChargeResult:
    return gateway.look_up(attempt.idempotency_key) or gateway.cancel(attempt.idempotency_key)
