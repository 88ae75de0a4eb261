"""Credit notes: off what is open of an invoice first, then given back by refund, on a balance, or past us."""

from payments.processor import charges, events, invoice_payments
from payments.processor.asking import Call, refuse_parameter
from payments.processor.books import Books, Shape

HOW = ("refund_amount", "credit_amount", "out_of_band_amount")


def create(books: Books, call: Call) -> Shape:
    """Over `amount` of an open or paid invoice."""
    invoice = books.get("invoice", call.text("invoice"))
    amount = call.whole("amount")
    credited = invoice["pre_payment_credit_notes_amount"] + invoice["post_payment_credit_notes_amount"]
    if invoice["status"] not in ("open", "paid") or not 0 < amount <= invoice["total"] - credited:
        refuse_parameter("amount", "The amount is more than can be credited of this invoice.")
    before = min(amount, invoice["amount_remaining"])
    asked = {name: call.whole(name) if name in call.form else 0 for name in HOW}
    if sum(asked.values()) != amount - before:
        refuse_parameter("amount", "Refunds, credit and out of band amounts must make the post payment amount.")
    given = [_refund(books, call, invoice, asked["refund_amount"])] if asked["refund_amount"] else []
    shape = _shape(call, invoice, amount, before, asked["out_of_band_amount"])
    made = books.add("credit_note", "cn", shape | {"refunds": given})
    invoice["pre_payment_credit_notes_amount"] += before
    invoice["post_payment_credit_notes_amount"] += amount - before
    invoice["amount_due"] -= before
    books.save(invoice)
    if before:
        invoice["amount_remaining"] -= before
        invoice_payments.count(books, call, invoice, 0)
    events.record(books, call, "credit_note.created", made)
    return made


def _refund(books: Books, call: Call, invoice: Shape, amount: int) -> Shape:
    paid = [one for one in invoice_payments.of_invoice(books, invoice["id"]) if one["status"] == "paid"]
    if not paid:
        refuse_parameter("refund_amount", "Nothing was paid for this invoice that could be refunded.")
    form = {"payment_intent": paid[0]["payment"]["payment_intent"], "amount": str(amount)}
    given = charges.refund(books, Call(call.method, call.path, form, call.now, call.address, call.key))
    return {"amount_refunded": amount, "payment_record_refund": None, "refund": given["id"], "type": "refund"}


def _shape(call: Call, invoice: Shape, amount: int, before: int, outside: int) -> Shape:
    kind = "mixed" if before and before < amount else "pre_payment" if before else "post_payment"
    return {
        "amount": amount,
        "amount_shipping": 0,
        "created": call.now,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_balance_transaction": None,
        "discount_amount": 0,
        "discount_amounts": [],
        "invoice": invoice["id"],
        "lines": {"object": "list", "data": [], "has_more": False, "url": "/v1/credit_notes/lines"},
        "livemode": False,
        "memo": call.text("memo") or None,
        "metadata": call.tree("metadata"),
        "number": f"{invoice['number']}-CN",
        "out_of_band_amount": outside or None,
        "pdf": f"{call.address}/done",
        "post_payment_amount": amount - before,
        "pre_payment_amount": before,
        "pretax_credit_amounts": [],
        "reason": call.text("reason") or None,
        "refunds": [],
        "shipping_cost": None,
        "status": "issued",
        "subtotal": amount,
        "total": amount,
        "type": kind,
        "voided_at": None,
    }
