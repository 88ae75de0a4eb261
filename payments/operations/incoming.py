"""What payments settle at the moment they are recorded, each in its turn; in the caller's transaction."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from customers.models import Invoice
from payments.models import Payment
from payments.operations.allocations import Part, settle
from payments.operations.credit import settle_for
from payments.queries.invoices import disputed_among
from payments.rules.allocate import OpenInvoice, allocate

New = Sequence[tuple[Payment, Sequence[int] | None]]


def settle_new(new: New, *, now: datetime) -> None:
    """Settle open invoices with these payments, whose customers are locked, and whose credit is whole.

    Beside each payment the ids of the invoices that its payer named; what these do not need goes to the oldest others
    that are not in dispute. None: all open ones in its currency, the disputed ones last.
    """
    debts = _Debts([payment for payment, _ in new])
    parts = [part for payment, invoice_ids in new for part in debts.settled_by(payment, invoice_ids)]
    settle({payment.pk: payment for payment, _ in new}, debts.locked, parts, now=now)
    for payment, invoice_ids in new:
        if payment.unapplied and invoice_ids is not None:
            settle_for([payment.customer_id], now=now, on=payment.received_on)
            payment.refresh_from_db(fields=["unapplied"])


class _Debts:
    """What the payers owe in these currencies, locked, and what is left of it after each payment."""

    def __init__(self, payments: Sequence[Payment]) -> None:
        owed = Invoice.objects.filter(
            customer__in={payment.customer_id for payment in payments},
            currency__in={payment.currency for payment in payments},
            balance__gt=0,
        )
        self.locked = list(owed.select_for_update().order_by("pk"))
        self.disputed = disputed_among([invoice.pk for invoice in self.locked])
        self.left = {invoice.pk: invoice.balance for invoice in self.locked}
        self.of = defaultdict[tuple[int, str], list[int]](list)
        for invoice in sorted(self.locked, key=lambda invoice: (invoice.due_on, invoice.pk)):
            self.of[invoice.customer_id, invoice.currency].append(invoice.pk)

    def settled_by(self, payment: Payment, invoice_ids: Sequence[int] | None) -> list[Part]:
        theirs = self.of[payment.customer_id, payment.currency]
        named = [OpenInvoice(pk, self.left[pk]) for pk in theirs if invoice_ids is None or pk in invoice_ids]
        disputed = {debt.id: min(self.disputed.get(debt.id, Decimal(0)), debt.balance) for debt in named}
        parts = allocate(payment.amount, named, {pk: amount for pk, amount in disputed.items() if amount})
        for invoice_id, amount in parts:
            self.left[invoice_id] -= amount
        return [Part(payment.pk, invoice_id, amount, payment.received_on) for invoice_id, amount in parts]
