"""Payment intents: created, confirmed, approved, cancelled, settled. The money itself is in charges.py."""

from payments.processor import events, invoice_payments
from payments.processor.asking import Call, Refused, refuse_parameter
from payments.processor.books import Books, Shape
from payments.processor.cards import METHODS, Behaviour
from payments.processor.charges import charge, mark
from payments.processor.people import customer, method

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
APPROVAL = {
    "code": "authentication_required",
    "decline_code": "authentication_required",
    "advice_code": None,
    "network_decline_code": None,
    "network_advice_code": None,
}


def create(books: Books, call: Call) -> Shape:
    amount, currency = call.whole("amount"), call.text("currency").lower()
    if amount < 1 or len(currency) != 3:
        refuse_parameter("amount", "Invalid positive integer, or no currency.")
    return begin(books, call, amount, currency, customer(books, call))


def begin(books: Books, call: Call, amount: int, currency: str, owner: str | None) -> Shape:
    """A new intent over `amount` minor units, confirmed at once if the request says so."""
    paying = method(books, call.text("payment_method"), call, "payment_method") if "payment_method" in call.form else {}
    if paying.get("customer") not in (None, owner):
        refuse_parameter("customer", "The provided PaymentMethod belongs to a Customer; name it as the customer.")
    intent = books.add("payment_intent", "pi", _shape(call, amount, currency, owner, paying))
    intent["client_secret"] = f"{intent['id']}_secret_test"
    books.save(intent)
    events.record(books, call, "payment_intent.created", intent)
    return go(books, call, intent) if call.says("confirm") else intent


def confirm(books: Books, call: Call) -> Shape:
    intent = books.get("payment_intent", call.names["id"])
    _insist(intent, OPEN, "confirm")
    if "payment_method" in call.form:
        intent["payment_method"] = method(books, call.text("payment_method"), call, "payment_method")["id"]
    return go(books, call, intent)


def cancel(books: Books, call: Call) -> Shape:
    intent = books.get("payment_intent", call.names["id"])
    _insist(intent, OPEN, "cancel")
    intent.update(canceled_at=call.now, cancellation_reason=call.text("cancellation_reason") or None, next_action=None)
    return move(books, call, intent, "canceled", "payment_intent.canceled")


def go(books: Books, call: Call, intent: Shape) -> Shape:
    """Do what the test method always does. Raises Refused with 402 for a decline."""
    if not intent["payment_method"]:
        refuse_parameter("payment_method", "You cannot confirm this PaymentIntent because it's missing a method.")
    paying = books.get("payment_method", intent["payment_method"])
    test = METHODS[paying["_test"]]
    if test.behaviour is Behaviour.PAYS:
        return succeed(books, call, intent)
    if test.behaviour is Behaviour.WAITS:
        intent["latest_charge"] = charge(books, call, intent, "pending")["id"]
        return move(books, call, intent, "processing", "payment_intent.processing")
    if test.behaviour is Behaviour.DECLINES:
        decline(books, call, intent, test.error)
    if call.says("off_session"):
        decline(books, call, intent, APPROVAL)
    intent["next_action"] = _question(call, intent)
    return move(books, call, intent, "requires_action", "payment_intent.requires_action")


def _question(call: Call, intent: Shape) -> Shape:
    """Where the customer's bank asks: on a page if there is a way back from it, otherwise in Stripe's script."""
    if back := call.text("return_url"):
        page = {"url": f"{call.address}/approve/{intent['id']}", "return_url": back}
        return {"type": "redirect_to_url", "redirect_to_url": page}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}


def approve(books: Books, call: Call, identity: str, *, says_yes: bool) -> Shape:
    """What the customer tells their bank about an intent that waits for it."""
    intent = books.get("payment_intent", identity)
    _insist(intent, ("requires_action",), "approve")
    intent["next_action"] = None
    if says_yes:
        return succeed(books, call, intent)
    fail(books, call, intent, {**APPROVAL, "code": "payment_intent_authentication_failure", "decline_code": None})
    return intent


def settle(books: Books, call: Call, identity: str, code: str) -> Shape:
    """The end of a debit: the money came, or it failed with `code`."""
    intent = books.get("payment_intent", identity)
    _insist(intent, ("processing",), "settle")
    if not code:
        return succeed(books, call, intent)
    fail(books, call, intent, {**APPROVAL, "code": "payment_intent_payment_attempt_failed", "decline_code": code})
    return intent


def succeed(books: Books, call: Call, intent: Shape) -> Shape:
    earlier = intent["latest_charge"] if intent["status"] == "processing" else None
    done = mark(books, call, earlier, "succeeded") if earlier else charge(books, call, intent, "succeeded")
    intent.update(latest_charge=done["id"], amount_received=intent["amount"], last_payment_error=None)
    moved = move(books, call, intent, "succeeded", "payment_intent.succeeded")
    invoice_payments.credit(books, call, moved)
    return moved


def decline(books: Books, call: Call, intent: Shape, layers: Shape) -> None:
    """Raises Refused with the intent inside, as Stripe answers a confirmation that failed."""
    error = fail(books, call, intent, layers)
    raise Refused(402, **{**error, "payment_intent": events.public(intent)})


def fail(books: Books, call: Call, intent: Shape, layers: Shape) -> Shape:
    """Back to waiting for a method, with the error that says why; returns it."""
    paying = books.get("payment_method", intent["payment_method"])
    earlier = intent["latest_charge"] if intent["status"] == "processing" else None
    failed = mark(books, call, earlier, "failed", layers) if earlier else charge(books, call, intent, "failed", layers)
    error = {
        "type": "card_error",
        **{name: said for name, said in layers.items() if said},
        "charge": failed["id"],
        "message": "Your payment was declined.",
        "payment_method": events.public(paying),
    }
    intent.update(latest_charge=failed["id"], last_payment_error=error, payment_method=None)
    move(books, call, intent, "requires_payment_method", "payment_intent.payment_failed")
    return error


def move(books: Books, call: Call, intent: Shape, status: str, event: str) -> Shape:
    intent["status"] = status
    books.save(intent)
    events.record(books, call, event, intent)
    return intent


def _insist(intent: Shape, statuses: tuple[str, ...], verb: str) -> None:
    if intent["status"] not in statuses:
        raise Refused(
            400,
            type="invalid_request_error",
            code="payment_intent_unexpected_state",
            message=f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
            payment_intent=events.public(intent),
        )


def _shape(call: Call, amount: int, currency: str, owner: str | None, paying: Shape) -> Shape:
    return {
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "always"},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": None,
        "confirmation_method": "automatic",
        "created": call.now,
        "currency": currency,
        "customer": owner,
        "description": call.text("description") or None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": call.tree("metadata"),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": paying.get("id"),
        "payment_method_options": {},
        "payment_method_types": ["card", "sepa_debit", "us_bank_account"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": call.text("setup_future_usage") or None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_confirmation" if paying else "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
