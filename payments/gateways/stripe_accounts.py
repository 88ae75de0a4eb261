"""Customers, invoices and charges of Stripe Billing: asking for them, and telling Stripe what was paid here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import stripe

from payments.gateways.accounts import Accounts, InvoiceState, Kind, Misread, Page, TheirInvoice, Told
from payments.gateways.base import GatewayRefusal
from payments.gateways.stripe_answers import Answer, error_in, refusals
from payments.gateways.stripe_billing import credit_of, customer_of, dispute_of, invoice_of, refund_of, try_of

LONGEST_PAGE = 100
EXPANDED: dict[Kind, list[str]] = {
    Kind.CUSTOMER: ["invoice_settings.default_payment_method"],
    Kind.INVOICE: ["payments"],
    Kind.TRY: [],
    Kind.REFUND: [],
    Kind.DISPUTE: ["payment_intent.payment_method"],
    Kind.CREDIT: [],
}
READERS: dict[Kind, Callable[[Answer], Told | None]] = {
    Kind.CUSTOMER: customer_of,
    Kind.INVOICE: invoice_of,
    Kind.TRY: try_of,
    Kind.REFUND: refund_of,
    Kind.DISPUTE: dispute_of,
    Kind.CREDIT: credit_of,
}


class StripeAccounts(Accounts):
    """`client` is the library's, for the account that is meant."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.lists = {
            Kind.CUSTOMER: client.customers,
            Kind.INVOICE: client.invoices,
            Kind.TRY: client.charges,
            Kind.REFUND: client.refunds,
            Kind.DISPUTE: client.disputes,
            Kind.CREDIT: client.credit_notes,
        }

    def page(self, kind: Kind, *, since: datetime | None, after: str, only_open: bool = False) -> Page:
        asked: dict[str, Any] = {"limit": LONGEST_PAGE, "expand": [f"data.{path}" for path in EXPANDED[kind]]}
        if only_open and kind is Kind.INVOICE:
            asked["status"] = "open"
        elif since:
            asked["created"] = {"gte": int(since.timestamp())}
        if after:
            asked["starting_after"] = after
        with refusals():
            listed = self.lists[kind].list(asked)
            found = [self._whole(kind, item.to_dict()) for item in listed.data]
        items = [read for answer in found if (read := _read(kind, answer))]
        return Page(tuple(items), found[-1]["id"] if found and listed.has_more else "")

    def find(self, kind: Kind, identity: str) -> Told | None:
        with refusals():
            found = self._retrieved(kind, identity)
            if found and kind is Kind.CUSTOMER and not found.get("deleted"):
                found["attached"] = self._attached(identity)
        return _read(kind, found) if found else None

    def invoice_of(self, reference: str) -> str | None:
        asked: Any = {"payment": {"type": "payment_intent", "payment_intent": reference}, "limit": 1}
        with refusals():
            found = self.client.invoice_payments.list(asked)
        return str(found.data[0].invoice) if found.data else None

    def is_debited(self, invoice: str) -> bool:
        asked: Any = {"invoice": invoice, "status": "open", "expand": ["data.payment.payment_intent"], "limit": 100}
        with refusals():
            begun = [one.to_dict()["payment"] for one in self.client.invoice_payments.list(asked).auto_paging_iter()]
        return any((one.get("payment_intent") or {}).get("status") == "processing" for one in begun)

    def collect(self, invoice: str, *, by_itself: bool) -> TheirInvoice:
        found = self._invoice(invoice)
        if found.state is not InvoiceState.OPEN or found.collects == by_itself:
            return found
        with refusals():
            self.client.invoices.update(invoice, {"auto_advance": by_itself})
        return self._invoice(invoice)

    def _invoice(self, identity: str) -> TheirInvoice:
        found = self.find(Kind.INVOICE, identity)
        if not isinstance(found, TheirInvoice):
            raise GatewayRefusal(f"Stripe has no invoice {identity} that can be paid.", permanent=True)
        return found

    def credit_payment(self, invoice: str, reference: str) -> None:
        with refusals():
            self.client.invoices.attach_payment(invoice, {"payment_intent": reference})

    def mark_paid(self, invoice: str) -> None:
        with refusals():
            self.client.invoices.pay(invoice, {"paid_out_of_band": True})

    def _retrieved(self, kind: Kind, identity: str) -> Answer | None:
        try:
            answer = self.lists[kind].retrieve(identity, {"expand": EXPANDED[kind]}).to_dict()
        except stripe.InvalidRequestError as error:
            if error_in(error).get("code") != "resource_missing":
                raise
            return None
        return self._whole(kind, answer)

    def _whole(self, kind: Kind, answer: Answer) -> Answer:
        """With all payments of an invoice; Stripe shows ten of them inside it."""
        if kind is Kind.INVOICE and answer["payments"]["has_more"]:
            listed = self.client.invoice_payments.list({"invoice": answer["id"], "limit": LONGEST_PAGE})
            answer["payments"]["data"] = [paid.to_dict() for paid in listed.auto_paging_iter()]
        return answer

    def _attached(self, customer: str) -> list[str]:
        listed = self.client.customers.payment_methods.list(customer, {"limit": LONGEST_PAGE})
        return [method.id for method in listed.auto_paging_iter()]


def _read(kind: Kind, answer: Answer) -> Told | None:
    """What Stripe says, in our words; one object that is not of the form Stripe documents stops no other."""
    try:
        return READERS[kind](answer)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        return Misread(str(answer.get("id", "")), f"cannot be read ({type(error).__name__}: {error})"[:200])
