"""People, debts and payments for tests, made by the product's own operations."""

from datetime import UTC, date, datetime
from decimal import Decimal

from customers.models import Contact, Customer, Invoice, LedgerEntry
from customers.operations.ledger import Posting, post
from payments.models import Payment
from payments.operations import payments

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)


def person(name: str = "Ada Lindgren", number: str = "", *, language: str = "en", **facts: str) -> Customer:
    """A customer of that name; the number is made of the name unless given."""
    number = number or name.upper().replace(" ", "-")
    return Customer.objects.create(
        number=number, name=name, language=language, created_at=LONG_AGO, updated_at=LONG_AGO, **facts
    )


def owes(
    customer: Customer, amount: str, currency: str = "EUR", *, due: str = "2026-02-16", number: str = "", what: str = ""
) -> Invoice:
    """An open invoice over `amount`, posted in the ledger."""
    billed = Decimal(amount)
    invoice = Invoice.objects.create(
        customer=customer,
        number=number or f"{customer.number}-{customer.invoices.count() + 1}",
        description=what,
        due_on=date.fromisoformat(due),
        currency=currency,
        amount=billed,
        balance=0,
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
    )
    post([Posting(invoice.pk, LedgerEntry.Kind.INVOICED, billed, date.fromisoformat(due), "import")], now=NOW)
    invoice.refresh_from_db()
    return invoice


def reachable(name: str = "Ada Lindgren", *, email: str = "", **facts: str) -> Customer:
    """A customer with an e-mail address."""
    customer = person(name, **facts)
    address = email or f"{customer.number.lower()}@example.com"
    Contact.objects.create(customer=customer, name=customer.name, email=address)
    return customer


def at_home(name: str = "Ada Lindgren", *, street: str = "12 Mill Lane", **facts: str) -> Customer:
    """A customer with a postal address and no other, in Bath unless the facts say otherwise."""
    where = {"postal_code": "BA1 2AB", "city": "Bath", "region": "", "street_2": ""}
    address = {part: facts.pop(part, usual) for part, usual in where.items()}
    customer = person(name, **{"country": "GB", **facts})
    Contact.objects.create(customer=customer, street=street, **address)
    return customer


def pays(customer: Customer, amount: str, now: datetime, currency: str = "EUR") -> Payment:
    """The desk records money of this customer; it settles what is open."""
    return payments.record(
        customer,
        amount=Decimal(amount),
        currency=currency,
        received_on=now.date(),
        source=Payment.Source.DESK,
        now=now,
    )


def paid(invoice: Invoice, now: datetime, amount: str = "") -> None:
    """Money for this invoice, all that is open unless said otherwise, posted in the ledger."""
    invoice.refresh_from_db()
    money = Decimal(amount) if amount else invoice.balance
    post([Posting(invoice.pk, LedgerEntry.Kind.PAID, -money, now.date(), "desk")], now=now)
