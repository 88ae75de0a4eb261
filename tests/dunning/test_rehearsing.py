"""Rehearsing the portfolio: nothing is written, drafts are compared and forgotten, batches cost what one costs."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Invoice
from dunning.models import Campaign, CampaignVersion, Rehearsal, RehearsedCustomer
from dunning.operations import rehearsals
from dunning.operations.campaigns import draft_of, publish
from dunning.operations.tick import tick
from dunning.rehearsal.run import (
    Question,
    RehearsalRefusal,
    Rehearsed,
    check,
    reading_only,
    rehearse,
)
from dunning.rules.consequences import Charges
from dunning.rules.rehearsal import Kind
from dunning.rules.rehearsal_totals import Totals
from dunning.rules.words import Tone
from dunning.snapshot import plans
from payments.gateways.sandbox import TEST_CARDS
from payments.models import ClaimPolicy
from payments.operations import cards
from tests.campaigns import standard_campaign
from tests.claiming import business
from tests.people import NOW, owes, reachable
from tests.provider import Provider
from tests.screens.books import everything_stored

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
MONTH = Question(TODAY, TODAY + timedelta(days=29))


@pytest.fixture
def ada(provider: Provider) -> Customer:
    standard_campaign(now=NOW)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2026-03-01")
    return ada


def told(question: Question = MONTH, now: datetime = NOW) -> list[Rehearsed]:
    return [customer for batch in rehearse(question, now=now) for customer in batch.rehearsed]


def letters(customer: Rehearsed) -> list[tuple[date, int]]:
    return [(event.on, event.step.offset_days) for event in customer.events if event.kind == Kind.LETTER and event.step]


def test_a_customer_without_a_case_gets_one_and_its_letters(ada: Customer) -> None:
    [only] = told()
    assert only.customer_id == ada.pk
    assert only.events[0].kind == Kind.OPENED
    assert letters(only) == [
        (date(2026, 3, 2), 1),
        (date(2026, 3, 8), 7),
        (date(2026, 3, 15), 14),
        (date(2026, 3, 31), 30),
    ]
    assert [event.amounts for event in only.events if event.kind == Kind.LETTER][0] == (("EUR", Decimal("120.0000")),)


def test_only_the_days_asked_for_are_told_though_it_lives_from_now_on(ada: Customer) -> None:
    [only] = told(Question(date(2026, 3, 10), date(2026, 3, 20)))
    assert letters(only) == [(date(2026, 3, 15), 14)]


def test_an_invoice_that_falls_due_later_joins_on_its_day(ada: Customer) -> None:
    owes(ada, "30.00", due="2026-03-12")
    [only] = told()
    asked = [dict(event.amounts)["EUR"] for event in only.events if event.kind == Kind.LETTER]
    assert asked == [120, 120, 150, 150]


def test_fees_are_told_and_summed_whoever_has_a_case(provider: Provider) -> None:
    ClaimPolicy.objects.create(is_on=True, source="Maria, manager", valid_from="2026-01-01")
    ada = business("Ada Lindgren")
    owes(ada, "120.00", due="2026-03-01")
    totals = Totals()
    for customer in told():
        totals.add(customer.events)
    whole = totals.whole
    assert (whole.counts[Kind.LETTER], whole.counts[Kind.FEE]) == (0, 2)
    assert whole.money[Kind.FEE, "EUR"] == 40
    [later] = told(Question(date(2026, 3, 20), MONTH.last_on))
    assert later.events == ()


def test_nothing_is_written(ada: Customer) -> None:
    tick(now=NOW)
    before = everything_stored()
    told()
    list(rehearse(Question(TODAY, TODAY, customer_id=ada.pk), now=NOW))
    assert everything_stored() == before


def test_the_database_itself_refuses_to_write_while_rehearsing(ada: Customer) -> None:
    with pytest.raises(InternalError, match="read-only transaction"), transaction.atomic(), reading_only():
        Invoice.objects.update(description="changed")
    Invoice.objects.update(description="and afterwards it may be written again")


def test_as_many_queries_for_seven_customers_as_for_three(ada: Customer) -> None:
    owes(reachable("Finn Ferry"), "5.00", due="2026-03-04")  # nothing is due yet: of such a case more is asked
    tick(now=NOW)
    owes(reachable("Zoe Ash"), "5.00", due="2026-03-20")
    told()
    with CaptureQueriesContext(connection) as with_three:
        told()
    for place in range(4):
        owes(reachable(f"Grace {place}"), "10.00", due=f"2026-03-{1 + place:02d}")
    tick(now=NOW)
    with CaptureQueriesContext(connection) as with_seven:
        told()
    assert len(with_three) == len(with_seven) <= 35


def draft_with_day(offset: int) -> CampaignVersion:
    """A draft whose second reminder comes on this day."""
    draft = draft_of(Campaign.objects.get(), now=NOW)
    draft.steps.filter(offset_days=7).update(offset_days=offset)
    return draft


def test_a_draft_is_compared_with_todays_strategy(ada: Customer) -> None:
    [only] = told(Question(MONTH.first_on, MONTH.last_on, version=draft_with_day(5)))
    assert letters(only)[1] == (date(2026, 3, 6), 5)
    assert only.today is not None
    assert letters(Rehearsed(ada.pk, only.today))[1] == (date(2026, 3, 8), 7)


def test_a_draft_is_not_remembered(ada: Customer) -> None:
    draft = draft_with_day(5)
    question = Question(MONTH.first_on, MONTH.last_on, version=draft)
    told(question)
    draft.steps.filter(offset_days=5).update(offset_days=4)
    [only] = told(question)
    assert letters(only)[1] == (date(2026, 3, 5), 4)
    remembered = plans.plan.cache_info().currsize
    told(question)
    assert plans.plan.cache_info().currsize == remembered


def test_running_cases_keep_their_version_unless_asked(ada: Customer) -> None:
    tick(now=NOW)
    [only] = told(Question(MONTH.first_on, MONTH.last_on, version=draft_with_day(5)))
    assert only.events == only.today


def test_running_cases_are_tried_on_a_draft_as_if_they_were_moved(ada: Customer) -> None:
    tick(now=NOW)
    question = Question(MONTH.first_on, MONTH.last_on, version=draft_with_day(5), moves_cases=True)
    [only] = told(question)
    assert letters(only)[0] == (date(2026, 3, 6), 5)  # what was sent counts, and nothing is said twice
    remembered = plans.plan.cache_info().currsize
    question.version.steps.filter(offset_days=5).update(offset_days=4)  # type: ignore[union-attr]
    [only] = told(question)
    assert (letters(only)[0], plans.plan.cache_info().currsize) == ((date(2026, 3, 5), 4), remembered)


def test_the_campaign_is_chosen_by_what_is_open_on_the_day(ada: Customer) -> None:
    small = standard_campaign(now=NOW, name="Small sums", priority=1, steps=[(2, Tone.FRIENDLY)])
    Campaign.objects.filter(pk=small.campaign_id).update(
        conditions=[{"fact": "open_amount", "operator": "less_than", "value": "100 EUR"}]
    )
    zoe = reachable("Zoe Ash")
    owes(zoe, "80.00", due="2026-03-06")
    owes(zoe, "80.00", due="2026-03-20")  # by then it is more; the case has long begun
    by_id = {customer.customer_id: customer for customer in told()}
    assert letters(by_id[zoe.pk])[0] == (date(2026, 3, 8), 2)
    assert letters(by_id[ada.pk])[0] == (date(2026, 3, 2), 1)


def test_a_campaign_that_rests_is_tried_as_if_it_were_active(ada: Customer) -> None:
    Campaign.objects.update(is_active=False)
    assert told() == []
    [only] = told(Question(MONTH.first_on, MONTH.last_on, version=CampaignVersion.objects.get()))
    assert (len(letters(only)), only.today) == (4, ())


def test_a_letter_under_review_is_taken_for_released_at_once(ada: Customer) -> None:
    draft = draft_of(Campaign.objects.get(), now=NOW)
    draft.is_reviewed = True
    draft.save()
    publish(draft, now=NOW)
    tick(now=NOW)
    assert not ada.notices.filter(state="sent").exists()
    [only] = told()
    assert letters(only)[:2] == [(date(2026, 3, 2), 1), (date(2026, 3, 8), 7)]
    assert "a manager reviews it first" in only.events[0].reason


def test_charges_bring_the_money_where_that_is_assumed(provider: Provider) -> None:
    standard_campaign(now=NOW, charge_on=0)
    ada = reachable("Ada Lindgren")
    owes(ada, "120.00", due="2026-03-01")
    owes(ada, "30.00", due="2026-03-20")
    cards.keep(ada, TEST_CARDS["test_4242"].card, gateway="sandbox", now=NOW, may_charge=True)
    [paid] = told(Question(MONTH.first_on, MONTH.last_on, charges=Charges.SUCCEED))
    shown = [(event.on.day, event.kind.value, *(str(a.normalize()) for _, a in event.amounts)) for event in paid.events]
    assert [line for line in shown if line[1] != "skipped"] == [
        (2, "opened"), (2, "charge", "1.2E+2"), (2, "closed"),
        (17, "opened"), (17, "letter", "3E+1"), (20, "charge", "3E+1"), (20, "closed"),
    ]  # fmt: skip
    [refused] = told()
    assert len([event for event in refused.events if event.kind == Kind.CHARGE]) > 2


def test_whoever_cannot_be_decided_is_told_and_stops_nobody(ada: Customer) -> None:
    grace = reachable("Grace Okafor")
    owes(grace, "10.00", due="2026-03-01")
    Invoice.objects.filter(customer=grace).update(due_on=date.min)  # no calendar has the days before it
    by_id = {customer.customer_id: customer for customer in told()}
    assert letters(by_id[ada.pk])
    [event] = by_id[grace.pk].events
    assert (event.kind, event.reason[:20]) == (Kind.PERSON, "could not be decided")


def test_days_that_have_passed_and_spans_without_end_are_refused() -> None:
    with pytest.raises(RehearsalRefusal, match="has passed"):
        check(Question(TODAY - timedelta(days=1), TODAY), now=NOW)
    with pytest.raises(RehearsalRefusal, match="1 to 366"):
        check(Question(TODAY, TODAY + timedelta(days=400)), now=NOW)


def test_the_result_is_stored_once_and_older_ones_are_forgotten(ada: Customer) -> None:
    for _ in range(rehearsals.KEPT + 2):
        asked = rehearsals.ask(MONTH, now=NOW, by=None)
        rehearsals.carry_out(asked, now=NOW)
    rehearsals.carry_out(asked, now=NOW)  # rung twice
    assert Rehearsal.objects.count() == rehearsals.KEPT
    assert RehearsedCustomer.objects.filter(rehearsal=asked).count() == 1
    assert (asked.state, asked.looked_at, asked.to_look_at, asked.percent) == ("done", 1, 1, 100)
    assert asked.sum.whole.counts[Kind.LETTER] == 4
    assert asked.sum.days[TODAY].money[Kind.LETTER, "EUR"] == 120


def test_rehearsal_under_way_is_not_forgotten_for_newer_ones(provider: Provider) -> None:
    standard_campaign(now=NOW)
    running, stalled = (rehearsals.ask(MONTH, now=NOW, by=None) for _ in range(2))
    long_ago = NOW - rehearsals.STALLED_AFTER
    Rehearsal.objects.filter(pk=running.pk).update(state="running", seen_at=NOW)
    Rehearsal.objects.filter(pk=stalled.pk).update(state="running", seen_at=long_ago)
    for _ in range(rehearsals.KEPT):
        rehearsals.ask(MONTH, now=NOW, by=None)
    assert set(Rehearsal.objects.filter(state="running")) == {running}


def test_a_rehearsal_of_nobody_ends_too(provider: Provider) -> None:
    asked = rehearsals.ask(MONTH, now=NOW, by=None)
    rehearsals.carry_out(asked, now=NOW)
    assert (asked.state, asked.sum.customers) == ("done", 0)
