"""Writing down what became of a charge: the attempt's state, the payment and the kept card in one transaction."""

import logging
from datetime import datetime
from typing import NamedTuple, Self

from django.db import transaction

from customers.crashpoint import crashpoint
from customers.models import Customer
from customers.operations import holds, news
from customers.rules.days import local_day
from customers.rules.holds import HoldKind
from payments.gateways.base import NO_DECLINE, Card, ChargeResult, ChargeState
from payments.models import ChargeAttempt, Payment
from payments.operations import cards, payments, unknown_codes
from payments.queries.declines import decline_book, judgement_of
from payments.rules.charging import Doubt, EndedBy
from payments.rules.declines import Decline
from payments.rules.methods import fingerprint_of

logger = logging.getLogger(__name__)
State = ChargeAttempt.State
STATES = {
    ChargeState.SUCCEEDED: State.SUCCEEDED,
    ChargeState.DECLINED: State.DECLINED,
    ChargeState.REQUIRES_ACTION: State.REQUIRES_ACTION,
    ChargeState.PENDING: State.PENDING,
    ChargeState.CANCELLED: State.ABANDONED,
}
LIVE_AGAIN = {State.REQUIRES_ACTION, State.PENDING, State.IN_DOUBT}


class Found(NamedTuple):
    """What we know of a charge now. `decline` says why no money came: the bank's reasons, or ours in its code."""

    state: State
    reference: str = ""
    decline: Decline = NO_DECLINE
    card: Card | None = None
    approval_address: str = ""

    @classmethod
    def of(cls, result: ChargeResult, *, why: EndedBy) -> Self:
        """The gateway's result in our words; `why` is our reason if the charge was cancelled."""
        decline = Decline(why) if result.state is ChargeState.CANCELLED else result.decline
        return cls(STATES[result.state], result.reference, decline, result.card, result.approval_address)


@transaction.atomic(durable=True)
def record_result(attempt: ChargeAttempt, found: Found, *, now: datetime) -> ChargeAttempt:
    """Bring the attempt to what was found, and record the payment when money came; returns it as it is then.

    An answer may come twice or late. Money that came is recorded whatever we believed before; nothing else moves an
    attempt that had ended. Money that cannot be recorded, because the gateway gave its reference to other money
    before, leaves the attempt in doubt until a person has asked the gateway.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=attempt.customer_id)
    current = ChargeAttempt.objects.select_for_update().get(pk=attempt.pk)
    if not _is_news(current, found):
        return current
    if found.state == State.SUCCEEDED:
        found = _take_in(current, customer, found, now)
    current.state, current.gateway_reference = found.state, found.reference
    current.approval_address = found.approval_address if found.state == State.REQUIRES_ACTION else ""
    _note_decline(current, found.decline)
    _note_card(current, found.card)
    if current.state == State.DECLINED:
        _heed(current, now)
    current.finished_at = None if found.state in LIVE_AGAIN else now
    current.save()
    if current.finished_at and not current.is_attended:
        news.announce([customer.pk])  # the engine ordered it, and goes on at once
    crashpoint("charge.before_commit")
    return current


def _note_decline(attempt: ChargeAttempt, decline: Decline) -> None:
    attempt.decline_code, attempt.advice_code = decline.code[:64], decline.advice[:64]
    attempt.network_code, attempt.network_advice = decline.network_code[:16], decline.network_advice[:16]


def _note_card(attempt: ChargeAttempt, card: Card | None) -> None:
    """A stored card's tries stay under its own fingerprint: under another the next try would not find them."""
    if card and not attempt.card_fingerprint:
        attempt.card_brand = card.brand
        attempt.card_fingerprint = fingerprint_of(card.token, card.fingerprint, gateway=attempt.gateway)


def _heed(attempt: ChargeAttempt, now: datetime) -> None:
    """Let a manager know of codes that no rule knows, and nobody write to somebody of whose death the bank tells."""
    judgement = judgement_of(attempt, decline_book(now.date()))
    unknown_codes.note(judgement.unknown, gateway=attempt.gateway, now=now)
    if judgement.is_death:
        reason = f"The bank says so, refusing charge {attempt.pk}: a person asks whoever settles the estate."
        holds.place(attempt.customer, kind=HoldKind.DECEASED, reason=reason, until_on=None, now=now, by=None)


def _is_news(current: ChargeAttempt, found: Found) -> bool:
    if current.state == State.SUCCEEDED:
        return False
    return current.finished_at is None or found.state == State.SUCCEEDED


def _take_in(attempt: ChargeAttempt, customer: Customer, found: Found, now: datetime) -> Found:
    try:
        attempt.payment = payments.record(
            customer,
            amount=attempt.amount,
            currency=attempt.currency,
            received_on=local_day(now, customer.time_zone),
            source=Payment.Source.GATEWAY,
            now=now,
            provider=attempt.gateway,
            reference=found.reference,
            invoice_ids=attempt.invoice_ids or None,
        )
    except payments.PaymentRefusal as refusal:
        logger.error("The money of charge attempt %s cannot be recorded: %s", attempt.pk, refusal)
        return Found(State.IN_DOUBT, found.reference, Decline(Doubt.REFERENCE_TAKEN))
    if attempt.keep_card and found.card:
        attempt.method = cards.keep(
            customer, found.card, gateway=attempt.gateway, may_charge=attempt.may_charge, now=now
        )
    return found
