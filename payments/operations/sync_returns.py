"""What went back of a gateway's payments, by its lists of refunds and disputes: each once, whether by event or by list.

Of payments that are known here only: for what the desk never heard of nobody is asked again.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Customer
from customers.rules.money import in_words
from payments.gateways.accounts import Kind, TheirReturn
from payments.models import Payment, Refund
from payments.operations import going_back, sync_findings
from payments.operations.refunds import RefundRefusal
from payments.operations.sync_findings import Finding, Tally


@transaction.atomic
def take(alias: str, told: Sequence[TheirReturn], *, kind: Kind, now: datetime) -> Tally:
    """Record what is not known yet, customer by customer under lock; what cannot be right is listed and left out."""
    taken = Payment.objects.filter(provider=alias, reference__in={one.reference for one in told})
    payments = {payment.reference: payment for payment in taken.select_related("customer")}
    ids = [payment.customer_id for payment in payments.values()]
    list(Customer.objects.filter(pk__in=ids).select_for_update(no_key=True).order_by("pk"))
    coming = _unknown([one for one in told if one.reference in payments], payments)
    found = [finding for one in coming if (finding := _record(one, payments[one.reference], now))]
    sync_findings.note(alias, kind, [one.id for one in told], found, now=now)
    changed = sum(one.back.came_back for one in coming)
    return Tally(len(coming) - changed - len(found), changed, len(told) - len(coming), len(found))


def _unknown(told: Sequence[TheirReturn], payments: dict[str, Payment]) -> list[TheirReturn]:
    """What went and is not in the books, and what is here again and still gone in the books; this comes first."""
    refunds = Refund.objects.filter(payment__in=payments.values(), reference__in=[one.id for one in told])
    gone = {reference: reversal is None for reference, reversal in refunds.values_list("reference", "reversal")}
    came = [one for one in told if one.back.came_back and gone.get(one.id)]
    return came + [one for one in told if not one.back.came_back and one.id not in gone]


def _record(one: TheirReturn, payment: Payment, now: datetime) -> Finding | None:
    try:
        going_back.record(one.back, payment, now=now)
    except RefundRefusal as refusal:
        value = in_words(one.back.amount, payment.currency)
        remedy = "Compare the payment here with the one at the gateway, and record what is missing there or here."
        return Finding(one.id, "amount", value, f"cannot have gone back of {one.reference}: {refusal}", remedy)
    return None
