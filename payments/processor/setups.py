"""Setup intents: keeping a method for later without taking money."""

from payments.processor import events
from payments.processor.asking import Call, Refused, refuse_parameter
from payments.processor.books import Books, Shape
from payments.processor.cards import METHODS, Behaviour
from payments.processor.people import customer, give, method


def create(books: Books, call: Call) -> Shape:
    setup = begin(books, call, customer(books, call))
    return confirm_with(books, call, setup, call.text("payment_method")) if call.says("confirm") else setup


def confirm(books: Books, call: Call) -> Shape:
    setup = books.get("setup_intent", call.names["id"])
    return confirm_with(books, call, setup, call.text("payment_method") or str(setup["payment_method"] or ""))


def begin(books: Books, call: Call, owner: str | None) -> Shape:
    body = {
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": None,
        "created": call.now,
        "customer": owner,
        "description": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": call.tree("metadata"),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": call.text("payment_method") or None,
        "payment_method_options": {},
        "payment_method_types": ["card", "sepa_debit", "us_bank_account"],
        "single_use_mandate": None,
        "status": "requires_confirmation" if call.text("payment_method") else "requires_payment_method",
        "usage": call.text("usage", "off_session"),
    }
    setup = books.add("setup_intent", "seti", body)
    setup["client_secret"] = f"{setup['id']}_secret_test"
    books.save(setup)
    events.record(books, call, "setup_intent.created", setup)
    return setup


def confirm_with(books: Books, call: Call, setup: Shape, identity: str) -> Shape:
    """Attach the method to the customer. A card that always declines is declined here too, with 402."""
    if not identity:
        refuse_parameter("payment_method", "You cannot confirm this SetupIntent because it's missing a payment method.")
    paying = method(books, identity, call, "payment_method")
    test = METHODS[paying["_test"]]
    if test.behaviour is Behaviour.DECLINES and test.token != "pm_card_chargeCustomerFail":
        layers = {name: said for name, said in test.error.items() if said}
        error = {"type": "card_error", **layers, "message": "Your card was declined."}
        setup.update(status="requires_payment_method", last_setup_error=error)
        books.save(setup)
        events.record(books, call, "setup_intent.setup_failed", setup)
        raise Refused(402, **{**error, "setup_intent": events.public(setup)})
    if setup["customer"]:
        give(books, call, paying, setup["customer"])
    setup.update(status="succeeded", payment_method=paying["id"])
    books.save(setup)
    events.record(books, call, "setup_intent.succeeded", setup)
    return setup
