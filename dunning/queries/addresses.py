"""Where a customer is or was written to, and which of these addresses nobody else has.

Each is written as providers and `SuppressedAddress` write it: e-mail and post in small letters, numbers as +4915….
"""

from collections.abc import Iterator
from dataclasses import dataclass

from customers.models import Contact, Customer
from customers.queries import WRITTEN_AS, contacts_at
from customers.rules.contact import EMAIL, POST, SMS
from dunning.models import Confirmation, CustomerRequest, Notice

Place = tuple[str, str]  # channel, address
WRITTEN_TO = (EMAIL, SMS, POST)  # by the other channels letters go to the customer's number


@dataclass(frozen=True, slots=True)
class Addresses:
    """`alone`: those of `known` that no contact of another customer has."""

    known: frozenset[str]
    alone: frozenset[str]


def addresses_of(customer: Customer) -> Addresses:
    """All that were ever used, at present or in letters sent before a contact was changed."""
    places = {(channel, address.lower()) for channel, address in _places(customer) if address}
    shared = {address for channel, address in places if _is_shared(channel, address, customer)}
    known = frozenset(address for _, address in places)
    return Addresses(known, known - shared)


def _is_shared(channel: str, address: str, customer: Customer) -> bool:
    return contacts_at(channel, address).exclude(customer=customer).exists()


def _places(customer: Customer) -> Iterator[Place]:
    for contact in Contact.objects.filter(customer=customer):
        yield EMAIL, contact.email
        yield POST, contact.postal_address
        yield from _numbers(contact.phone, customer)
    notices = Notice.objects.filter(customer=customer, channel__in=WRITTEN_TO)
    for channel, address, copied_to in notices.values_list("channel", "address", "copied_to").distinct():
        yield channel, address
        yield EMAIL, copied_to
    told = Confirmation.objects.filter(customer=customer)
    yield from ((EMAIL, address) for address in told.values_list("address", flat=True).distinct())
    for phone in CustomerRequest.objects.filter(customer=customer).exclude(phone="").values_list("phone", flat=True):
        yield from _numbers(phone, customer)


def _numbers(phone: str, customer: Customer) -> Iterator[Place]:
    return ((channel, written(phone, customer.country)) for channel, written in WRITTEN_AS.items() if phone)
