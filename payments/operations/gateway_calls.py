"""Speaking with the gateway about one attempt, with no transaction open, and putting what it says in our words."""

import logging
from collections.abc import Callable

from django.db import transaction

from payments.gateways import gateway as gateway_named
from payments.gateways.base import ChargeRequest, ChargeResult, Gateway, GatewayRefusal
from payments.models import ChargeAttempt
from payments.operations.charge_results import Found
from payments.rules.charging import EndedBy
from payments.rules.declines import Decline

logger = logging.getLogger(__name__)
State = ChargeAttempt.State


def send_charge(attempt: ChargeAttempt, request: ChargeRequest) -> Found:
    """Charge, and say what came of it: a refusal means surely nothing, any other error that nobody knows."""
    _insist_on_no_transaction()
    try:
        return Found.of(_call(attempt, lambda gateway: gateway.charge(request)), why=EndedBy.NEVER_ARRIVED)
    except GatewayRefusal as refusal:
        logger.warning("Gateway refused charge attempt %s: %s", attempt.pk, refusal)
        return Found(State.ABANDONED, decline=Decline(EndedBy.GATEWAY))
    except Exception:  # whatever it was, the money may have been taken: only a look-up can tell
        logger.exception("Outcome of charge attempt %s is in doubt.", attempt.pk)
        return Found(State.IN_DOUBT)


def ask(attempt: ChargeAttempt, question: Callable[[Gateway], ChargeResult], *, why: EndedBy) -> Found | None:
    """What the gateway says of an attempt, or None when it cannot say now; `why` is our reason if it was cancelled."""
    _insist_on_no_transaction()
    try:
        return Found.of(_call(attempt, question), why=why)
    except Exception:  # nothing is learnt, so nothing is changed; the next look asks again
        logger.exception("Gateway gave no answer about charge attempt %s.", attempt.pk)
        return None


def _call(attempt: ChargeAttempt, question: Callable[[Gateway], ChargeResult]) -> ChargeResult:
    return question(gateway_named(attempt.gateway))


def _insist_on_no_transaction() -> None:
    """Raises RuntimeError inside a transaction: nobody waits on a network with rows locked."""
    with transaction.atomic(durable=True):
        pass
