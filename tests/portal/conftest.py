"""A customer before their own page."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from dunning.operations.links import issue
from dunning.portal.guards import COOKIE, remember
from payments.gateways.sandbox import SandboxGateway
from payments.models import PaymentMethod
from tests.people import person

GOOD, DECLINED, NO_FUNDS, TO_APPROVE = "test_4242", "test_0002", "test_9995", "test_3155"


class Door:
    """A customer's browser at the customer's link."""

    def __init__(self, customer: Customer, *, now: datetime | None = None) -> None:
        self.customer = customer
        self.token = issue(customer, now=now or timezone.now())[1]
        self.client = Client()

    def get(self, path: str = "") -> HttpResponse:
        return self.client.get(f"/p/{self.token}/{path}")

    def post(self, path: str, **fields: str) -> HttpResponse:
        return self.client.post(f"/p/{self.token}/{path}", fields)

    def known(self) -> "Door":
        """This browser, after a code was shown in it."""
        answer = HttpResponse()
        remember(answer, self.customer, now=timezone.now())
        self.client.cookies[COOKIE] = answer.cookies[COOKIE].value
        return self

    def key(self, path: str = "") -> str:
        """The once-only key of the page's form."""
        return re.findall(r'name="key" value="(\w+)"', self.get(path).content.decode())[0]

    def pay(self, how_much: str = "all", *, card: str = GOOD, currency: str = "EUR", **fields: str) -> HttpResponse:
        """Send the form of the page as it is now, and follow to what came of it."""
        fields = {"key": self.key(f"pay/{currency}/"), "how_much": how_much, "card": card, **fields}
        return self.client.post(f"/p/{self.token}/pay/{currency}/", fields, follow=True)


def kept_card() -> str:
    """How the form names the one card that is kept."""
    return f"kept-{PaymentMethod.objects.get().pk}"


def words(response: HttpResponse) -> str:
    """What the reader reads: the page's text, blanks made one."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def door(gateway: SandboxGateway) -> Callable[[Customer], Door]:
    return Door


@pytest.fixture
def ada(db: None) -> Customer:
    return person("Ada Lindgren", country="GB")
