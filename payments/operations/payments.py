"""Recording money that came in, and settling invoices with it, in one transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from customers.models import Customer, Invoice
from customers.rules.money import fits, in_words
from payments.models import Payment
from payments.operations.allocations import Part, settle
from payments.operations.credit import settle_for
from payments.queries.invoices import disputed_among
from payments.queries.money import recorded_under
from payments.rules.allocate import OpenInvoice, allocate


class PaymentRefusal(ValueError):
    """The payment cannot be recorded as asked; the message says why."""


@transaction.atomic
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
    """Record `amount` (positive, in `currency`) and settle open invoices with it, oldest due date first.

    `invoice_ids` are those that the payer named: they are settled first, and the rest goes to the oldest others that
    are not in dispute; None means all open ones in that currency. What is in dispute comes last. What no open invoice
    needs stays on the payment as the customer's credit. The same (provider, reference) is recorded once: the first
    Payment is returned. Raises PaymentRefusal for an amount that is not above 0 or does not fit the currency, and when
    the reference belongs to another customer's payment or to one of another amount.
    """
    if amount <= 0 or not fits(amount, currency):
        raise PaymentRefusal(f"{amount} {currency} is not an amount that can be paid: above 0, no extra decimals.")
    Customer.objects.select_for_update(no_key=True).values_list("pk").get(pk=customer.pk)
    payment = Payment(
        customer=customer,
        amount=amount,
        currency=currency,
        unapplied=amount,
        received_on=received_on,
        recorded_at=now,
        recorded_by=by,
        source=source,
        provider=provider,
        reference=reference,
    )
    if earlier := _store(payment):
        if _facts(earlier) != _facts(payment):
            raise PaymentRefusal(recorded_already(earlier))
        return earlier
    _settle(payment, invoice_ids, now)
    return payment


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


def _settle(payment: Payment, invoice_ids: Sequence[int] | None, now: datetime) -> None:
    open_invoices = _lock_open_invoices(payment, invoice_ids)
    disputed = disputed_among([invoice.pk for invoice in open_invoices])
    parts = allocate(payment.amount, [OpenInvoice(i.pk, i.balance) for i in open_invoices], disputed)
    told = [Part(payment.pk, invoice_id, part, payment.received_on) for invoice_id, part in parts]
    settle({payment.pk: payment}, open_invoices, told, now=now)
    if payment.unapplied and invoice_ids is not None:
        settle_for([payment.customer_id], now=now, on=payment.received_on)
        payment.refresh_from_db(fields=["unapplied"])


def _lock_open_invoices(payment: Payment, invoice_ids: Sequence[int] | None) -> list[Invoice]:
    candidates = Invoice.objects.filter(customer=payment.customer_id, currency=payment.currency, balance__gt=0)
    if invoice_ids is not None:
        candidates = candidates.filter(pk__in=invoice_ids)
    locked = list(candidates.select_for_update().order_by("pk"))
    return sorted(locked, key=lambda invoice: (invoice.due_on, invoice.pk))
