"""One click ends advertising (RFC 8058), and nothing else: the header, the POST, the proof."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from customers.models import Consent, Contact, ContactStop
from dunning.models import Notice, PortalLink, StepRun, Template
from dunning.operations.campaigns import draft_of, publish
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def mails(settings: Settings) -> None:
    settings.DUNNING_CHANNELS = {"email": {"class": "dunning.channels.email.EmailChannel"}}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def sent(message_class: str) -> str:
    """The address for one click in the first letter of a campaign whose first texts are of this class; "": none."""
    version = standard_campaign(now=NOW)
    Template.objects.filter(key__contains="day-1").update(message_class=message_class)
    publish(draft_of(version.campaign, now=NOW), now=NOW)
    owes(reachable(), "90.00", due="2026-03-01")
    tick(now=NOW)
    [letter] = mail.outbox
    headers = letter.extra_headers
    if "List-Unsubscribe" not in headers:
        assert "List-Unsubscribe-Post" not in headers
        return ""
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [address] = re.fullmatch("<(https?://[^>]+)>", headers["List-Unsubscribe"]).groups()  # type: ignore[union-attr]
    return "/p/" + address.partition("/p/")[2]


@pytest.mark.parametrize("message_class", ["transactional", "legal"])
def test_only_promotional_letters_have_the_header(message_class: str) -> None:
    assert sent(message_class) == ""
    assert "offers" not in mail.outbox[0].body


def test_one_click_without_cookie_withdraws_consent_and_is_proven() -> None:
    address = sent("promotional")
    assert "Please send me no more offers: http" in mail.outbox[0].body
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(address).status_code == 200
    assert not ContactStop.objects.exists()  # looking changes nothing
    PortalLink.objects.update(expires_at=NOW - DAY, revoked_at=NOW)  # as long as somebody keeps the mail
    for _ in range(2):
        done = stranger.post(address, {"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200 and "You get no more offers from us." in done.content.decode()
        assert not done.cookies
    consent = Consent.objects.get()
    assert (consent.is_given, consent.channel, consent.topic) == (False, "email", "offers")
    assert (consent.source, consent.contact) == ("unsubscribed by one click in a mail", Contact.objects.get())


def test_whoever_unsubscribed_gets_reminders_and_no_offers() -> None:
    Client().post(sent("promotional"))
    grace = reachable("Grace Okafor")
    owes(grace, "20.00", due="2026-03-01")
    ContactStop.objects.create(customer=grace, channel="email", topic="offers", source="By e-mail", since=NOW)
    tick(now=NOW)
    skipped = StepRun.objects.get(case__customer=grace, step__offset_days=1)
    assert (skipped.outcome, skipped.reason) == ("skipped", "the customer wants no offers")
    tick(now=NOW + 7 * DAY)
    assert Notice.objects.filter(state="sent", step__offset_days=7).count() == 2


def test_legal_notice_reaches_whoever_wants_nothing() -> None:
    version = standard_campaign(now=NOW)
    Template.objects.filter(key__contains="day-1").update(message_class="legal")
    publish(draft_of(version.campaign, now=NOW), now=NOW)
    ada = reachable()
    owes(ada, "90.00", due="2026-03-01")
    ContactStop.objects.create(customer=ada, channel="", topic="", source="By e-mail", since=NOW)
    tick(now=NOW)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("told", ["1-x", "x", "0-", "99999999999999999999-x", "1-" + "é" * 43])
def test_altered_address_is_a_stranger(told: str) -> None:
    sent("promotional")
    assert Client().post(f"/p/unsubscribe/{told}/").status_code == 404
    assert not ContactStop.objects.exists()
