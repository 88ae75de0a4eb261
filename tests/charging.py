"""Charges of the sandbox's cards, and what became of them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from customers.models import Customer
from payments.gateways.sandbox import SandboxGateway
from payments.models import ChargeAttempt
from payments.operations.charges import charge
from payments.queries import latest_attempt, once_only_key, open_invoices

GOOD, DECLINED, NO_FUNDS, TO_APPROVE = "test_4242", "test_0002", "test_9995", "test_3155"


def pay(customer: Customer, amount: str, now: datetime, card: str = GOOD, **choices: Any) -> ChargeAttempt:
    choices.setdefault("key", f"key-{ChargeAttempt.objects.count()}")
    choices.setdefault("currency", "EUR")
    return charge(customer, amount=Decimal(amount), card=card, now=now, **choices)


def next_key(customer: Customer) -> str:
    return once_only_key(customer, "EUR", open_invoices(customer), latest_attempt(customer, "EUR"))


def balances(customer: Customer) -> list[Decimal]:
    return list(customer.invoices.order_by("due_on", "pk").values_list("balance", flat=True))


def taken(gateway: SandboxGateway) -> list[Decimal]:
    return [line.captured for line in gateway.lines() if line.captured]
