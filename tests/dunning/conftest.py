"""A customer with a whole story behind her, for what is downloaded and what is erased."""

from datetime import datetime

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType

from customers.models import Customer, Invoice
from dunning.models import Case, Reply
from dunning.operations import additions, answering, feedback, replies, requests
from dunning.operations.feedback import Opinion
from dunning.operations.requests import Asked
from dunning.operations.tick import tick
from dunning.rules.needs import Need
from payments.gateways.sandbox import SandboxGateway
from payments.models import PaymentMethod
from tests.campaigns import standard_campaign
from tests.people import owes, paid, reachable
from tests.provider import Provider

PDF = b"%PDF-1.7 my husband is ill %%EOF"


def wrote(customer: Customer | None, text: str, now: datetime, **told: str) -> Reply:
    """Something that waits to be read, from her mail address unless told otherwise."""
    return Reply.objects.create(
        customer=customer, case=customer and customer.cases.first(), text=text, received_at=now, provider="x",
        provider_id=str(Reply.objects.count()),
        **{"channel": "email", "sender": "ada-lindgren@example.com", "state": "waiting", **told},
    )  # fmt: skip


@pytest.fixture
def ada(gateway: SandboxGateway, provider: Provider, now: datetime, maria: User) -> Customer:
    """Reminded, heard, answered and paid: nothing is open."""
    standard_campaign(now=now)
    customer = reachable(
        "Ada Lindgren", email="ada-lindgren@example.com", number="K-1", tags=["catalogue"], segment="catalogue readers"
    )
    customer.contacts.update(phone="+49 151 12345678", street="12 Mill Lane", city="Bath")
    invoice = owes(customer, "420.00", what="Spring catalogue", number="R-1")
    owes(customer, "10.00", what="Old catalogue", number="R-0", due="2010-05-01")
    tick(now=now)
    call = Asked(Need.CALL, day_part="noon", phone="+49 151 12345678", text="my husband is ill")
    asked = requests.ask(customer, call, now=now)
    additions.add(asked, text="my husband is ill at home", files=[PDF], now=now)
    answering.settle(asked, answer="We called Mrs Lindgren.", releases=True, now=now, by=maria)
    card = {"token": "tok_secret", "fingerprint": "fp_secret", "last4": "4242"}
    PaymentMethod.objects.create(customer=customer, gateway="sandbox", stored_at=now, **card)
    feedback.give(customer, Opinion(is_clear=False, words="my husband is ill"), link=None, now=now)
    replies.settle(wrote(customer, "Ada here", now), outcome="Wrote to Mrs Lindgren", now=now, by=maria)
    wrote(None, "Stop texting me, my husband is ill", now, channel="sms", sender="+4915112345678", state="received")
    for one in (invoice, Invoice.objects.get(number="R-0")):
        paid(one, now)
    tick(now=now)
    Case.objects.filter(state="open").update(state="closed", next_action_at=None, closed_at=now)
    log = {"user": User.objects.create(username="paul"), "content_type": ContentType.objects.get_for_model(Customer)}
    LogEntry.objects.create(action_flag=CHANGE, object_id=str(customer.pk), object_repr=str(customer), **log)
    return customer
