"""The shipped campaign from invoice to mailbox: what the letters promise is what happens."""

import re
from datetime import timedelta
from functools import partial

import pytest
from pytest_django import Settings

from customers.models import Customer, LedgerEntry
from customers.operations.ledger import Posting, post
from dunning.models import MailboxMessage, Notice
from dunning.operations import default_campaign
from dunning.operations.tick import tick
from dunning.rules.formats import day, locale_of
from tests import turning
from tests.contracts.channel_contract import Delivered
from tests.contracts.mail_servers import as_delivered
from tests.people import owes, reachable
from tests.turning import START

pytestmark = pytest.mark.django_db
live = partial(turning.live, every=timedelta(days=1))


@pytest.fixture(autouse=True)
def mailbox(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "dunning.channels.mailbox.MailboxBackend"
    settings.DUNNING_CONNECTIONS = 1


def letters_to(customer: Customer) -> list[Delivered]:
    """What the customer found in the mailbox, oldest first."""
    address = customer.contacts.get().email
    return [as_delivered(bytes(row.raw)) for row in MailboxMessage.objects.filter(to=address).order_by("pk")]


def test_each_reminder_names_the_day_on_which_the_next_one_comes() -> None:
    default_campaign.ensure(now=START)
    readers = [
        reachable(name, language=language, country=country)
        for name, language, country in [
            ("Ada Keller", "de", "DE"),
            ("Bess Moore", "en", "GB"),
            ("Claire Petit", "fr", "FR"),
            ("Diego Ruiz", "es", "ES"),
        ]
    ]
    for reader in readers:
        owes(reader, "1120.50", due="2026-02-10", number=f"INV-{reader.country}", what="Website care")
    live(42)
    for reader in readers:
        sent = list(
            Notice.objects.filter(customer=reader).order_by("finished_at").values_list("finished_at", flat=True)
        )
        letters = letters_to(reader)
        assert len(letters) == len(sent) == 5
        for letter, next_at in zip(letters, sent[1:], strict=False):
            assert next_at
            assert day(next_at.date(), locale_of(reader.language, reader.country)) in letter.text
        for letter in letters:
            assert f"INV-{reader.country}" in letter.text
            assert f"INV-{reader.country}" in letter.html
            assert len(set(re.findall(r"https?://\S+/p/[^/\s]+/", letter.text))) == 1
            assert not re.search(r"[{}]", letter.text)


def test_a_payer_is_thanked_in_words_without_link() -> None:
    default_campaign.ensure(now=START)
    ada = reachable("Ada Lindgren")
    invoice = owes(ada, "120", due="2026-02-10")
    paid_at = live(12)
    post([Posting(invoice.pk, LedgerEntry.Kind.PAID, -invoice.balance, paid_at.date(), "desk")], now=paid_at)
    tick(now=paid_at)
    last = letters_to(ada)[-1]
    assert last.subject == "Your account with Example Company: thank you"
    assert "http" not in last.text
