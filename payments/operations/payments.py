"""Recording money that came in, and settling invoices with it, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from customers.models import Customer
from customers.rules.money import fits, in_words
from payments.models import Payment
from payments.operations.incoming import settle_new
from payments.queries.money import recorded_under


class PaymentRefusal(ValueError):
    """The payment cannot be recorded as asked; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Money that came in: `amount` (positive) in `currency`, with its value date.

    `invoice_ids` are those that the payer named: they are settled first, and the rest goes to the oldest others that
    are not in dispute; None means all open ones in that currency.
    """

    customer_id: int
    amount: Decimal
    currency: str
    received_on: date
    source: Payment.Source
    provider: str = ""
    reference: str = ""
    invoice_ids: Sequence[int] | None = None


def record(
    customer: Customer,
    *,
    amount: Decimal,
    currency: str,
    received_on: date,
    source: Payment.Source,
    now: datetime,
    by: User | None = None,
    provider: str = "",
    reference: str = "",
    invoice_ids: Sequence[int] | None = None,
) -> Payment:
    """Record one payment, as `record_all` does; returns it."""
    received = Received(
        customer_id=customer.pk,
        amount=amount,
        currency=currency,
        received_on=received_on,
        source=source,
        provider=provider,
        reference=reference,
        invoice_ids=invoice_ids,
    )
    [payment] = record_all([received], now=now, by=by)
    return payment


@transaction.atomic
def record_all(received: Sequence[Received], *, now: datetime, by: User | None = None) -> list[Payment]:
    """Record what came in, one after the other, and settle open invoices with it, oldest due date first.

    What is in dispute comes last. What no open invoice needs stays on the payment as the customer's credit. The same
    (provider, reference) is recorded once: the first Payment is returned. One statement for each payment, and as many
    others for many as for one. Raises PaymentRefusal for an amount that is not above 0 or does not fit the currency,
    and when the reference belongs to another customer's payment or to one of another amount; then nothing is recorded.
    """
    for one in received:
        if one.amount <= 0 or not fits(one.amount, one.currency):
            wrong = f"{one.amount} {one.currency} is not an amount that can be paid"
            raise PaymentRefusal(f"{wrong}: above 0, no extra decimals.")
    owners = Customer.objects.filter(pk__in={one.customer_id for one in received}).order_by("pk")
    list(owners.select_for_update(no_key=True).values_list("pk"))
    stored, new = [], []
    for one in received:
        payment = _payment(one, now, by)
        earlier = _store(payment)
        if earlier and _facts(earlier) != _facts(payment):
            raise PaymentRefusal(recorded_already(earlier))
        stored.append(earlier or payment)
        if not earlier:
            new.append((payment, one.invoice_ids))
    if new:
        settle_new(new, now=now)
    return stored


def _payment(received: Received, now: datetime, by: User | None) -> Payment:
    return Payment(
        customer_id=received.customer_id,
        amount=received.amount,
        currency=received.currency,
        unapplied=received.amount,
        received_on=received.received_on,
        recorded_at=now,
        recorded_by=by,
        source=received.source,
        provider=received.provider,
        reference=received.reference,
    )


def recorded_already(earlier: Payment) -> str:
    """Which payment the reference belongs to, and what to do about it."""
    return (
        f"A payment with this reference is recorded already: {in_words(earlier.amount, earlier.currency)} from "
        f"{earlier.customer} on {earlier.received_on:%-d %B %Y}. Each counts once; if this is other money, open the "
        "form again and give it a reference of its own."
    )


def _store(payment: Payment) -> Payment | None:
    """Insert it; when its reference is taken nothing is stored, and the payment that has it is returned."""
    if not payment.reference:  # nothing to collide with
        payment.save(force_insert=True)
        return None
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError:
        if earlier := recorded_under(payment.provider, payment.reference):
            return earlier
        raise
    return None


def _facts(payment: Payment) -> tuple[int, Decimal, str]:
    return payment.customer_id, payment.amount, payment.currency
