"""Speaking with the gateway about one attempt, with no transaction open, and putting what it says in our words."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from payments.gateways import gateway as gateway_named
from payments.gateways.base import ChargeRequest, ChargeResult, Gateway, GatewayRefusal, WentBack
from payments.models import ChargeAttempt
from payments.operations import breaker
from payments.operations.charge_results import Found
from payments.rules.charging import EndedBy
from payments.rules.declines import Decline

logger = logging.getLogger(__name__)
State = ChargeAttempt.State
T = TypeVar("T")


def send_charge(attempt: ChargeAttempt, request: ChargeRequest, *, now: datetime) -> Found:
    """Charge, and say what came of it: a refusal means surely nothing, any other error that nobody knows.

    A gateway that is left alone, because it did not answer lately, is not called at all.
    """
    _insist_on_no_transaction()
    if breaker.is_left_alone(attempt.gateway, now=now):
        return Found(State.ABANDONED, decline=Decline(EndedBy.GATEWAY))
    try:
        return Found.of(_call(attempt, lambda gateway: gateway.charge(request), now), why=EndedBy.NEVER_ARRIVED)
    except GatewayRefusal as refusal:
        logger.warning("Gateway refused charge attempt %s: %s", attempt.pk, refusal)
        return Found(State.ABANDONED, decline=Decline(EndedBy.GATEWAY))
    except Exception:  # whatever it was, the money may have been taken: only a look-up can tell
        logger.exception("Outcome of charge attempt %s is in doubt.", attempt.pk)
        return Found(State.IN_DOUBT)


def ask(
    attempt: ChargeAttempt, question: Callable[[Gateway], ChargeResult], *, why: EndedBy, now: datetime
) -> Found | None:
    """What the gateway says of an attempt, or None when it cannot say now; `why` is our reason if it was cancelled."""
    _insist_on_no_transaction()
    if breaker.is_left_alone(attempt.gateway, now=now):
        return None
    try:
        return Found.of(_call(attempt, question, now), why=why)
    except Exception:  # nothing is learnt, so nothing is changed; the next look asks again
        logger.exception("Gateway gave no answer about charge attempt %s.", attempt.pk)
        return None


def ask_what_went_back(attempt: ChargeAttempt, *, now: datetime) -> Sequence[WentBack] | None:
    """What went back of a successful charge, or None when the gateway cannot say now."""
    _insist_on_no_transaction()
    if breaker.is_left_alone(attempt.gateway, now=now):
        return None
    try:
        return _call(attempt, lambda gateway: gateway.went_back(attempt.idempotency_key), now)
    except Exception:
        logger.exception("Gateway gave no answer about what went back of charge attempt %s.", attempt.pk)
        return None


def _call(attempt: ChargeAttempt, question: Callable[[Gateway], T], now: datetime) -> T:
    try:
        result = question(gateway_named(attempt.gateway))
    except GatewayRefusal:
        breaker.note_answer(attempt.gateway)
        raise
    except Exception:
        breaker.note_failure(attempt.gateway, now=now)
        raise
    breaker.note_answer(attempt.gateway)
    return result


def _insist_on_no_transaction() -> None:
    """Raises RuntimeError inside a transaction: nobody waits on a network with rows locked."""
    with transaction.atomic(durable=True):
        pass
