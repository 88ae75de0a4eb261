"""Recording that money which went back has come back to us: a dispute that was won, a refund that failed."""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer, Hold
from customers.operations import holds
from customers.operations.ledger import lock_invoices
from payments.models import Payment, Refund, RefundReversal
from payments.operations.allocations import Part, settle
from payments.operations.credit import settle_for
from payments.operations.refunds import reason_of_hold
from payments.rules.allocate import OpenInvoice, allocate


@transaction.atomic
def undo(refund: Refund, *, on: date, reason: str, now: datetime, by: User | None = None) -> bool:
    """Record that the whole of `refund` came back on the day `on` (value date); False when that was recorded before.

    It settles the invoices that the refund had opened, as far as they are open still, then the customer's others,
    oldest first; what is left is credit. A hold that the chargeback had placed ends. Nothing is deleted.
    """
    customer = Customer.objects.select_for_update(no_key=True, of=("self",)).get(payments__refunds=refund)
    if RefundReversal.objects.filter(refund=refund).exists():
        return False
    RefundReversal.objects.create(refund=refund, happened_on=on, recorded_at=now, recorded_by=by, reason=reason)
    payment = Payment.objects.get(pk=refund.payment_id)
    payment.unapplied += refund.amount
    payment.save(update_fields=["unapplied"])
    _settle_again(payment, refund, on, now)
    release_holds(refund, now)
    settle_for([customer.pk], now=now, on=on)
    return True


def _settle_again(payment: Payment, refund: Refund, on: date, now: datetime) -> None:
    opened = dict(refund.parts.values_list("invoice_id", "amount"))
    locked = lock_invoices(opened)
    still_open = [OpenInvoice(i.pk, min(i.balance, opened[i.pk])) for i in locked]
    parts = allocate(refund.amount, still_open)
    settle({payment.pk: payment}, locked, [Part(payment.pk, pk, part, on) for pk, part in parts], now=now)


def release_holds(refund: Refund, now: datetime) -> None:
    """Of these invoices, the holds that this very refund or chargeback began."""
    placed = Hold.objects.filter(kind=Hold.Kind.DISPUTE, reason=reason_of_hold(refund), released_at=None)
    for hold in placed.filter(invoice__in=refund.parts.values("invoice")):
        holds.release(hold, now=now)
