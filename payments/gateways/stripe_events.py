"""Stripe's events in our words: which charge of ours, or what of Stripe's customers and invoices each is about."""

from datetime import UTC, datetime
from typing import Any

from payments.gateways.accounts import Kind
from payments.gateways.base import WebhookEvent, WebhookRefusal
from payments.gateways.stripe_webhook import OUR_KEY

OF_CHARGES = [
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
]
OF_ACCOUNTS = [
    "customer.created",
    "customer.updated",
    "payment_method.attached",
    "payment_method.updated",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "invoice.finalized",
    "invoice.updated",
    "invoice.overdue",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.voided",
    "invoice.marked_uncollectible",
    "invoice_payment.paid",
    "credit_note.created",
    "credit_note.updated",
    "charge.pending",
    "charge.succeeded",
    "charge.failed",
]
EVENTS = OF_CHARGES + OF_ACCOUNTS  # what concerns us; about all else Stripe need not tell


def event_of(told: dict[str, Any]) -> WebhookEvent:
    """An event of Stripe in our words. Raises WebhookRefusal for what is no event."""
    try:
        about = told["data"]["object"]
        key = str((about.get("metadata") or {}).get(OUR_KEY, ""))
        return WebhookEvent(
            id=str(told["id"]),
            kind=str(told["type"]),
            happened_at=datetime.fromtimestamp(int(told["created"]), UTC),
            key=key,
            about=_about(str(told["type"]), about, told["data"].get("previous_attributes") or {}, key),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        raise WebhookRefusal("The delivery is no event of the form that Stripe documents.") from None


def _about(kind: str, about: dict[str, Any], before: dict[str, Any], key: str) -> str:
    """What of Stripe's is to be looked at again. A detached method names its customer only in what was before.

    Disputes carry no metadata, and refunds made in the Dashboard none of ours: they name their payment intent.
    """
    if kind not in OF_ACCOUNTS:
        intent = about.get("payment_intent")
        return f"payment/{intent}" if isinstance(intent, str) and not key else ""
    whose: dict[str, tuple[Kind, Any]] = {
        "customer": (Kind.CUSTOMER, about.get("id")),
        "payment_method": (Kind.CUSTOMER, about.get("customer") or before.get("customer")),
        "invoice": (Kind.INVOICE, about.get("id")),
        "invoice_payment": (Kind.INVOICE, about.get("invoice")),
        "credit_note": (Kind.CREDIT, about.get("id")),
        "charge": (Kind.TRY, about.get("id")),
    }
    what, identity = whose[kind.partition(".")[0]]
    return f"{what}/{identity}" if identity else ""
