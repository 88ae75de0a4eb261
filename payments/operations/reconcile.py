"""Finding out what became of charges whose end we never saw: killed processes, lost answers, customers who left."""

from datetime import datetime, timedelta
from typing import NamedTuple

from payments.gateways.base import ChargeResult, Gateway
from payments.models import ChargeAttempt
from payments.operations.charge_results import record_result
from payments.operations.gateway_calls import ask
from payments.queries import LIVE
from payments.rules.charging import EndedBy

SURELY_OVER = timedelta(minutes=2)  # a call still on its way is given this long
PATIENCE = timedelta(hours=1)  # and a customer at the bank this long


class Reconciliation(NamedTuple):
    """How many attempts were looked up, and what is known of them now."""

    succeeded: int = 0
    ended: int = 0
    still_open: int = 0


def reconcile(*, now: datetime) -> Reconciliation:
    """Ask the gateway about every attempt that has been without an end for two minutes, and record what it says.

    One that the gateway never saw is cancelled there before it is abandoned here. While the gateway cannot be reached
    an attempt stays as it is: without its evidence nothing ever counts as failed.
    """
    stale = ChargeAttempt.objects.filter(state__in=LIVE, started_at__lte=now - SURELY_OVER).order_by("started_at")
    states = [_look_again(attempt, now).state for attempt in stale]
    still_open = sum(state in LIVE for state in states)
    succeeded = states.count(ChargeAttempt.State.SUCCEEDED)
    return Reconciliation(succeeded, len(states) - still_open - succeeded, still_open)


def _look_again(attempt: ChargeAttempt, now: datetime) -> ChargeAttempt:
    if attempt.state == ChargeAttempt.State.REQUIRES_ACTION and attempt.started_at <= now - PATIENCE:
        found = ask(attempt, lambda gateway: gateway.cancel(attempt.idempotency_key), why=EndedBy.TIME)
    else:
        found = ask(attempt, lambda gateway: _seen_or_cancelled(gateway, attempt), why=EndedBy.NEVER_ARRIVED)
    return record_result(attempt, found, now=now) if found else attempt


def _seen_or_cancelled(gateway: Gateway, attempt: ChargeAttempt) -> ChargeResult:
    return gateway.look_up(attempt.idempotency_key) or gateway.cancel(attempt.idempotency_key)
