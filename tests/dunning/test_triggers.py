"""What happened to a customer chooses the campaign of a new case, before any date does."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer, Hold
from customers.operations import holds
from dunning.models import Campaign, Case, CaseEvent
from dunning.operations.opening import open_cases
from dunning.operations.tick import tick
from dunning.rules.words import Tone
from payments.models import ChargeAttempt
from tests.campaigns import only, standard_campaign
from tests.people import NOW, owes, pays, reachable
from tests.plans import agree
from tests.provider import Provider

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
STANDARD, CARDS, PROMISES, PLANS = "Standard", "Failed cards", "Broken promises", "Broken plans"


def campaign(name: str, trigger: str = "overdue", *, priority: int = 100, **facts: object) -> Campaign:
    steps = [(-3, Tone.FRIENDLY), (1, Tone.FRIENDLY)]
    return standard_campaign(now=NOW, name=name, trigger=trigger, priority=priority, steps=steps, **facts).campaign


@pytest.fixture
def ada(provider: Provider) -> Customer:
    """Owes 10 EUR since two weeks; nobody has begun to remind her."""
    campaign(STANDARD, priority=1)
    campaign(CARDS, "failed_payment", priority=50)
    campaign(PROMISES, "broken_promise", priority=60)
    campaign(PLANS, "broken_plan", priority=70)
    ada = reachable()
    owes(ada, "10.00")
    return ada


def tried(customer: Customer, at: datetime, state: str = "declined", code: str = "do_not_honor") -> None:
    ChargeAttempt.objects.create(
        customer=customer, gateway="sandbox", amount=1, currency="EUR", state=state, started_at=at, look_at=at,
        idempotency_key=f"k{ChargeAttempt.objects.count()}", decline_code=code if state == "declined" else "",
    )  # fmt: skip


def followed(now: datetime = NOW) -> str:
    """The campaign of the case that is opened now."""
    open_cases(now=now)
    return Case.objects.get(state="open").version.campaign.name


def test_debt_that_is_due_begins_the_campaign_of_the_lowest_priority(ada: Customer) -> None:
    assert followed() == STANDARD


def test_failed_payment_goes_before_any_date_and_the_story_says_so(ada: Customer) -> None:
    tried(ada, NOW - 2 * DAY)
    assert followed() == CARDS
    assert "“Failed cards”, as the last card payment failed on 28 February 2026" in CaseEvent.objects.get().text


def test_failed_payment_is_forgotten_after_a_good_one_after_a_month_and_when_it_never_arrived(ada: Customer) -> None:
    tried(ada, NOW - 40 * DAY)
    tried(ada, NOW - DAY, code="never_arrived")
    assert followed() == STANDARD
    Case.objects.update(state="closed", closed_at=NOW, next_action_at=None)
    tried(ada, NOW - 3 * DAY)
    tried(ada, NOW - 2 * DAY, state="succeeded")
    assert followed() == STANDARD


def test_broken_promise_begins_its_campaign_and_a_kept_one_does_not(ada: Customer) -> None:
    grace, marie = reachable("Grace Okafor"), reachable("Marie Delacroix")
    for customer in (ada, grace, marie):
        invoice = owes(customer, "25.00", number=f"{customer.number}-promised")
        holds.place(customer, kind=Hold.Kind.PROMISE, reason="Said Friday", until_on=NOW.date() - DAY, now=NOW - 9 * DAY, by=None, invoice=invoice)  # fmt: skip  # noqa: E501
    pays(grace, "25.00", NOW - 2 * DAY)
    pays(marie, "24.00", NOW - 2 * DAY)  # 96 %: kept, as the report says
    owes(grace, "5.00", number="younger")
    open_cases(now=NOW)
    names = dict(Case.objects.values_list("customer__name", "version__campaign__name"))
    assert names == {"Ada Lindgren": PROMISES, "Grace Okafor": STANDARD, "Marie Delacroix": STANDARD}


def test_promise_that_the_desk_took_back_was_not_broken(ada: Customer) -> None:
    hold = holds.place(ada, kind=Hold.Kind.PROMISE, reason="x", until_on=NOW.date() - DAY, now=NOW - 9 * DAY, by=None)
    holds.release(hold, now=NOW - 3 * DAY)
    assert followed() == STANDARD


def test_plan_that_breaks_is_followed_by_its_own_campaign(ada: Customer) -> None:
    agree(ada, now=NOW)
    tick(now=NOW + DAY)
    later = NOW + 18 * DAY  # the first instalment fell due 8 days ago
    tick(now=later)
    assert Case.objects.get(state="open").version.campaign.name == PLANS


def test_conditions_hold_for_campaigns_with_a_trigger_too(ada: Customer) -> None:
    Campaign.objects.filter(name=CARDS).update(conditions=only("open_amount", "at_least", "500 EUR"))
    tried(ada, NOW - DAY)
    assert followed() == STANDARD


def test_open_case_keeps_its_campaign_whatever_happens(ada: Customer) -> None:
    assert followed() == STANDARD
    tried(ada, NOW + DAY)
    assert followed(NOW + 2 * DAY) == STANDARD


def test_nobody_gets_a_case_where_only_triggers_are_offered_and_none_happened(ada: Customer) -> None:
    Campaign.objects.filter(name=STANDARD).update(is_active=False)
    assert open_cases(now=NOW) == 0


def test_triggers_cost_one_query_for_a_batch(ada: Customer) -> None:
    def queries() -> int:
        Case.objects.update(state="closed", closed_at=NOW, next_action_at=None)
        with CaptureQueriesContext(connection) as made:
            open_cases(now=NOW)
        return len(made)

    for name in ("Grace Okafor", "Marie Delacroix"):
        tried(ada, NOW - DAY)
        owes(reachable(name), "10.00")
    with_triggers = queries()
    Campaign.objects.exclude(name=STANDARD).update(is_active=False)
    assert with_triggers == queries() + 1


def test_campaign_says_when_it_begins(ada: Customer, admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:dunning_campaign_changelist")).content.decode()
    assert "whoever: the last card payment failed" in page
    form = admin_client.get(reverse("admin:dunning_campaign_change", args=[Campaign.objects.get(name=PLANS).pk]))
    assert "an instalment plan was broken" in form.content.decode()
