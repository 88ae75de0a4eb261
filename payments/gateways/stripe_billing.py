"""Stripe's customers, invoices and charges in our words, and what of their money went back.

Since the version of March 2025 (basil) an invoice names no payment intent: its `payments` say what was paid for it, by
which intent and how much (docs.stripe.com/changelog/basil/2025-03-31, "multiple (partial) payments on invoices").
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from payments.gateways.accounts import (
    InvoiceState,
    RefundShare,
    TheirCredit,
    TheirCustomer,
    TheirInvoice,
    TheirPayment,
    TheirReturn,
    TheirTry,
)
from payments.gateways.stripe_answers import KINDS, Answer, card_of, given_back, has_left, taken_back, was_taken_back
from payments.gateways.stripe_requests import OUR_CUSTOMER
from payments.gateways.stripe_webhook import OUR_KEY
from payments.rules.declines import Decline
from payments.rules.stripe_units import from_stripe_units


def customer_of(answer: Answer) -> TheirCustomer | None:
    """A customer with its default payment method expanded; None for one that was deleted."""
    if answer.get("deleted"):
        return None
    method = answer["invoice_settings"]["default_payment_method"]
    kept = method if isinstance(method, dict) and method["type"] in KINDS and method["customer"] else None
    attached = answer.get("attached")
    return TheirCustomer(
        id=answer["id"],
        number=answer["metadata"].get(OUR_CUSTOMER, ""),
        name=answer["name"] or "",
        email=answer["email"] or "",
        phone=answer["phone"] or "",
        language=(answer["preferred_locales"] or [""])[0],
        country=(answer["address"] or {}).get("country") or "",
        card=card_of(kept) if kept else None,
        card_since=_moment(kept["created"]) if kept else None,
        attached=None if attached is None else frozenset(f"{answer['id']}/{method}" for method in attached),
    )


def invoice_of(answer: Answer) -> TheirInvoice | None:
    """An invoice with its `payments` expanded; None for drafts, and for what bills nothing."""
    if answer["status"] == "draft" or answer["total"] <= 0:
        return None
    currency = answer["currency"].upper()
    ends = answer["status_transitions"]
    issued_on = _day(answer["effective_at"] or ends["finalized_at"] or answer["created"])
    due_on = _day(answer["due_date"]) if answer["due_date"] else issued_on
    ended = ends["paid_at"] or ends["voided_at"] or ends["marked_uncollectible_at"]
    is_automatic = answer["collection_method"] == "charge_automatically"
    # Before the first try is made, what comes next is no retry.
    retries_at = answer["next_payment_attempt"] if is_automatic and answer["attempted"] else None
    payments = answer["payments"]["data"]
    return TheirInvoice(
        id=answer["id"],
        number=answer["number"] or answer["id"],
        customer=answer["customer"],
        state=InvoiceState(answer["status"]),
        currency=currency,
        amount=from_stripe_units(answer["total"], currency),
        paid=from_stripe_units(answer["amount_paid"], currency),
        credited=from_stripe_units(max(answer["total"] - answer["amount_due"], 0), currency),
        issued_on=issued_on,
        due_on=max(due_on, issued_on),
        ended_on=_day(ended) if ended else issued_on,
        description=answer["description"] or "",
        payments=tuple(_payment(one, currency) for one in payments if one["status"] == "paid" and _intent(one)),
        references=frozenset(_intent(one) for one in payments if _intent(one)),
        collects=bool(answer["auto_advance"]) and is_automatic,
        retries_at=_moment(retries_at) if retries_at else None,
    )


def try_of(answer: Answer) -> TheirTry | None:
    """A charge; None for one that is nobody's."""
    if not answer["customer"]:
        return None
    outcome, currency = answer["outcome"] or {}, answer["currency"].upper()
    details = answer["payment_method_details"] or {}
    told = details.get(details.get("type")) or {}
    failed = answer["status"] == "failed"
    return TheirTry(
        id=answer["id"],
        reference=answer["payment_intent"] or answer["id"],
        customer=answer["customer"],
        amount=from_stripe_units(answer["amount"], currency),
        currency=currency,
        at=_moment(answer["created"]),
        is_success=answer["status"] == "succeeded",
        is_pending=answer["status"] == "pending",
        decline=_decline(answer, outcome) if failed else Decline(),
        card=f"{answer['customer']}/{answer['payment_method']}",
        card_brand=told.get("brand") or "",
        card_fingerprint=told.get("fingerprint") or "",
        is_ours=bool(answer["metadata"].get(OUR_KEY)),
    )


def refund_of(answer: Answer) -> TheirReturn | None:
    """A refund; None for one that waits for something, and for that of a charge without a payment intent."""
    intent = answer["payment_intent"]
    return TheirReturn(intent, given_back(answer)) if intent and has_left(answer) else None


def dispute_of(answer: Answer) -> TheirReturn | None:
    """A dispute with its payment intent and method expanded; None while the bank only asks, and without an intent."""
    intent = answer["payment_intent"]
    return TheirReturn(intent["id"], taken_back(answer, intent)) if intent and was_taken_back(answer) else None


def credit_of(answer: Answer) -> TheirCredit | None:
    """A credit note on what was paid; None for one on what was open: the invoice itself tells of that."""
    if answer["status"] == "void" or not answer["post_payment_amount"]:
        return None
    currency = answer["currency"].upper()
    shares = [(one["refund"], one["amount_refunded"]) for one in answer["refunds"] if one["refund"]]
    return TheirCredit(
        answer["id"],
        answer["invoice"],
        currency,
        tuple(RefundShare(refund, from_stripe_units(amount, currency)) for refund, amount in shares if amount),
        from_stripe_units(answer["out_of_band_amount"] or 0, currency),
    )


def _payment(paid: Answer, currency: str) -> TheirPayment:
    on = paid["status_transitions"]["paid_at"] or paid["created"]
    return TheirPayment(_intent(paid), _amount(paid["amount_paid"], currency), _day(on))


def _intent(paid: Answer) -> str:
    """The intent by which it was paid, or the charge where there was none; "" for money past Stripe."""
    return paid["payment"].get("payment_intent") or paid["payment"].get("charge") or ""


def _decline(answer: Answer, outcome: Answer) -> Decline:
    return Decline(
        code=outcome.get("reason") or answer["failure_code"] or "unknown",
        advice=outcome.get("advice_code") or "",
        network_code=outcome.get("network_decline_code") or "",
        network_advice=outcome.get("network_advice_code") or "",
    )


def _amount(units: int | None, currency: str) -> Decimal:
    return from_stripe_units(units or 0, currency)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _day(seconds: int) -> date:
    return _moment(seconds).date()
