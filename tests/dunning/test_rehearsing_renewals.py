"""Rehearsing a campaign about what is foreseen: renewals that come."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from dunning.models import Campaign
from dunning.operations import default_campaign
from dunning.rules.rehearsal import Kind
from tests.dunning.test_rehearsing import MONTH, told
from tests.people import NOW, owes, reachable
from tests.provider import Provider
from tests.screens.books import everything_stored

pytestmark = pytest.mark.django_db


def renewing(name: str, on: date) -> Customer:
    customer = reachable(name)
    Customer.objects.filter(pk=customer.pk).update(renews_on=on, renewal_of="Website care")
    return customer


def test_draft_about_renewals_is_rehearsed_and_todays_strategy_knows_nothing_of_it(provider: Provider) -> None:
    default_campaign.ensure(now=NOW)
    ada, _later, owing = (
        renewing("Ada Lindgren", date(2026, 3, 20)),
        renewing("Lars Late", date(2026, 5, 20)),
        renewing("Omar Haddad", date(2026, 3, 20)),
    )
    owes(owing, "10.00", due="2026-02-20")
    draft = Campaign.objects.get(name="Coming renewals").versions.get()
    before = everything_stored()
    found = {one.customer_id: one for one in told(replace(MONTH, version=draft))}
    assert set(found) == {ada.pk, owing.pk}
    assert found[ada.pk].today == ()
    assert [(event.on, event.kind) for event in found[ada.pk].events] == [
        (date(2026, 3, 6), Kind.OPENED), (date(2026, 3, 6), Kind.LETTER), (date(2026, 3, 21), Kind.CLOSED)
    ]  # fmt: skip
    assert found[ada.pk].events[1].what == "friendly reminder (day \N{MINUS SIGN}14)"
    waits = [event.reason for event in found[owing.pk].events if event.kind == Kind.WAITS]
    assert "an invoice due on 20 February 2026 is open: that goes first" in waits
    assert everything_stored() == before


def test_as_many_queries_for_four_renewals_as_for_two(provider: Provider) -> None:
    default_campaign.ensure(now=NOW)
    draft = Campaign.objects.get(name="Coming renewals").versions.get()

    def queries(*names: str) -> int:
        for name in names:
            renewing(name, date(2026, 3, 20))
        with CaptureQueriesContext(connection) as made:
            told(replace(MONTH, version=draft))
        return len(made)

    queries("Ada Lindgren")  # versions are read once per process
    assert queries("Grace Okafor") == queries("Marie Delacroix", "Omar Haddad")
