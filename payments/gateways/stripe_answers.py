"""What Stripe answers, in our words: intents and payment methods as results and cards, errors as refusals or doubts.

Stripe's objects come here as plain dictionaries, as its JSON has them.
"""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import stripe
from requests import exceptions
from urllib3.exceptions import NewConnectionError

from payments.gateways.base import BackKind, Card, ChargeResult, ChargeState, GatewayRefusal, NotReached, WentBack
from payments.rules.declines import Decline
from payments.rules.methods import MethodKind
from payments.rules.stripe_units import from_stripe_units

Answer = dict[str, Any]

ENDS = {
    "succeeded": ChargeState.SUCCEEDED,
    "processing": ChargeState.PENDING,
    "requires_action": ChargeState.REQUIRES_ACTION,
    "canceled": ChargeState.CANCELLED,
}
KINDS = {
    "card": MethodKind.CARD,
    "sepa_debit": MethodKind.SEPA_DEBIT,
    "us_bank_account": MethodKind.ACH_DEBIT,
}


class Unsettled(Exception):
    """Stripe is still at work on the charge: what becomes of it is not known yet."""


def result_of(intent: Answer) -> ChargeResult:
    """What has become of a payment intent (its payment method expanded). Raises Unsettled while Stripe works on it."""
    error = intent.get("last_payment_error")
    if state := ENDS.get(intent["status"]):
        return ChargeResult(
            state, intent["id"], card=_card_or_none(intent["payment_method"]), approval_address=_bank_page(intent)
        )
    if intent["status"] != "requires_payment_method" or not error:
        raise Unsettled(f"Payment intent {intent['id']} is {intent['status']}.")
    return ChargeResult(ChargeState.DECLINED, intent["id"], _decline(error), _card_or_none(error["payment_method"]))


def _bank_page(intent: Answer) -> str:
    """Where the customer approves the payment, "" when nothing is asked or Stripe's script would have to ask."""
    question = intent.get("next_action") or {}
    return str((question.get("redirect_to_url") or {}).get("url") or "")


def card_of(method: Answer) -> Card:
    """A payment method as it may be kept here. Raises KeyError for a kind that the desk does not know.

    The token names the customer too, because Stripe charges a kept method only together with its customer.
    """
    kind, owner = method["type"], method.get("customer")
    told = method[kind]
    return Card(
        token=f"{owner}/{method['id']}" if owner else method["id"],
        brand=told.get("brand") or told.get("bank_name") or "",
        last4=told.get("last4") or "",
        expires_on=_last_day(told["exp_year"], told["exp_month"]) if told.get("exp_year") else None,
        kind=KINDS[kind],
        fingerprint=told.get("fingerprint") or "",
        country=told.get("country") or "",
    )


def given_back(refund: Answer) -> WentBack:
    """A refund, made here or in Stripe's Dashboard; one that failed or was called off is with us again."""
    reason, came_back = refund["reason"] or "", refund["status"] in ("failed", "canceled")
    return WentBack(refund["id"], BackKind.REFUND, _amount(refund), _day(refund["created"]), reason, came_back)


def taken_back(dispute: Answer, intent: Answer) -> WentBack:
    """A dispute of `intent`: of a card a chargeback, of a bank debit its return."""
    method = intent["payment_method"] or {}
    kind = BackKind.CHARGEBACK if method.get("type", "card") == "card" else BackKind.RETURNED
    came_back = dispute["status"] in ("won", "prevented")
    return WentBack(dispute["id"], kind, _amount(dispute), _day(dispute["created"]), dispute["reason"], came_back)


def was_taken_back(dispute: Answer) -> bool:
    """Whether the bank ever took the money: not while it only asks."""
    return not dispute["status"].startswith("warning_")


def has_left(refund: Answer) -> bool:
    """Whether a refund is on record as made: not while it still waits for something."""
    return refund["status"] in ("succeeded", "failed", "canceled")


def error_in(error: stripe.StripeError) -> Answer:
    """The error object in Stripe's answer, {} when there was no answer of that form."""
    body = error.json_body if isinstance(error.json_body, dict) else {}
    told = body.get("error")
    return told if isinstance(told, dict) else {}


def refusal_or_doubt(error: stripe.StripeError) -> Exception:
    """GatewayRefusal when Stripe surely did nothing, otherwise the error itself: nobody knows.

    A request that Stripe finds wrong (400, 404), without a right to it (401, 403) or one too many (429) was not
    begun; neither was one for which no connection came about. A time-out, a lost answer and a 500 tell nothing.
    """
    if isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError):
        return GatewayRefusal(f"Stripe refused the request: {error.user_message}", permanent=True)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return GatewayRefusal("Stripe does not accept STRIPE_SECRET_KEY.", permanent=False)
    if isinstance(error, stripe.RateLimitError):
        return NotReached("Stripe is asked too often just now.")
    if isinstance(error, stripe.APIConnectionError) and _never_left(error):
        return NotReached("No connection to Stripe came about.")
    return error


@contextmanager
def refusals() -> Iterator[None]:
    """Errors of Stripe come out as GatewayRefusal where it surely did nothing."""
    try:
        yield
    except stripe.StripeError as error:
        raise refusal_or_doubt(error) from error


def _never_left(error: stripe.APIConnectionError) -> bool:
    cause = error.__cause__
    if isinstance(cause, exceptions.ConnectTimeout):
        return True
    inner = cause.args[0] if isinstance(cause, exceptions.ConnectionError) and cause.args else None
    return isinstance(getattr(inner, "reason", None), NewConnectionError)


def _decline(error: Answer) -> Decline:
    return Decline(
        code=error.get("decline_code") or error.get("code") or error["type"],
        advice=error.get("advice_code") or "",
        network_code=error.get("network_decline_code") or "",
        network_advice=error.get("network_advice_code") or "",
    )


def _card_or_none(method: Answer | str | None) -> Card | None:
    return card_of(method) if isinstance(method, dict) and method.get("type") in KINDS else None


def _amount(moved: Answer) -> Decimal:
    return from_stripe_units(moved["amount"], moved["currency"].upper())


def _day(moment: int) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
