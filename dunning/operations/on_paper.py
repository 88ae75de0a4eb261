"""A message made fit for the post: lines for the window, a page for the printer, what the cover list says of it."""

from dataclasses import replace
from typing import Any

from django.conf import settings

from customers.models import Contact
from customers.rules.postal_address import PostalAddress, address_lines
from dunning.channels.base import Message
from dunning.rules.brand import STANDARD, Look
from dunning.rules.letter import Envelope, Letter, LetterFacts, as_paper, enclosure, sheet_for


def for_post(
    message: Message,
    letter: Letter,
    facts: LetterFacts,
    *,
    customer: Any,
    contact: Contact,
    url: str,
    look: Look = STANDARD,
) -> Message:
    """The same words for paper. Raises ValueError when the address fits into no window."""
    country = contact.country or customer.country
    where = PostalAddress(contact.street, contact.street_2, contact.postal_code, contact.city, contact.region, country)
    lines = address_lines(where, names=(customer.name, contact.name), sent_from=settings.COMPANY_COUNTRY)
    envelope = Envelope(lines, customer.number, message.key.removeprefix("notice-"))
    told = {"customer_number": customer.number, "country": country, "enclosure": enclosure(facts)}
    return replace(
        message,
        to="\n".join(lines),
        to_name=customer.name,
        html=as_paper(letter.subject, letter.body, facts, url, envelope, sheet_for(settings.COMPANY_COUNTRY), look),
        metadata={**message.metadata, **told},
    )
