"""Bringing the weekly file of accounts and invoices into the desk."""

from collections.abc import Sequence
from datetime import datetime

from config.demo.sales import Sale
from customers.models import Contact, Customer, Invoice, LedgerEntry
from customers.operations.ledger import Posting, post


def take_in(sales: Sequence[Sale], *, now: datetime) -> None:
    """Import these invoices, with the customers that are new among them."""
    for sale in sales:
        firm = sale.firm
        customer, is_new = Customer.objects.get_or_create(
            number=firm.number,
            defaults={
                "name": firm.name,
                "language": firm.language,
                "country": firm.country,
                "time_zone": firm.time_zone,
                "segment": firm.segment,
                "created_at": now,
                "updated_at": now,
            },
        )
        if is_new:
            Contact.objects.create(customer=customer, name=firm.contact, email=firm.email)
        invoice = Invoice.objects.create(
            customer=customer,
            number=sale.number,
            description=sale.description,
            issued_on=sale.issued_on,
            due_on=sale.due_on,
            currency=firm.currency,
            amount=sale.amount,
            balance=0,
            created_at=now,
            updated_at=now,
        )
        post([Posting(invoice.pk, LedgerEntry.Kind.INVOICED, sale.amount, sale.issued_on, "import")], now=now)
