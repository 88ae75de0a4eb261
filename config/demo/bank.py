"""The demo's bank: accounts of no real bank customer, and today's statement, part of which waits for a person."""

from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User

from customers.models import Invoice
from payments.models import BankAccount
from payments.operations import bank_files
from payments.rules.creditor_reference import creditor_reference

ACCOUNTS = (
    {"currency": "EUR", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "bank_name": "Commerzbank"},
    {"currency": "GBP", "iban": "GB29NWBK60161331926819", "bic": "NWBKGB2LXXX", "bank_name": "NatWest"},
    {"currency": "USD", "account_number": "000123456789", "routing_code": "110000000", "bank_name": "First Test Bank"},
)


def open_accounts(holder: str) -> None:
    """Our accounts, each for the invoices in its currency."""
    for facts in ACCOUNTS:
        BankAccount.objects.create(holder=holder, **facts)


def statement(*, now: datetime, by: User) -> None:
    """Three customers have paid: one as asked, one without a number, one a part of it under another name."""
    late = Invoice.objects.filter(currency="EUR", balance__gt=0, due_on__lt=now.date(), customer__holds=None)
    first, second, third = late.select_related("customer").order_by("-due_on", "pk")[:3]
    rows = [
        ("date", "amount", "currency", "name", "details"),
        (now.date(), first.balance, "EUR", first.customer.name, creditor_reference(first.number)),
        (now.date(), second.balance, "EUR", second.customer.name, "Thank you"),
        (now.date(), third.balance / 2, "EUR", "Treuhand am Markt", f"for {third.customer.name}"),
    ]
    told = "\n".join(";".join(map(_cell, row)) for row in rows)
    bank_files.take_in(told.encode(), name="statement.csv", now=now, by=by, account=str(ACCOUNTS[0]["iban"]))


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
