"""Receipts by mail of what customers paid on their page: one for each payment, found and queued by the engine.

That a payment has none yet is looked up, not remembered: whatever was killed in between is found again.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from customers.models import Contact, Customer
from dunning.models import Confirmation
from dunning.operations.confirming import tell_of_payment
from payments.models import ChargeAttempt

LOOKED_BACK = timedelta(days=3)  # nobody wants the receipt of last month
BATCH = 200


def write_receipts(*, now: datetime) -> int:
    """Queue the receipt of every payment on the page that has none yet, and somebody to send it to; how many."""
    addressed = Contact.objects.filter(customer=OuterRef("customer"), is_primary=True).exclude(email="")
    paid = ChargeAttempt.objects.filter(
        Exists(addressed),
        state=ChargeAttempt.State.SUCCEEDED,
        is_attended=True,
        is_elsewhere=False,
        finished_at__gt=now - LOOKED_BACK,
        receipt=None,
    )
    return sum(_write(attempt, now) for attempt in paid.select_related("customer", "payment").order_by("pk")[:BATCH])


@transaction.atomic
def _write(attempt: ChargeAttempt, now: datetime) -> bool:
    Customer.objects.select_for_update(no_key=True).get(pk=attempt.customer_id)
    if attempt.payment is None or Confirmation.objects.filter(attempt=attempt).exists():  # another worker was faster
        return False
    tell_of_payment(attempt, now=now)
    return True
