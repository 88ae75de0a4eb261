"""A code for the customer's page: asked for, sent once to an address we know, and typed in.

Commit that we are about to call, call, record what came of it. The code itself is in no table and no log.
"""

import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from customers.models import Contact, Customer
from customers.queries import gone_among
from customers.rules.contact import EMAIL, SMS
from customers.rules.phone import mobile_or_nothing
from dunning.channels import channel
from dunning.channels.base import Message, Refused
from dunning.models import PageCode, PortalLink
from dunning.operations import doors
from dunning.operations.confirming import letter_facts
from dunning.queries.brand import branding
from dunning.rules.doors import Deed
from dunning.rules.letter import as_html, as_text
from dunning.rules.letter.page_code import code_mail, code_sms
from dunning.rules.page_codes import (
    LASTS,
    MOST_TRIES,
    NEXT_AFTER,
    kept,
    masked_email,
    masked_phone,
    new_code,
    typed,
)

logger = logging.getLogger(__name__)
State = PageCode.State


class NoWay(ValueError):
    """Nothing can be sent this way to an address that we know."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a code can go: `shown` is what the page says of the address."""

    channel: str
    address: str
    name: str
    shown: str


def ways_to(customer: Customer) -> list[Way]:
    """The addresses of the customer's own contact that still take something; a mail first."""
    contact = Contact.objects.filter(customer=customer, is_primary=True).first()
    if contact is None:
        return []
    mobile = mobile_or_nothing(contact.phone, customer.country)
    found = [
        Way(EMAIL, contact.email, contact.name, masked_email(contact.email)),
        Way(SMS, mobile, contact.name, masked_phone(mobile)),
    ]
    gone = gone_among(way.address.lower() for way in found)
    return [
        way
        for way in found
        if way.address and way.channel in settings.DUNNING_CHANNELS and (way.channel, way.address.lower()) not in gone
    ]


def live_code(link: PortalLink, *, now: datetime) -> PageCode | None:
    """The code that can be typed in now."""
    newest = link.codes.order_by("-pk").first()
    if newest is None or newest.state == State.REFUSED or newest.used_at or newest.tries >= MOST_TRIES:
        return None
    return newest if newest.expires_at > now else None


def ask(link: PortalLink, by: str, *, visitor: str, now: datetime) -> PageCode:
    """Send a new code by the channel `by`; who asked a moment ago is given that one, and nothing is sent.

    `visitor` is the address of who asks, "" where nobody knows. The earlier code of the link holds no more. Raises
    NoWay, and TooOften when too many were asked for within an hour; RuntimeError inside a transaction.
    """
    way = next((way for way in ways_to(link.customer) if way.channel == by), None)
    if way is None:
        raise NoWay("There is no such address.")
    code = new_code()
    row, is_new = _begin(link, way, code, visitor, now)
    return _send(row, way, code, now) if is_new else row


def enter(link: PortalLink, text: str, *, now: datetime) -> bool:
    """Whether this is the code; it is used up then. Each try counts before it is compared."""
    code, live = typed(text), live_code(link, now=now)
    if not code or live is None:
        return False
    good = PageCode.objects.filter(pk=live.pk, used_at=None, expires_at__gt=now)
    if not good.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        return False
    if not hmac.compare_digest(kept(code, bytes(live.salt), key=settings.LINK_KEY), bytes(live.code_hash)):
        return False
    return bool(good.update(used_at=now))


@transaction.atomic(durable=True)
def _begin(link: PortalLink, way: Way, code: str, visitor: str, now: datetime) -> tuple[PageCode, bool]:
    Customer.objects.select_for_update(no_key=True).get(pk=link.customer_id)
    live = live_code(link, now=now)
    if live and live.asked_at > now - NEXT_AFTER:
        return live, False
    doors.count(Deed.CODE_FROM, visitor, now=now)
    doors.count(Deed.CODE, f"customer {link.customer_id}", now=now)
    salt = secrets.token_bytes(16)
    row = PageCode.objects.create(
        customer_id=link.customer_id,
        link=link,
        channel=way.channel,
        salt=salt,
        code_hash=kept(code, salt, key=settings.LINK_KEY),
        asked_at=now,
        expires_at=now + LASTS,
    )
    return row, True


def _send(row: PageCode, way: Way, code: str, now: datetime) -> PageCode:
    row.state, row.reason = State.SENT, ""
    try:
        with channel(way.channel) as by:
            by.send(_message(row, way, code, now))
    except Refused as refusal:
        row.state, row.reason = State.REFUSED, str(refusal).replace(code, "…")[:500]
    except Exception as error:
        logger.warning("code %s is in doubt: %s", row.pk, type(error).__name__)
        row.state, row.reason = State.IN_DOUBT, f"nobody knows whether it was sent ({type(error).__name__})"
    row.save(update_fields=["state", "reason"])
    return row


def _message(row: PageCode, way: Way, code: str, now: datetime) -> Message:
    customer = row.link.customer
    brand, minutes = branding(), LASTS // timedelta(minutes=1)
    facts = letter_facts(customer, now=now, brand=brand)
    subject, body = code_mail(code, minutes, facts)
    is_mail = way.channel == EMAIL
    return Message(
        key=f"code-{row.pk}",
        to=way.address,
        to_name=way.name or customer.name,
        subject=subject,
        text=as_text(body, "") if is_mail else code_sms(code, minutes, facts),
        html=as_html(body, "", language=facts.language, look=brand.look) if is_mail else "",
        language=facts.language,
        from_name=brand.sender,
    )
