"""The card processor beside the demo, in Stripe's place: how it is started, its clock, and cards entered on its page.

While history is lived its events are held and its list is not asked: every answer of its is known already.
"""

import json
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings

from customers.models import Customer
from payments.gateways import gateway
from payments.gateways.base import Gateway
from payments.gateways.stripe import StripeGateway
from payments.models import GatewayHealth
from payments.operations import cards

PATIENCE = 20.0  # seconds until it answers, on the busiest machine


class WithoutList(StripeGateway):
    """Stripe while history is being lived through: twice a day for 120 days there is no news in its list."""

    events_since = Gateway.events_since  # type: ignore[assignment]  # as gateways have it that list nothing


def command(around: Mapping[str, str], desk: str, data: Path) -> list[str]:
    """Starts it: books in the data folder, events brought to the web server at `desk`."""
    return [
        sys.executable,
        "-m",
        "payments.processor",
        f"--port={around['STRIPE_ADDRESS'].rpartition(':')[2]}",
        f"--books={data / 'card_processor.sqlite3'}",
        f"--webhook-url={desk}/webhooks/stripe/",
        f"--webhook-secret={around['STRIPE_WEBHOOK_SECRETS']}",
    ]


def begin_anew() -> None:
    """Empty its books and hold its events, as soon as it answers."""
    settings.PAYMENT_GATEWAYS["stripe"]["class"] = f"{__name__}.{WithoutList.__name__}"
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            _control(do="reset")
            break
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)
    _control(do="hold")


def let_run(*, now: datetime) -> None:
    """History is over: its clock is the wall's, and events are brought and its list is asked from now on."""
    GatewayHealth.objects.update_or_create(gateway="stripe", defaults={"listed_until": now})
    _control(do="clock")
    _control(do="release", order="none")


def is_at(moment: datetime) -> None:
    """Its books carry this moment until the next is set."""
    _control(do="clock", at=int(moment.timestamp()))


def stores_a_card(customer: Customer, method: str, *, may_charge: bool, now: datetime) -> None:
    """The customer enters a card on the processor's page, for us to keep, and perhaps to charge what falls due."""
    served = gateway("stripe")
    page = served.set_up_page(customer.number, "EUR", f"{settings.STRIPE_ADDRESS}/done")
    with urlopen(Request(page.address, urlencode({"method": method, "go": "yes"}).encode()), timeout=10):
        pass
    card = served.card_set_up(page.reference, customer.number)
    assert card
    cards.keep(customer, card, gateway="stripe", may_charge=may_charge, now=now)


def card_becomes(customer: Customer, like: str) -> None:
    """The customer's first card behaves like this test card from now on."""
    token = customer.payment_methods.get(is_default=True, removed_at=None).token
    _control(do="card", method=token.rpartition("/")[2], like=like)


def _control(**order: object) -> None:
    with urlopen(f"{settings.STRIPE_ADDRESS}/_control", json.dumps(order).encode(), timeout=10):
        pass
