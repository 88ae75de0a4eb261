"""Profiles in the database: what is counted, who is recounted, and that a slow count by hand comes to the same."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Hold, Invoice, LedgerEntry
from dunning.models import EngineState, Profile
from dunning.operations import profiles
from dunning.rules.figures.promises import TOLERANCE
from tests.campaigns import standard_campaign
from tests.habits import DAY, TODAY, ended_case, noon, profile_of, promised, settle, settled, tried
from tests.people import LONG_AGO, NOW, owes, paid, reachable

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Customer:
    EngineState.objects.create(pk=1)
    return reachable("Ada Lindgren", time_zone="Europe/Berlin")


def test_lateness_comes_from_settled_invoices_only(ada: Customer) -> None:
    for late in (0, 6, 7):
        settled(ada, due=TODAY - 60 * DAY, days_late=late)
    owes(ada, "99.00", due=str(TODAY - 50 * DAY), number="open")
    settle(owes(ada, "5.00", due=str(TODAY - 90 * DAY), number="credited"), TODAY, kind=LedgerEntry.Kind.CREDITED)
    profile = profile_of(ada)
    assert (profile.settled, profile.late, profile.usual_days_late, profile.pays) == (3, 2, 6, "late")


def test_own_money_makes_the_weekday_and_the_cards_charges_do_not(ada: Customer) -> None:
    thursday = date(2026, 2, 26)
    for weeks in range(3):
        settled(ada, due=thursday - timedelta(days=7 * weeks), days_late=0)
        tuesday = thursday - timedelta(days=7 * weeks + 2)
        settled(ada, due=tuesday, days_late=0)
        tried(ada, noon(tuesday), attended=False, paid=True)
    profile = profile_of(ada)
    assert (profile.weekday, profile.weekday_times, profile.weekday_of) == (4, 3, 3)


def test_hour_is_on_the_customers_clock(ada: Customer) -> None:
    for day in range(3):
        tried(ada, datetime(2026, 2, 2 + day, 8, 30, tzinfo=UTC))
        tried(ada, datetime(2026, 2, 2 + day, 20, 0, tzinfo=UTC))  # the same day again
        tried(ada, datetime(2026, 1, 2 + day, 3, 0, tzinfo=UTC), attended=False)
    profile = profile_of(ada)
    assert (profile.hour, profile.hour_times, profile.hour_of) == (9, 3, 3)


def test_promise_is_kept_by_enough_money_until_three_days_after_its_last(ada: Customer) -> None:
    on_time, late = (owes(ada, "10.00", due="2026-01-10", number=name) for name in ("on-time", "late"))
    paid(on_time, noon(date(2026, 2, 13)), "9.50")
    settle(late, date(2026, 2, 14))
    promised(ada, date(2026, 2, 10), on_time)
    promised(ada, date(2026, 2, 10), late)
    profile = profile_of(ada)
    assert (profile.promises_made, profile.promises_kept) == (2, 1)


def test_promise_for_everything_needs_everything_that_was_due(ada: Customer) -> None:
    settle(owes(ada, "10.00", due="2026-01-10", number="paid"), date(2026, 2, 10))
    promised(ada, date(2026, 2, 10))
    assert profile_of(ada).promises_kept == 1
    owes(ada, "10.00", due="2026-01-12", number="unpaid")
    assert (profile_of(ada).promises_made, profile_of(ada).promises_kept) == (1, 0)


def test_promise_is_not_judged_before_its_day_nor_when_the_desk_took_it_back(ada: Customer) -> None:
    invoice = owes(ada, "10.00", due="2026-01-10")
    promised(ada, TODAY, invoice)
    taken_back = promised(ada, TODAY - 9 * DAY, invoice)
    Hold.objects.filter(pk=taken_back.pk).update(released_at=noon(TODAY - 10 * DAY))
    assert profile_of(ada).promises_made == 0
    assert profile_of(ada, NOW + TOLERANCE).promises_made == 1


def test_what_worked_is_the_last_letter_before_their_own_money(ada: Customer) -> None:
    version = standard_campaign(now=NOW)
    invoice = owes(ada, "10.00", due="2026-01-10")
    settle(invoice, TODAY, at=NOW)
    ended_case(ada, version, NOW + DAY / 24, NOW - 9 * DAY, NOW - 2 * DAY, NOW + DAY / 48)
    profile = profile_of(ada)
    assert profile.worked_step is not None
    assert str(profile.worked_step) == "friendly reminder (day +1)"
    assert (profile.channel_times, profile.channel_of) == (1, 1)


def test_card_that_was_charged_says_nothing_about_letters(ada: Customer) -> None:
    version = standard_campaign(now=NOW)
    settle(owes(ada, "10.00", due="2026-01-10"), TODAY, at=NOW)
    tried(ada, NOW, attended=False, paid=True)
    ended_case(ada, version, NOW, NOW - 9 * DAY)
    assert profile_of(ada).worked_step is None


def test_night_recounts_only_who_has_new_facts(ada: Customer) -> None:
    grace = reachable("Grace Okafor")
    profiles.refresh(now=NOW)
    assert Profile.objects.filter(computed_at=NOW).count() == 2
    later = NOW + 3 * DAY
    settle(owes(ada, "10.00", due="2026-03-01"), later.date(), at=later)
    assert profiles.refresh(now=later + DAY) == 1
    assert Profile.objects.get(customer=ada).settled == 1
    assert Profile.objects.get(customer=grace).computed_at == NOW
    assert profiles.refresh(now=later + DAY + timedelta(minutes=1)) == 0


def test_promise_is_judged_when_time_alone_has_passed(ada: Customer) -> None:
    promised(ada, TODAY + 4 * DAY, owes(ada, "10.00", due="2026-01-10"), placed=TODAY)
    made = []
    for days in range(12):
        profiles.refresh(now=NOW + days * DAY)
        made.append(Profile.objects.get().promises_made)
    assert made == [0] * 7 + [1] * 5


def test_marks_wait_for_the_night(ada: Customer) -> None:
    profiles.refresh(now=NOW)
    settle(owes(ada, "10.00", due="2026-03-01"), TODAY, at=NOW)
    assert profiles.refresh(now=NOW + timedelta(hours=15)) == 0
    assert profiles.refresh(now=NOW + timedelta(hours=17)) == 1


def test_recount_keeps_the_switch(ada: Customer) -> None:
    profiles.use(ada, is_used=False, now=NOW)
    assert not profile_of(ada).is_used


def test_command_recounts_everybody(ada: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    reachable("Grace Okafor")
    call_command("compute_profiles")
    assert capsys.readouterr().out == "2 profiles recounted.\n"
    assert not Profile.objects.filter(is_stale=True).exists()


def test_batch_takes_as_many_queries_for_three_customers_as_for_one(ada: Customer) -> None:
    def queries() -> int:
        profiles.mark_everybody()
        with CaptureQueriesContext(connection) as made:
            profiles.refresh(now=NOW)
        return len(made)

    queries()
    with_one = queries()
    for name in ("Grace Okafor", "Marie Delacroix"):
        settled(reachable(name), due=TODAY - 20 * DAY, days_late=4)
    assert queries() == with_one


def test_facts_of_long_ago_are_counted_at_the_first_night(ada: Customer) -> None:
    Invoice.objects.filter(pk=settled(ada, due=TODAY - 400 * DAY, days_late=9).pk).update(updated_at=LONG_AGO)
    profiles.refresh(now=NOW)
    assert Profile.objects.get().late == 1
