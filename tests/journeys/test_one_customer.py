"""Whole stories of one customer, told with a moving clock."""

from datetime import date, timedelta

import pytest
from pytest_django import Settings

from customers.models import Hold
from customers.operations import holds
from customers.operations.news import announce
from dunning.models import Case, Notice, StepRun
from dunning.operations.advance import advance_due
from dunning.operations.opening import open_cases
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.people import owes, paid, reachable
from tests.provider import Provider
from tests.turning import START, live, sent_to

pytestmark = pytest.mark.django_db


def test_silent_customer_gets_each_step_once_on_its_day(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2026-02-10")
    live(60)
    assert sent_to(ada) == [
        ("02-07", "Day -3"),
        ("02-11", "Day 1"),
        ("02-17", "Day 7"),
        ("02-24", "Day 14"),
        ("03-12", "Day 30"),
    ]
    assert len(provider.accepted()) == 5
    case = Case.objects.get()
    assert case.attention == "end_of_road"
    assert case.level == 4


def test_payment_closes_the_case_with_thanks_and_nothing_follows(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    invoice = owes(ada, "120.00", due="2026-02-10")
    after = live(12)
    paid(invoice, after, "120.00")
    live(40, start=after)
    assert sent_to(ada) == [("02-07", "Day -3"), ("02-11", "Day 1"), ("02-13", "Thank you")]
    case = Case.objects.get()
    assert (case.state, case.ending, case.level) == ("closed", "settled", 1)


def test_payment_before_the_due_date_needs_no_thanks(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    invoice = owes(ada, "120.00", due="2026-02-10")
    after = live(8)
    paid(invoice, after, "120.00")
    live(40, start=after)
    assert sent_to(ada) == [("02-07", "Day -3")]
    assert StepRun.objects.get(step__kind="thanks").outcome == "skipped"


def test_part_payment_keeps_the_case_and_lowers_the_amount(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    invoice = owes(ada, "120.00", due="2026-02-10")
    after = live(12)
    paid(invoice, after, "100.00")
    live(6, start=after)
    assert "20.00" in provider.accepted()[-1]["text"]
    assert sent_to(ada)[-1] == ("02-17", "Day 7")


def test_old_debt_begins_with_one_friendly_letter(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2019-05-01")
    live(40)
    assert sent_to(ada) == [("02-01", "Day 1"), ("02-07", "Day 7"), ("02-14", "Day 14"), ("03-02", "Day 30")]


def test_three_days_of_downtime_send_one_letter_not_three(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2026-02-04")
    tick(now=START)
    tick(now=START + timedelta(days=12))
    assert sent_to(ada)[1:] == [("02-13", "Day 7")]
    assert StepRun.objects.get(step__offset_days=1).outcome == "skipped"
    live(40, start=START + timedelta(days=12, hours=1))
    assert sent_to(ada)[2:] == [("02-20", "Day 14"), ("03-08", "Day 30")]


def test_case_follows_the_true_oldest_invoice(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    older = owes(ada, "120.00", due="2026-01-31")
    owes(ada, "80.00", due="2026-02-06")
    after = live(9)  # day 1 and day 7 are sent; the second invoice was in them
    paid(older, after, "120.00")
    live(40, start=after)
    assert sent_to(ada) == [
        ("02-01", "Day 1"),
        ("02-07", "Day 7"),
        ("02-20", "Day 14"),  # 14 days after 6 February
        ("03-08", "Day 30"),
    ]
    assert Case.objects.count() == 1


def test_newer_debt_begins_its_own_case_once_the_old_one_is_settled(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    older = owes(ada, "120.00", due="2026-01-15")
    owes(ada, "80.00", due="2026-02-20")
    after = live(10)
    paid(older, after, "120.00")
    live(15, start=after)
    assert [case.ending for case in Case.objects.order_by("pk")] == ["cured", ""]
    assert sent_to(ada)[-2:] == [("02-17", "Day -3"), ("02-21", "Day 1")]


def test_hold_keeps_quiet_until_its_end(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2026-01-31")
    after = live(2)
    holds.place(
        ada,
        kind=Hold.Kind.PROMISE,
        reason="pays on the 20th",
        until_on=date(2026, 2, 20),
        now=after,
        by=None,
    )
    live(20, start=after)
    assert sent_to(ada) == [("02-01", "Day 1"), ("02-21", "Day 7")]


def test_missing_address_is_shown_and_an_address_lets_the_letter_go(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    contact = ada.contacts.get()
    address, contact.email = contact.email, ""
    contact.save()
    owes(ada, "120.00", due="2026-01-31")
    after = live(3)
    assert Case.objects.get().attention == "no_address"
    assert [run.outcome for run in StepRun.objects.order_by("step__position")] == ["skipped", "delayed"]
    contact.email = address
    contact.save()
    announce([ada.pk])
    tick(now=after)
    assert sent_to(ada) == [("02-04", "Day 1")]
    assert Case.objects.get().attention == ""


def test_worker_that_dies_before_delivery_leaves_one_letter_for_the_day_it_comes_back(provider: Provider) -> None:
    """Decided on day −3 and never sent: on day +9 the customer gets what is right on day +9, and nothing else."""
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2026-02-04")
    open_cases(now=START)
    advance_due(now=START)
    assert Notice.objects.get().state == "queued"
    live(2, start=START + timedelta(days=12))
    assert sent_to(ada) == [("02-13", "Day 1")]


def test_queued_warning_is_withdrawn_when_only_a_young_debt_is_left(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    older = owes(ada, "120.00", due="2026-01-25")
    after = live(13)
    assert sent_to(ada) == [("02-01", "Day 1"), ("02-07", "Day 7")]
    owes(ada, "80.00", due="2026-02-13")
    moment = after.replace(hour=10)
    advance_due(now=moment)
    assert Notice.objects.get(state="queued").step.offset_days == 14
    paid(older, moment, "120.00")
    live(3, start=moment)
    assert [subject for _, subject in sent_to(ada)[2:]] == ["Thank you", "Day 1"]


def test_refused_warnings_do_not_count_once_the_address_works(provider: Provider, settings: Settings) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2026-01-31")
    good = settings.DUNNING_CHANNELS
    settings.DUNNING_CHANNELS = {"email": {**good["email"], "class": "tests.provider.ProviderRefusing"}}
    after = live(10)
    case = Case.objects.get()
    assert (case.attention, case.level) == ("no_address", 0)
    assert Notice.objects.count() == 1  # an address that was refused is not tried again by itself
    settings.DUNNING_CHANNELS = good
    ada.contacts.update(email="works@example.com")
    announce([ada.pk])
    tick(now=after)
    assert sent_to(ada) == [("02-11", "Day 1")]


def test_letter_goes_to_the_contact_who_is_primary_when_it_leaves(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2026-01-31")
    open_cases(now=START)
    advance_due(now=START)
    ada.contacts.update(is_primary=False)
    ada.contacts.create(email="new@example.com")
    live(1)
    assert [entry["to"] for entry in provider.accepted()] == ["new@example.com"]


def test_disputed_invoice_that_was_never_named_starts_from_the_beginning(provider: Provider) -> None:
    standard_campaign(now=START)
    ada = reachable("Ada Lindgren")
    older = owes(ada, "120.00", due="2026-01-25")
    disputed = owes(ada, "80.00", due="2026-01-26")
    hold = holds.place(ada, kind=Hold.Kind.DISPUTE, reason="wrong", until_on=None, now=START, by=None, invoice=disputed)
    after = live(15)
    paid(older, after, "120.00")
    holds.release(hold, now=after)
    live(3, start=after)
    assert [subject for _, subject in sent_to(ada)] == ["Day 1", "Day 7", "Day 14", "Thank you", "Day 1"]
