"""Invoices: drafted, finalized, paid or not, tried again by the processor's own engine, voided, given up."""

from collections.abc import Sequence
from copy import deepcopy

from payments.processor import events, intents, invoice_payments
from payments.processor.asking import Call, Refused, refuse_parameter
from payments.processor.books import Books, Shape
from payments.processor.lists import page
from payments.processor.people import customer

DAY = 86400
RETRY_AFTER = 3 * DAY
PAYABLE = ("open", "uncollectible")
# What every new invoice has, in the words of the API.
BLANK: Shape = {
    "account_country": "DE",
    "amount_due": 0,
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_remaining": 0,
    "amount_shipping": 0,
    "attempt_count": 0,
    "attempted": False,
    "automatic_tax": {
        "disabled_reason": None,
        "enabled": False,
        "liability": None,
        "provider": None,
        "status": None,
    },
    "billing_reason": "manual",
    "default_payment_method": None,
    "default_tax_rates": [],
    "discounts": [],
    "due_date": None,
    "effective_at": None,
    "issuer": {"type": "self"},
    "lines": {"object": "list", "data": [], "has_more": False, "url": "/v1/invoices/lines"},
    "livemode": False,
    "next_payment_attempt": None,
    "number": None,
    "parent": None,
    "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "starting_balance": 0,
    "status": "draft",
    "status_transitions": {
        "finalized_at": None,
        "marked_uncollectible_at": None,
        "paid_at": None,
        "voided_at": None,
    },
    "subtotal": 0,
    "total": 0,
}


def create(books: Books, call: Call) -> Shape:
    owner = customer(books, call) or refuse_parameter("customer", "Name the customer.")
    made = books.add("invoice", "in", _shape(call, owner))
    events.record(books, call, "invoice.created", made)
    return made


def add_item(books: Books, call: Call) -> Shape:
    """An amount on a draft named by `invoice`."""
    invoice = _in(books, call.text("invoice"), ("draft",), "add items to")
    amount = call.whole("amount")
    for name in ("total", "subtotal", "amount_due", "amount_remaining"):
        invoice[name] += amount
    invoice["currency"] = call.text("currency", invoice["currency"]).lower()
    books.save(invoice)
    body = {
        "amount": amount,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "date": call.now,
        "discountable": True,
        "invoice": invoice["id"],
        "livemode": False,
        "period": {"end": call.now, "start": call.now},
        "proration": False,
        "quantity": 1,
        "quantity_decimal": "1",
    }
    return books.add("invoiceitem", "ii", body)


def finalize(books: Books, call: Call) -> Shape:
    """Open, with a number and a default intent over the whole amount."""
    invoice = _in(books, call.names["id"], ("draft",), "finalize")
    place = sum(1 for other in books.newest_first("invoice") if other["number"])
    is_sent = invoice["collection_method"] == "send_invoice"
    invoice.update(
        status="open",
        number=f"DESK-{place + 1:04}",
        effective_at=call.now,
        due_date=call.now + invoice["_days_until_due"] * DAY if is_sent else None,
        next_payment_attempt=None if is_sent or not invoice["auto_advance"] else call.now + 3600,
    )
    invoice["status_transitions"]["finalized_at"] = call.now
    books.save(invoice)
    _default_intent(books, call, invoice)
    events.record(books, call, "invoice.finalized", invoice)
    return invoice


def update(books: Books, call: Call) -> Shape:
    invoice = books.get("invoice", call.names["id"])
    if "auto_advance" in call.form:
        _in(books, invoice["id"], ("draft", "open"), "advance")
        invoice["auto_advance"] = call.says("auto_advance")
        is_automatic = invoice["auto_advance"] and invoice["collection_method"] == "charge_automatically"
        invoice["next_payment_attempt"] = call.now + RETRY_AFTER if is_automatic else None
    if "due_date" in call.form:
        invoice["due_date"] = call.whole("due_date")
    invoice["description"] = call.text("description") or invoice["description"]
    books.save(invoice)
    events.record(books, call, "invoice.updated", invoice)
    return invoice


def pay(books: Books, call: Call) -> Shape:
    """With the method named or the customer's default one, or as paid past the processor."""
    invoice = _in(books, call.names["id"], PAYABLE, "pay")
    if call.says("paid_out_of_band"):
        return invoice_payments.count(books, call, invoice, invoice["amount_remaining"])
    return attempt(books, call, invoice, call.text("payment_method"))


def attempt(books: Books, call: Call, invoice: Shape, method: str = "") -> Shape:
    """One try of the default intent. Raises Refused with 402 for a decline, having said so in an event."""
    owner = books.get("customer", invoice["customer"])
    method = method or str(owner["invoice_settings"]["default_payment_method"] or "")
    if not method:
        refuse_parameter("payment_method", "There is no default payment method set on this Customer or Invoice.")
    intent = _default_intent(books, call, invoice)
    intent["payment_method"] = method
    books.save(intent)
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
    books.save(invoice)
    form = {"off_session": "false" if call.form.get("off_session") == "false" else "true"}
    tried = Call(
        call.method, call.path, form, call.now, call.address, call.key or f"{intent['id']}/{invoice['attempt_count']}"
    )
    try:
        intents.go(books, tried, intent)
    except Refused:
        if invoice["auto_advance"]:
            invoice["next_payment_attempt"] = call.now + RETRY_AFTER
            books.save(invoice)
        events.record(books, call, "invoice.payment_failed", invoice)
        raise
    return books.get("invoice", invoice["id"])


def advance(books: Books, call: Call) -> Shape:
    """The processor's own engine: one try of every open invoice that it may collect by itself. How many it tried."""
    tried = 0
    for invoice in list(books.newest_first("invoice")):
        if invoice["status"] == "open" and invoice["auto_advance"] and invoice["next_payment_attempt"]:
            tried += 1
            try:
                attempt(books, call, invoice)
            except Refused as refused:
                if refused.status != 402:
                    raise
    return {"tried": tried}


def void(books: Books, call: Call) -> Shape:
    invoice = _in(books, call.names["id"], PAYABLE, "void")
    invoice["status_transitions"]["voided_at"] = call.now
    return invoice_payments.end(books, call, invoice, "void", "invoice.voided")


def give_up(books: Books, call: Call) -> Shape:
    invoice = _in(books, call.names["id"], ("open",), "mark as uncollectible")
    invoice["status_transitions"]["marked_uncollectible_at"] = call.now
    return invoice_payments.end(books, call, invoice, "uncollectible", "invoice.marked_uncollectible")


def attach_payment(books: Books, call: Call) -> Shape:
    """Count an intent for the invoice: at once when it has succeeded. One that is attached already is refused."""
    invoice = _in(books, call.names["id"], PAYABLE, "attach a payment to")
    intent = books.get("payment_intent", call.text("payment_intent"))
    if any(paid["invoice"] == invoice["id"] for paid in invoice_payments.of_intent(books, intent["id"])):
        refuse_parameter("payment_intent", "This PaymentIntent is already attached to the invoice.")
    if intent["customer"] not in (None, invoice["customer"]):
        refuse_parameter("payment_intent", "The PaymentIntent belongs to another customer.")
    invoice_payments.begin(books, call, invoice, intent, is_default=False)
    if intent["status"] == "succeeded":
        invoice_payments.credit(books, call, intent)
    return books.get("invoice", invoice["id"])


def list_payments(books: Books, call: Call) -> Shape:
    """All, of one invoice, or of one intent."""
    asked = call.tree("payment").get("payment_intent")
    listed = page(books, call, "invoice_payment", ("invoice", "status"))
    if asked:
        listed["data"] = invoice_payments.of_intent(books, str(asked))
    return listed


def _default_intent(books: Books, call: Call, invoice: Shape) -> Shape:
    """The one over what remains; a new one when the last was used up."""
    for paid in invoice_payments.of_invoice(books, invoice["id"]):
        intent = books.get("payment_intent", paid["payment"]["payment_intent"])
        if paid["is_default"] and paid["status"] == "open" and intent["amount"] == invoice["amount_remaining"]:
            return intent
    empty = Call(call.method, call.path, {}, call.now, call.address, call.key)
    made = intents.begin(books, empty, invoice["amount_remaining"], invoice["currency"], invoice["customer"])
    invoice_payments.begin(books, call, invoice, made, is_default=True)
    return made


def _in(books: Books, identity: str, statuses: Sequence[str], verb: str) -> Shape:
    invoice = books.get("invoice", identity)
    if invoice["status"] not in statuses:
        message = f"You cannot {verb} an invoice that is {invoice['status']}."
        raise Refused(400, type="invalid_request_error", code="invoice_not_editable", message=message)
    return invoice


def _shape(call: Call, owner: str) -> Shape:
    """A draft: what the call said, and what every new invoice has."""
    return deepcopy(BLANK) | {
        "_days_until_due": call.whole("days_until_due") if "days_until_due" in call.form else 30,
        "auto_advance": call.says("auto_advance"),
        "collection_method": call.text("collection_method", "charge_automatically"),
        "created": call.now,
        "currency": call.text("currency", "eur").lower(),
        "customer": owner,
        "description": call.text("description") or None,
        "metadata": call.tree("metadata"),
        "period_end": call.now,
        "period_start": call.now,
    }
