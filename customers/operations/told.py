"""Taking in what another system's books say of customers and new invoices, many at once.

What they do not say stays as it is, as with an import. A fixed number of queries, however many there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from customers.models import Contact, Customer, Invoice
from customers.operations import news
from customers.rules.import_places import HOME


@dataclass(frozen=True, slots=True)
class ToldCustomer:
    """What is said of the customer with our `number`; "" says nothing."""

    number: str
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class ToldInvoice:
    """A new invoice of the customer with this id, `amount` as billed."""

    number: str
    customer_id: int
    currency: str
    amount: Decimal
    issued_on: date
    due_on: date
    description: str = ""


class Taken(NamedTuple):
    """Our ids by number, and the numbers of those that are new or changed."""

    ids: dict[str, int]
    new: set[str]
    changed: set[str]


@transaction.atomic
def take_customers(told: Iterable[ToldCustomer], *, now: datetime) -> Taken:
    """Store new customers with their contact, and what is news about known ones."""
    said = {one.number: one for one in told}
    before = set(Customer.objects.filter(number__in=said).values_list("number", flat=True))
    new = [_new(one, now) for number, one in sorted(said.items()) if number not in before]
    Customer.objects.bulk_create(new, ignore_conflicts=True)  # somebody else may have been faster
    known = Customer.objects.filter(number__in=said).select_for_update(no_key=True).order_by("pk")
    customers = {customer.number: customer for customer in known}
    changed = [customer for number, customer in customers.items() if _is_changed(customer, said[number])]
    _store(changed, now)
    rewritten = _take_contacts(customers, said)
    created = set(said) - before
    moved = {customer.number for customer in changed} | (rewritten - created)
    news.announce(customers[number].pk for number in moved)
    return Taken({number: customer.pk for number, customer in customers.items()}, created, moved - created)


def add_invoices(told: Sequence[ToldInvoice], *, now: datetime) -> list[Invoice]:
    """Store new invoices with nothing open yet: what was billed is to be posted in the same transaction.

    Their customers must be locked. Raises IntegrityError when one of the numbers was taken meanwhile.
    """
    return Invoice.objects.bulk_create(
        Invoice(
            customer_id=one.customer_id,
            number=one.number,
            description=one.description,
            issued_on=one.issued_on,
            due_on=one.due_on,
            currency=one.currency,
            amount=one.amount,
            balance=0,
            created_at=now,
            updated_at=now,
        )
        for one in told
    )


def _new(one: ToldCustomer, now: datetime) -> Customer:
    zone, language = HOME.get(one.country, (settings.TIME_ZONE, settings.LANGUAGE_CODE))
    return Customer(
        number=one.number,
        name=one.name or one.number,
        language=one.language or language,
        country=one.country,
        time_zone=zone,
        created_at=now,
        updated_at=now,
    )


def _is_changed(customer: Customer, one: ToldCustomer) -> bool:
    """Write what is said onto the customer; whether that changed anything."""
    before = (customer.name, customer.language, customer.country)
    customer.name, customer.language = one.name or customer.name, one.language or customer.language
    customer.country = one.country or customer.country
    return before != (customer.name, customer.language, customer.country)


def _store(changed: Sequence[Customer], now: datetime) -> None:
    for customer in changed:
        customer.updated_at = now
    if changed:
        Customer.objects.bulk_update(changed, ["name", "language", "country", "updated_at"])


def _take_contacts(customers: dict[str, Customer], said: dict[str, ToldCustomer]) -> set[str]:
    """Write the primary contacts; the numbers of the customers whose contact is new or changed."""
    primary = Contact.objects.filter(customer__in=customers.values(), is_primary=True)
    known = {contact.customer_id: contact for contact in primary.select_for_update().order_by("pk")}
    new, changed = {}, {}
    for number, customer in customers.items():
        one, contact = said[number], known.get(customer.pk)
        if contact is None and (one.email or one.phone):
            new[number] = Contact(customer=customer, email=one.email, phone=one.phone)
        elif contact and (one.email or contact.email, one.phone or contact.phone) != (contact.email, contact.phone):
            contact.email, contact.phone = one.email or contact.email, one.phone or contact.phone
            changed[number] = contact
    Contact.objects.bulk_create(new.values())
    if changed:
        Contact.objects.bulk_update(changed.values(), ["email", "phone"])
    return {*new, *changed}
