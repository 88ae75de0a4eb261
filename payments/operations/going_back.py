"""What went back of a payment, by its gateway's word: refunds made there, chargebacks, debits that were returned."""

from datetime import datetime

from django.db import transaction

from customers.models import Customer
from customers.rules.days import local_day
from payments.gateways.base import WentBack
from payments.models import Payment, Refund
from payments.operations import refund_credits, refunds, reversals
from payments.operations.gateway_calls import call


def look(payment: Payment, *, now: datetime) -> None:
    """Ask the gateway, and record what went back or came back since. Raises LeftAlone, or what the gateway raises.

    RefundRefusal for what cannot be right: a person asks the gateway.
    """
    told = call(payment.provider, lambda gateway: gateway.went_back(payment.reference), now=now)
    for back in sorted(told, key=lambda back: not back.came_back):  # what is here again may go a second time
        record(back, payment, now=now)


def record(back: WentBack, payment: Payment, *, now: datetime) -> None:
    """Record that it went, or came back, once each. Raises RefundRefusal for what cannot be right."""
    if back.came_back:
        _record_its_return(back, payment, now)
    else:
        _record_its_leaving(back, payment, now)


@transaction.atomic
def _record_its_leaving(back: WentBack, payment: Payment, now: datetime) -> None:
    """A credit note that is told of at the same time waits for the customer's lock, and finds the refund."""
    Customer.objects.select_for_update(no_key=True).get(pk=payment.customer_id)
    refund = refunds.record(
        payment,
        kind=Refund.Kind(back.kind.value),
        amount=back.amount,
        on=back.on,
        reason=back.reason,
        reference=back.id,
        is_explained=refund_credits.covered(payment.provider, back.id) >= back.amount,
        now=now,
    )
    refund_credits.post(refund, now=now)


def _record_its_return(back: WentBack, payment: Payment, now: datetime) -> None:
    """Of what is known here to have gone; the rest neither went nor came, as far as our books are concerned."""
    if refund := payment.refunds.filter(reference=back.id, reversal=None).first():
        reason = "the gateway says that it came back"
        reversals.undo(refund, on=local_day(now, payment.customer.time_zone), reason=reason, now=now)
