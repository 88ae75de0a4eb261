"""What was paid for an invoice, by which intent: Stripe keeps it apart from both."""

from payments.processor import events
from payments.processor.asking import Call
from payments.processor.books import Books, Shape


def begin(books: Books, call: Call, invoice: Shape, intent: Shape, *, is_default: bool) -> Shape:
    """An open payment of the invoice by this intent."""
    body = {
        "amount_paid": None,
        "amount_requested": intent["amount"],
        "created": call.now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": is_default,
        "livemode": False,
        "payment": {"type": "payment_intent", "payment_intent": intent["id"]},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    return books.add("invoice_payment", "inpay", body)


def of_invoice(books: Books, invoice: str) -> list[Shape]:
    """Newest first."""
    return [paid for paid in books.newest_first("invoice_payment") if paid["invoice"] == invoice]


def of_intent(books: Books, intent: str) -> list[Shape]:
    return [paid for paid in books.newest_first("invoice_payment") if paid["payment"]["payment_intent"] == intent]


def credit(books: Books, call: Call, intent: Shape) -> None:
    """An intent succeeded: its money counts for the open invoices it was attached to, oldest first."""
    left = intent["amount_received"]
    for paid in reversed(of_intent(books, intent["id"])):
        invoice = books.get("invoice", paid["invoice"])
        if paid["status"] != "open" or invoice["status"] not in ("open", "uncollectible"):
            continue
        amount = min(left, invoice["amount_remaining"])
        left -= amount
        paid.update(amount_paid=amount, status="paid")
        paid["status_transitions"]["paid_at"] = call.now
        books.save(paid)
        events.record(books, call, "invoice_payment.paid", paid)
        count(books, call, invoice, amount)


def count(books: Books, call: Call, invoice: Shape, amount: int) -> Shape:
    """So much of the invoice is paid; with all of it the invoice is closed."""
    invoice["amount_paid"] += amount
    invoice["amount_remaining"] -= amount
    if invoice["amount_remaining"]:
        books.save(invoice)
        events.record(books, call, "invoice.updated", invoice)
        return invoice
    invoice["status_transitions"]["paid_at"] = call.now
    return end(books, call, invoice, "paid", "invoice.paid")


def end(books: Books, call: Call, invoice: Shape, status: str, event: str) -> Shape:
    """Closed in whatever way: nothing advances it any more, and what was begun for it is called off."""
    invoice.update(status=status, auto_advance=False, next_payment_attempt=None)
    books.save(invoice)
    for paid in of_invoice(books, invoice["id"]):
        if paid["status"] == "open" and status != "uncollectible":
            paid["status"] = "canceled"
            books.save(paid)
    events.record(books, call, event, invoice)
    return invoice
