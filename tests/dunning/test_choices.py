"""Campaigns, or none, that a person chose for a customer or an invoice."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from dunning.models import CampaignChoice, Case, Notice
from dunning.operations import choices
from dunning.operations.choices import ChoiceRefusal, choose
from dunning.operations.opening import open_cases
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.choosing import campaign_for, names
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


def test_customers_campaign_goes_before_every_condition(maria: User) -> None:
    campaign_for("Standard")
    gentle = campaign_for("Gentle", ("tag", "is", "nobody"), priority=2)
    ada = reachable()
    choose(ada, gentle, invoice=None, reason="Their buyer is new", now=NOW, by=maria)
    owes(ada, "10.00", due="2026-03-01")
    open_cases(now=NOW)
    assert names() == {"Ada Lindgren": "Gentle"}
    assert Case.objects.get().events.get().text.endswith("“Gentle”, chosen by hand: Their buyer is new")


def test_invoices_campaign_counts_for_the_case_it_begins(maria: User) -> None:
    standard, gentle = campaign_for("Standard"), campaign_for("Gentle", ("tag", "is", "nobody"), priority=2)
    for name, due in (("Ada Lindgren", "2026-02-20"), ("Grace Okafor", "2026-03-02")):
        customer = reachable(name)
        owes(customer, "10.00", due="2026-03-01")
        special = owes(customer, "10.00", due=due)
        choose(customer, standard, invoice=None, reason="As always", now=NOW, by=maria)
        choose(customer, gentle, invoice=special, reason="Delivered late", now=NOW, by=maria)
    open_cases(now=NOW)
    assert names() == {"Ada Lindgren": "Gentle", "Grace Okafor": "Standard"}


def test_no_reminders_opens_no_case_until_the_conditions_decide_again(maria: User) -> None:
    campaign_for("Standard")
    ada = reachable()
    owes(ada, "10.00", due="2026-03-01")
    choose(ada, None, invoice=None, reason="The founder calls", now=NOW, by=maria)
    assert open_cases(now=NOW) == 0
    assert choices.end(ada, invoice=None, now=NOW)
    assert not choices.end(ada, invoice=None, now=NOW)
    assert open_cases(now=NOW) == 1
    assert [bool(choice.ended_at) for choice in CampaignChoice.objects.all()] == [True]


def test_no_reminders_for_one_invoice_leaves_it_out(maria: User) -> None:
    campaign_for("Standard")
    ada = reachable()
    quiet = owes(ada, "10.00", due="2026-02-20")
    choose(ada, None, invoice=quiet, reason="Settled by barter", now=NOW, by=maria)
    assert open_cases(now=NOW) == 0
    owes(ada, "20.00", due="2026-03-01")
    assert open_cases(now=NOW) == 1
    assert Case.objects.get().anchor_on == date(2026, 3, 1)


def test_no_reminders_stops_a_running_case_at_once_even_what_is_about_to_leave(maria: User, provider: Provider) -> None:
    standard_campaign(now=NOW)
    ada = reachable()
    owes(ada, "10.00", due="2026-03-01")
    tick(now=NOW)
    assert len(provider.accepted()) == 1
    Notice.objects.update(state="leased", lease_until=NOW)
    choose(ada, None, invoice=None, reason="The founder calls", now=NOW, by=maria)
    assert Notice.objects.get().state == "queued"
    Notice.objects.update(state="sent")
    tick(now=NOW + timedelta(days=6))
    assert len(provider.accepted()) == 1
    assert Case.objects.get().next_reason == ("on hold until released: no reminders by any campaign: The founder calls")


def test_new_choice_replaces_the_one_before_and_both_are_kept(maria: User) -> None:
    standard = campaign_for("Standard")
    ada = reachable()
    choose(ada, None, invoice=None, reason="The founder calls", now=NOW, by=maria)
    choose(ada, standard, invoice=None, reason="As usual again", now=NOW, by=maria)
    kept = CampaignChoice.objects.order_by("pk").values_list("reason", "ended_at")
    assert list(kept) == [("The founder calls", NOW), ("As usual again", None)]
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignChoice.objects.create(customer=ada, reason="Twice", chosen_at=NOW, chosen_by=maria)


def test_resting_campaign_and_foreign_invoice_cannot_be_chosen(maria: User) -> None:
    resting = standard_campaign(now=NOW, is_active=False).campaign
    ada, grace = reachable("Ada Lindgren"), reachable("Grace Okafor")
    with pytest.raises(ChoiceRefusal, match="resting"):
        choose(ada, resting, invoice=None, reason="x", now=NOW, by=maria)
    with pytest.raises(ChoiceRefusal, match="another customer"):
        choose(ada, None, invoice=owes(grace, "1.00"), reason="x", now=NOW, by=maria)
    assert not CampaignChoice.objects.exists()
