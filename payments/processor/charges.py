"""Charges and what may befall them later: refunds and disputes. Each charge is noted in the books of money."""

from payments.processor import events
from payments.processor.asking import Call, Refused, refuse_missing, refuse_parameter
from payments.processor.books import Books, Missing, Shape

OF_METHODS = ("display_brand", "generated_from", "networks", "three_d_secure_usage")  # and not of what was charged


def charge(books: Books, call: Call, intent: Shape, status: str, layers: Shape | None = None) -> Shape:
    """A new charge of the intent: succeeded, pending or failed (`layers` say why)."""
    paying = books.get("payment_method", intent["payment_method"])
    made = books.add("charge", "ch", _shape(call, intent, paying))
    made.update(_standing(made, status, layers or {}))
    books.save(made)
    books.note_charge(made, call.key)
    events.record(books, call, f"charge.{status}", made)
    return made


def mark(books: Books, call: Call, identity: str, status: str, layers: Shape | None = None) -> Shape:
    """The end of a pending charge."""
    made = books.get("charge", identity)
    made.update(_standing(made, status, layers or {}))
    books.save(made)
    books.note_charge(made)
    events.record(books, call, f"charge.{status}", made)
    return made


def refund(books: Books, call: Call) -> Shape:
    """Give back all or part of a charge, named itself or by its intent."""
    made = _charge_named(books, call)
    left = made["amount"] - made["amount_refunded"]
    amount = call.whole("amount") if "amount" in call.form else left
    if not 0 < amount <= left or made["status"] != "succeeded":
        raise Refused(
            400,
            type="invalid_request_error",
            code="charge_already_refunded" if not left else "amount_too_large",
            param="amount",
            message=f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
        )
    made["amount_refunded"] += amount
    made["refunded"] = made["amount_refunded"] == made["amount"]
    books.save(made)
    body = {
        "amount": amount,
        "balance_transaction": None,
        "charge": made["id"],
        "created": call.now,
        "currency": made["currency"],
        "destination_details": None,
        "metadata": call.tree("metadata"),
        "payment_intent": made["payment_intent"],
        "reason": call.text("reason") or None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    given = books.add("refund", "re", body)
    events.record(books, call, "charge.refunded", made)
    return given


def dispute(books: Books, call: Call, identity: str, reason: str) -> Shape:
    """The customer's bank takes back a charge (a control of the tests: banks do it, not the API)."""
    made = books.get("charge", identity)
    made["disputed"] = True
    books.save(made)
    body = {
        "amount": made["amount"],
        "balance_transactions": [],
        "charge": made["id"],
        "created": call.now,
        "currency": made["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": call.now + 7 * 86400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": made["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }
    opened = books.add("dispute", "dp", body)
    events.record(books, call, "charge.dispute.created", opened)
    return opened


def close_dispute(books: Books, call: Call, identity: str, status: str) -> Shape:
    """The card network decides: "won" gives the money back to us, "lost" does not."""
    closed = books.get("dispute", identity)
    closed["status"] = status
    books.save(closed)
    events.record(books, call, "charge.dispute.closed", closed)
    return closed


def fail_refund(books: Books, call: Call, identity: str) -> Shape:
    """The card's bank does not take the refund: its money stays with us."""
    failed = books.get("refund", identity)
    failed["status"] = "failed"
    books.save(failed)
    made = books.get("charge", failed["charge"])
    made["amount_refunded"] -= failed["amount"]
    made["refunded"] = False
    books.save(made)
    events.record(books, call, "refund.failed", failed)
    return failed


def _charge_named(books: Books, call: Call) -> Shape:
    name = "charge" if "charge" in call.form else "payment_intent"
    try:
        identity = call.text("charge") or books.get("payment_intent", call.text(name))["latest_charge"]
        return books.get("charge", identity or refuse_parameter(name, "This PaymentIntent has no charge."))
    except Missing:
        refuse_missing(name, call.text(name), name)


def _standing(made: Shape, status: str, layers: Shape) -> Shape:
    paid = status == "succeeded"
    kinds = {"succeeded": "authorized", "pending": "authorized", "failed": "issuer_declined"}
    outcome = {
        "advice_code": layers.get("advice_code"),
        "network_advice_code": layers.get("network_advice_code"),
        "network_decline_code": layers.get("network_decline_code"),
        "network_status": "declined_by_network" if status == "failed" else "approved_by_network",
        "reason": layers.get("decline_code") or layers.get("code"),
        "risk_level": "normal",
        "seller_message": "The payment was declined." if status == "failed" else "Payment complete.",
        "type": kinds[status],
    }
    return {
        "amount_captured": made["amount"] if paid else 0,
        "captured": paid,
        "failure_code": layers.get("code"),
        "failure_message": "Your payment was declined." if layers else None,
        "outcome": outcome,
        "paid": paid,
        "status": status,
    }


def _shape(call: Call, intent: Shape, paying: Shape) -> Shape:
    kind = paying["type"]
    return {
        "amount": intent["amount"],
        "amount_refunded": 0,
        "application": None,
        "balance_transaction": None,
        "billing_details": paying["billing_details"],
        "created": call.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "payment_intent": intent["id"],
        "payment_method": paying["id"],
        "payment_method_details": {kind: {k: v for k, v in paying[kind].items() if k not in OF_METHODS}, "type": kind},
        "receipt_email": None,
        "refunded": False,
    }
