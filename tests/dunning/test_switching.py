"""Switching a campaign on: everybody who is overdue is listed as enrolled or skipped, and nothing is written before."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from customers.models import Customer, Hold
from customers.operations import holds
from dunning.models import Campaign, CampaignChoice, Case, EngineState
from dunning.operations.campaigns import CampaignRefusal, switch_off, switch_on
from dunning.operations.switching import preview
from dunning.operations.tick import tick
from dunning.rules.words import Tone
from tests.campaigns import only, standard_campaign
from tests.people import NOW, owes, person, reachable
from tests.plans import agree
from tests.provider import Provider

pytestmark = pytest.mark.django_db


def listed(campaign: Campaign) -> dict[str, str]:
    """Each customer by name: the step they begin with, or why they are skipped."""
    rows = preview(campaign, page=1, now=NOW).rows
    return {row.customer.name: row.first.step if row.first else row.why for row in rows if row.customer}


def debtor(name: str, due: str, **facts: str) -> Customer:
    customer = reachable(name, **facts)
    owes(customer, "10.00", due=due)
    return customer


def test_overdue_customers_are_enrolled_at_the_step_that_comes_first(provider: Provider) -> None:
    campaign = standard_campaign(now=NOW, is_active=False).campaign
    debtor("Ada Lindgren", "2026-03-01")
    debtor("Grace Okafor", "2026-01-20")
    debtor("Jun Tanaka", "2026-03-20")
    shown = preview(campaign, page=1, now=NOW)
    assert listed(campaign) == dict.fromkeys(("Ada Lindgren", "Grace Okafor"), "friendly reminder (day +1)")
    assert (shown.enrolled, shown.beginnings) == (2, [("begin at once: friendly reminder (day +1)", 2)])
    assert [step for step, _ in shown.rows[1].first.skips] == ["friendly reminder (day −3)"]  # type: ignore[union-attr]


def test_skipped_customers_are_told_why(provider: Provider) -> None:
    standard_campaign(now=NOW, name="Key accounts", conditions=only("segment", "is", "key"), priority=1)
    running = debtor("Marie Delacroix", "2026-02-01", segment="key")
    tick(now=NOW)
    retail = only("segment", "is", "retail")
    campaign = standard_campaign(now=NOW, conditions=retail, is_active=False).campaign
    debtor("Ada Lindgren", "2026-03-01", segment="key")
    held = debtor("Grace Okafor", "2026-03-01", segment="retail")
    kind, invoice = Hold.Kind.DISPUTE, held.invoices.get()
    holds.place(held, kind=kind, reason="Parts missing", until_on=None, now=NOW, by=None, invoice=invoice)
    debtor("Omar Haddad", "2026-03-01", segment="other")
    paying = debtor("Nia Mbeki", "2026-03-01", segment="retail")
    agree(paying, now=NOW, parts=2, invoices=list(paying.invoices.all()))
    assert listed(campaign) == {
        running.name: "has a case under Key accounts v1, and stays on it",
        "Ada Lindgren": "“Key accounts” fits too and comes first (priority 1)",
        "Grace Okafor": "every overdue invoice is on hold",
        "Omar Haddad": "fits no campaign, or what is overdue is on hold or paid in instalments",
        "Nia Mbeki": "everything overdue is paid in instalments",
    }


def test_customer_another_campaign_is_for_is_told_so(provider: Provider) -> None:
    standard_campaign(now=NOW, name="Everybody", priority=200)
    retail = only("segment", "is", "retail")
    campaign = standard_campaign(now=NOW, conditions=retail, is_active=False).campaign
    debtor("Ada Lindgren", "2026-03-01")
    assert listed(campaign) == {"Ada Lindgren": "does not fit this campaign; “Everybody” takes them"}


def test_customer_whom_a_person_left_out_is_told_so(provider: Provider) -> None:
    campaign = standard_campaign(now=NOW, is_active=False).campaign
    ada = debtor("Ada Lindgren", "2026-03-01")
    maria = User.objects.create(username="maria")
    CampaignChoice.objects.create(customer=ada, reason="Pays the owner", chosen_at=NOW, chosen_by=maria)
    assert listed(campaign)["Ada Lindgren"].startswith("a person has chosen that they get no reminders")


def test_whoever_cannot_be_written_to_or_is_on_hold_is_enrolled_and_waits(provider: Provider) -> None:
    campaign = standard_campaign(now=NOW, is_active=False).campaign
    owes(person("Ada Lindgren"), "10.00", due="2026-03-01")
    quiet = debtor("Grace Okafor", "2026-03-01")
    holds.place(quiet, kind=Hold.Kind.PAUSE, reason="Asked for time", until_on=None, now=NOW, by=None)
    assert sorted(preview(campaign, page=1, now=NOW).beginnings) == [
        ("wait for a person", 1),
        ("wait for something else first", 1),
    ]


def test_looking_writes_nothing_and_switching_on_does_what_was_shown(provider: Provider) -> None:
    campaign = standard_campaign(now=NOW, is_active=False).campaign
    debtor("Ada Lindgren", "2026-03-01")
    tick(now=NOW)
    assert preview(campaign, page=1, now=NOW).enrolled == 1
    campaign.refresh_from_db()
    assert not campaign.is_active
    assert not Case.objects.exists()
    switch_on(campaign, now=NOW)
    assert EngineState.objects.get().scanned_at is None
    assert tick(now=NOW + timedelta(minutes=1)).sent == 1


def test_campaign_is_switched_once_and_only_with_a_version_to_follow(provider: Provider) -> None:
    campaign = standard_campaign(now=NOW, steps=[(1, Tone.FRIENDLY)]).campaign
    with pytest.raises(CampaignRefusal, match="is on already"):
        switch_on(campaign, now=NOW)
    switch_off(campaign, now=NOW)
    with pytest.raises(CampaignRefusal, match="rests already"):
        switch_off(campaign, now=NOW)
    with pytest.raises(CampaignRefusal, match="Publish its draft first"):
        switch_on(Campaign.objects.create(name="Empty"), now=NOW)


def test_pages_hold_fifty_customers_and_totals_count_all(provider: Provider) -> None:
    campaign = standard_campaign(now=NOW, is_active=False).campaign
    for number in range(53):
        debtor(f"Ada {number}", "2026-03-01")
    first, second = (preview(campaign, page=page, now=NOW) for page in (1, 2))
    assert (len(first.rows), len(second.rows), second.enrolled) == (50, 3, 53)
    assert len({row.customer_id for row in (*first.rows, *second.rows)}) == 53
    assert (first.beginnings[0][1], second.beginnings) == (53, [])
