"""Contacts with a role, and on which channels they can be reached: asked only where a campaign writes to a role."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from customers.queries import gone_among
from customers.rules.contact import EMAIL, POST, SMS
from customers.rules.phone import mobile_or_nothing
from dunning.rules.readers import Reader
from dunning.snapshot.rows import rows

# With what was refused at these very addresses.
IN_ROLES = """
SELECT contact.customer_id, contact.id, role, email, phone, postal_address, customer.country, ARRAY(
  SELECT channel || ':' || address FROM dunning_notice refused
  WHERE refused.state = 'refused' AND refused.contact_id = contact.id)
FROM customers_contact contact JOIN customers_customer customer ON customer.id = contact.customer_id
WHERE contact.customer_id = ANY(%s) AND role <> '' AND NOT is_primary
"""


def readers_of(customer_ids: Collection[int]) -> dict[int, list[Reader]]:
    """The contacts of each that have a role and are not the primary one: two queries."""
    found: dict[int, list[Reader]] = defaultdict(list)
    contacts = list(rows(IN_ROLES, list(customer_ids))) if customer_ids else []
    ways = {contact[1]: _ways(*contact[3:7]) for contact in contacts}
    gone = gone_among(address.lower() for each in ways.values() for address in each.values()) if ways else set()
    for customer_id, contact_id, role, email, *_, refused in contacts:
        channels = _open_ones(ways[contact_id], gone, refused)
        found[customer_id].append(Reader(contact_id, role, channels, email))
    return found


def _ways(email: str, phone: str, postal_address: str, country: str) -> dict[str, str]:
    held = {EMAIL: email, SMS: mobile_or_nothing(phone, country), POST: postal_address}
    return {channel: address for channel, address in held.items() if address}


def _open_ones(ways: dict[str, str], gone: set[tuple[str, str]], refused: Iterable[Any]) -> frozenset[str]:
    bad = set(refused)
    return frozenset(
        channel
        for channel, address in ways.items()
        if (channel, address.lower()) not in gone and f"{channel}:{address}" not in bad
    )
