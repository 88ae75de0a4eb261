"""Speaking with the gateway about one attempt, with no transaction open, and putting what it says in our words."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from payments.gateways import gateway as gateway_named
from payments.gateways.accounts import Accounts
from payments.gateways.base import ChargeRequest, ChargeResult, Gateway, GatewayRefusal, NotReached
from payments.models import ChargeAttempt
from payments.operations import breaker
from payments.operations.charge_results import Found
from payments.rules.breaker import is_closed
from payments.rules.charging import EndedBy
from payments.rules.declines import Decline

logger = logging.getLogger(__name__)
State = ChargeAttempt.State
T = TypeVar("T")


class LeftAlone(Exception):
    """The gateway did not answer lately and is not called for a while: surely nothing happened."""


def send_charge(attempt: ChargeAttempt, request: ChargeRequest, *, now: datetime) -> Found:
    """Charge, and say what came of it: a refusal means surely nothing, any other error that nobody knows."""
    _insist_on_no_transaction()
    try:
        result = _call(attempt.gateway, lambda gateway: gateway.charge(request), now)
    except (GatewayRefusal, LeftAlone) as refusal:
        logger.warning("Gateway refused charge attempt %s: %s", attempt.pk, refusal)
        return Found(State.ABANDONED, decline=Decline(EndedBy.GATEWAY))
    except Exception:  # whatever it was, the money may have been taken: only a look-up can tell
        logger.exception("Outcome of charge attempt %s is in doubt.", attempt.pk)
        return Found(State.IN_DOUBT)
    return Found.of(result, why=EndedBy.NEVER_ARRIVED)


def ask(
    attempt: ChargeAttempt, question: Callable[[Gateway], ChargeResult], *, why: EndedBy, now: datetime
) -> Found | None:
    """What the gateway says of an attempt, or None when it cannot say now; `why` is our reason if it was cancelled."""
    result = _learn(attempt, question, now)
    return Found.of(result, why=why) if result else None


def call(alias: str, question: Callable[[Gateway], T], *, now: datetime) -> T:
    """What the gateway answers to a question about no attempt. Raises LeftAlone, or what the gateway raises."""
    _insist_on_no_transaction()
    return _call(alias, question, now)


def ask_accounts(alias: str, question: Callable[[Accounts], T], *, now: datetime) -> T:
    """What the gateway says of the customers and invoices it keeps. Raises LeftAlone, or what the gateway raises.

    GatewayRefusal also when it keeps none.
    """
    _insist_on_no_transaction()
    return _call(alias, lambda gateway: question(_accounts_of(gateway, alias)), now)


def _accounts_of(gateway: Gateway, alias: str) -> Accounts:
    accounts = gateway.accounts()
    if accounts is None:
        raise GatewayRefusal(f"Gateway {alias} keeps no customers and invoices.", permanent=True)
    return accounts


def _learn(attempt: ChargeAttempt, question: Callable[[Gateway], T], now: datetime) -> T | None:
    """The answer, or None: then nothing is learnt, nothing is changed, and the next look asks again."""
    _insist_on_no_transaction()
    try:
        return _call(attempt.gateway, question, now)
    except LeftAlone:
        return None
    except Exception:
        logger.exception("Gateway gave no answer about charge attempt %s.", attempt.pk)
        return None


def _call(alias: str, question: Callable[[Gateway], T], now: datetime) -> T:
    """The answer; whether there was one is noted. Raises LeftAlone, or what the gateway raises."""
    known = breaker.known_of(alias)
    if is_closed(known.closed_until, now=now):
        raise LeftAlone(alias)
    try:
        answer = question(gateway_named(alias))
    except Exception as error:
        if isinstance(error, GatewayRefusal) and not isinstance(error, NotReached):
            breaker.note_answer(alias, known)
        else:
            breaker.note_failure(alias, now=now)
        raise
    breaker.note_answer(alias, known)
    return answer


def _insist_on_no_transaction() -> None:
    """Raises RuntimeError inside a transaction: nobody waits on a network with rows locked."""
    with transaction.atomic(durable=True):
        pass
