"""Customers, and the payment methods attached to them."""

from payments.processor import events
from payments.processor.asking import Call, refuse_missing, refuse_parameter
from payments.processor.books import Books, Missing, Shape
from payments.processor.cards import METHODS, named, shape


def create_customer(books: Books, call: Call) -> Shape:
    told = {name: call.text(name) or None for name in ("name", "email", "description", "phone")}
    body: Shape = {
        **told,
        "address": call.tree("address") or None,
        "balance": 0,
        "created": call.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "invoice_settings": {"default_payment_method": None, "custom_fields": None, "footer": None},
        "livemode": False,
        "metadata": call.tree("metadata"),
        "preferred_locales": call.listed("preferred_locales"),
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    made = books.add("customer", "cus", body)
    events.record(books, call, "customer.created", made)
    return made


def update_customer(books: Books, call: Call) -> Shape:
    """What the request names, and no more."""
    found = books.get("customer", call.names["id"])
    for name in ("name", "email", "description", "phone"):
        if name in call.form:
            found[name] = call.text(name) or None
    if "address" in call.form:
        found["address"] = call.tree("address")
    if "preferred_locales" in call.form:
        found["preferred_locales"] = call.listed("preferred_locales")
    found["metadata"] = {**found["metadata"], **call.tree("metadata")}
    if "default_payment_method" in (asked := call.tree("invoice_settings")):
        found["invoice_settings"]["default_payment_method"] = asked["default_payment_method"] or None
    books.save(found)
    events.record(books, call, "customer.updated", found)
    return found


def create_method(books: Books, call: Call) -> Shape:
    """Only from a test token: `card[token]` or `type` with one of the debits. Numbers are refused."""
    kind = call.text("type", "card")
    token = call.tree(kind).get("token") if kind == "card" else f"pm_{kind}"
    token = {"pm_us_bank_account": "pm_usBankAccount_success"}.get(str(token), str(token).replace("tok_", "pm_card_"))
    if token not in METHODS:
        refuse_parameter(kind, "Give a test token such as tok_visa, or the type of a debit; never a number.")
    return books.add("payment_method", "pm", shape(METHODS[token], call.now))


def method(books: Books, identity: str, call: Call, parameter: str | None) -> Shape:
    """The method of this id. A test token makes a new one each time, as at Stripe; "token.name" one of another card."""
    if test := named(identity):
        return books.add("payment_method", "pm", shape(test[0], call.now, test[1]))
    try:
        found = books.get("payment_method", identity)
    except Missing:
        refuse_missing("PaymentMethod", identity, parameter)
    if parameter and found.get("_was_detached"):
        refuse_parameter(parameter, "The PaymentMethod was detached from a Customer and may not be used again.")
    return found


def retrieve_method(books: Books, call: Call) -> Shape:
    return method(books, call.names["id"], call, None)


def attach(books: Books, call: Call) -> Shape:
    return give(books, call, method(books, call.names["id"], call, None), customer(books, call) or "")


def give(books: Books, call: Call, found: Shape, owner: str) -> Shape:
    """Attach a method to a customer; one that belongs to somebody else is refused."""
    if found["customer"] == owner:
        return found
    if not owner or found["customer"]:
        refuse_parameter("customer", "The payment method you provided has already been attached to a customer.")
    found["customer"] = owner
    books.save(found)
    events.record(books, call, "payment_method.attached", found)
    return found


def detach(books: Books, call: Call) -> Shape:
    found = method(books, call.names["id"], call, None)
    owner, found["customer"], found["_was_detached"] = found["customer"], None, True
    books.save(found)
    _forget_default(books, owner, found["id"])
    events.record(books, call, "payment_method.detached", found, before={"customer": owner})
    return found


def _forget_default(books: Books, owner: str | None, identity: str) -> None:
    if owner is None:
        return
    found = books.get("customer", owner)
    if found["invoice_settings"]["default_payment_method"] == identity:
        found["invoice_settings"]["default_payment_method"] = None
        books.save(found)


def customer(books: Books, call: Call) -> str | None:
    """The id of the customer that the request names, None when it names none."""
    identity = call.text("customer")
    if not identity:
        return None
    try:
        return str(books.get("customer", identity)["id"])
    except Missing:
        refuse_missing("customer", identity, "customer")
