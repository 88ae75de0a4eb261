"""Changing who a customer is and how to reach them, by hand."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from customers.models import Contact, Customer
from customers.operations import news


@transaction.atomic
def save(customer: Customer, *, now: datetime) -> None:
    """Store a new or changed customer."""
    customer.created_at = customer.created_at or now
    customer.updated_at = now
    customer.save()
    news.announce([customer.pk])


def set_kind(customer_ids: Iterable[int], kind: Customer.Kind, *, now: datetime) -> int:
    """Say of many customers whether they buy as businesses or consumers; returns for how many that is new."""
    others = Customer.objects.filter(pk__in=list(customer_ids)).exclude(kind=kind)
    return others.update(kind=kind, updated_at=now)


@transaction.atomic
def save_contact(contact: Contact) -> None:
    """Store a new or changed contact; a new primary contact takes the place of the former one."""
    if contact.is_primary:
        others = Contact.objects.filter(customer=contact.customer_id, is_primary=True).exclude(pk=contact.pk)
        others.update(is_primary=False)
    contact.save()
    news.announce([contact.customer_id])


@transaction.atomic
def remove_contact(contact: Contact) -> None:
    """Delete a contact that no notice was ever written to; the database refuses any other."""
    contact.delete()
    news.announce([contact.customer_id])
