"""Charges of the sandbox's cards, and what became of them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from customers.models import Customer, Invoice
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt
from payments.operations.charges import charge
from payments.queries.charges import latest_attempt, once_only_key
from payments.queries.invoices import open_invoices

GOOD, DECLINED, NO_FUNDS, TO_APPROVE = "test_4242", "test_0002", "test_9995", "test_3155"


def pay(customer: Customer, amount: str, now: datetime, card: str = GOOD, **choices: Any) -> ChargeAttempt:
    choices.setdefault("key", f"key-{ChargeAttempt.objects.count()}")
    choices.setdefault("currency", "EUR")
    return charge(customer, amount=Decimal(amount), card=card, now=now, **choices)


def debit_elsewhere(customer: Customer, *invoices: Invoice, started_at: datetime) -> ChargeAttempt:
    """A debit over 49 that the gateway began, on its way for these invoices; without any: nobody knows for what."""
    return ChargeAttempt.objects.create(
        customer=customer,
        gateway="sandbox",
        amount=49,
        currency="EUR",
        invoice_ids=[invoice.pk for invoice in invoices],
        idempotency_key=f"ch_{ChargeAttempt.objects.count()}",
        state=ChargeAttempt.State.PENDING,
        is_attended=False,
        is_elsewhere=True,
        started_at=started_at,
        look_at=started_at,
    )


def next_key(customer: Customer) -> str:
    return once_only_key(customer, "EUR", open_invoices(customer), latest_attempt(customer, "EUR"))


def balances(customer: Customer) -> list[Decimal]:
    return list(customer.invoices.order_by("due_on", "pk").values_list("balance", flat=True))


def taken(gateway: SandboxGateway) -> list[Decimal]:
    return [line.captured for line in gateway.lines() if line.captured]
