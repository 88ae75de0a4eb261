"""Which campaign a customer gets: by conditions in order of priority, or chosen by hand; and at what cost."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from customers.models import Customer, Hold, LedgerEntry
from customers.operations import holds
from customers.operations.ledger import Posting, post
from dunning.models import Campaign, Case, Notice, Step, StepRun
from dunning.operations import drafts
from dunning.operations.campaigns import CampaignRefusal, draft_of, publish
from dunning.operations.links import issue
from dunning.operations.opening import open_cases
from dunning.operations.tick import tick
from dunning.snapshot.candidates import would_open
from dunning.snapshot.cases import Subject, gather
from payments.models import ChargeAttempt
from tests.campaigns import only, standard_campaign
from tests.choosing import campaign_for, names
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


def settled(customer: Customer, *days_late: int) -> None:
    """Invoices that were paid so many days after they fell due, the newest first."""
    for months, late in enumerate(days_late, start=1):
        due_on = date(2026, 1, 31) - timedelta(days=30 * months)
        invoice = owes(customer, "50.00", due=due_on.isoformat(), number=f"{customer.number}-paid-{months}")
        paid_on = due_on + timedelta(days=late)
        post([Posting(invoice.pk, LedgerEntry.Kind.PAID, -Decimal(50), paid_on, "desk")], now=NOW)


def test_two_campaigns_divide_customers_by_amount_and_history(provider: Provider) -> None:
    campaign_for("Gentle", ("history", "one_of", "new; late for the first time"), priority=1)
    campaign_for("Large", ("open_amount", "at_least", "500 EUR"), priority=2)
    campaign_for("Standard", priority=3)
    for name, amount, late in (
        ("Ada Lindgren", "900.00", (0, 0, 1)), ("Grace Okafor", "900.00", (40, 0, 30)), ("Jun Tanaka", "90.00", (9, 9)),
        ("Marie Roux", "90.00", ()),
    ):  # fmt: skip
        customer = reachable(name)
        settled(customer, *late)
        owes(customer, amount, due="2026-03-01")
    tick(now=NOW)
    assert names() == {
        "Ada Lindgren": "Gentle", "Grace Okafor": "Large", "Jun Tanaka": "Standard", "Marie Roux": "Gentle",
    }  # fmt: skip
    said = Case.objects.get(customer__name="Grace Okafor").events.get(kind="opened").text
    assert said.endswith("1 March 2026. “Large”, as open amount is at least 500.00 EUR")


@pytest.mark.parametrize(
    ("asked", "facts"),
    [
        (("tag", "is", "vip"), {"tags": ["vip", "a"]}),
        (("country", "is", "DE"), {"country": "DE"}),
        (("language", "is", "de"), {"language": "de"}),
        (("kind", "is", "consumer"), {"kind": "consumer"}),
        (("segment", "one_of", "key; retail"), {"segment": "retail"}),
        (("customer_for", "less_than", "30"), {"since_on": date(2026, 2, 20)}),
    ],
)
def test_facts_of_the_customer_are_read(asked: tuple[str, str, str], facts: dict[str, Any]) -> None:
    campaign_for("Special", asked)
    campaign_for("Standard", priority=2)
    owes(reachable("Ada Lindgren", **facts), "10.00", due="2026-03-01")
    owes(reachable("Grace Okafor", country="FR"), "10.00", due="2026-03-01")
    open_cases(now=NOW)
    assert names() == {"Ada Lindgren": "Special", "Grace Okafor": "Standard"}


def test_last_refusal_counts_until_a_charge_succeeds() -> None:
    campaign_for("No money", ("card_refusal", "is", "no funds"))
    for name, states in (("Ada Lindgren", ["declined"]), ("Grace Okafor", ["declined", "succeeded"]), ("Jun", [])):
        customer = reachable(name)
        owes(customer, "10.00", due="2026-03-01")
        for place, state in enumerate(states):
            ChargeAttempt.objects.create(
                customer=customer, gateway="sandbox", amount=10, currency="EUR", state=state, look_at=NOW,
                decline_code="insufficient_funds", idempotency_key=f"{name} {place}",
                started_at=NOW - timedelta(days=9 - place), finished_at=NOW,
            )  # fmt: skip
    open_cases(now=NOW)
    assert names() == {"Ada Lindgren": "No money"}


def test_campaign_that_begins_early_does_not_take_what_another_one_is_for() -> None:
    campaign_for("Large", ("open_amount", "at_least", "500 EUR"))
    standard_campaign(now=NOW, name="Standard", priority=2)  # from three days before the due date
    owes(reachable("Ada Lindgren"), "900.00", due="2026-03-04")
    owes(reachable("Grace Okafor"), "90.00", due="2026-03-04")
    open_cases(now=NOW)
    assert names() == {"Grace Okafor": "Standard"}
    open_cases(now=NOW + timedelta(days=2))
    assert names() == {"Ada Lindgren": "Large", "Grace Okafor": "Standard"}


def test_disputed_and_held_invoices_do_not_make_a_large_debt() -> None:
    campaign_for("Large", ("open_amount", "at_least", "500 EUR"))
    ada = reachable()
    owes(ada, "300.00", due="2026-03-01")
    held = owes(ada, "400.00", due="2026-03-01")
    holds.place(ada, kind=Hold.Kind.DISPUTE, reason="Broken", until_on=None, now=NOW, by=None, invoice=held)
    assert open_cases(now=NOW) == 0
    Hold.objects.update(released_at=NOW)
    assert open_cases(now=NOW) == 1


def test_condition_nobody_can_read_lets_nobody_in_and_stops_nobody_else() -> None:
    broken = [{"fact": "loyalty", "operator": "is", "value": "high"}, None]
    standard_campaign(now=NOW, name="Broken", conditions=broken, priority=1)
    campaign_for("Standard", priority=2)
    owes(reachable("Ada Lindgren"), "10.00", due="2026-03-01")
    open_cases(now=NOW)
    assert names() == {"Ada Lindgren": "Standard"}


def test_conditions_are_a_list_and_thanks_have_none() -> None:
    version = draft_of(campaign_for("Standard"), now=NOW)
    for change in (
        lambda: Campaign.objects.update(conditions={"fact": "tag"}),
        lambda: version.steps.filter(kind="reminder").update(conditions="x"),
        lambda: version.steps.filter(kind="thanks").update(conditions=only("tag", "is", "vip")),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def with_condition_on(day: int, *asked: str, name: str = "Standard") -> Campaign:
    campaign = standard_campaign(now=NOW, name=name).campaign
    draft = draft_of(campaign, now=NOW)
    drafts.set_conditions(draft.steps.get(kind="reminder", offset_days=day), only(*asked), now=NOW)
    publish(draft, now=NOW)
    return campaign


def test_step_only_above_500_is_skipped_below_it_and_sent_above(provider: Provider) -> None:
    with_condition_on(7, "open_amount", "at_least", "500 EUR")
    owes(reachable("Ada Lindgren"), "900.00", due="2026-03-01")
    owes(reachable("Grace Okafor"), "90.00", due="2026-03-01")
    for day in (0, 6):
        tick(now=NOW + timedelta(days=day))
    sent = [(letter["to"], letter["subject"]) for letter in provider.accepted()]
    assert sorted(sent) == [
        ("ada-lindgren@example.com", "Day 1"), ("ada-lindgren@example.com", "Day 7"),
        ("grace-okafor@example.com", "Day 1"),
    ]  # fmt: skip
    skipped = StepRun.objects.get(step__offset_days=7, outcome="skipped")
    assert skipped.reason == "only if the open amount is at least 500.00 EUR; it is 90.00 EUR"


def test_step_goes_only_to_those_who_did_not_open_the_last_letter(provider: Provider) -> None:
    with_condition_on(7, "last_letter", "is", "not opened")
    for name in ("Ada Lindgren", "Grace Okafor"):
        owes(reachable(name), "90.00", due="2026-03-01")
    tick(now=NOW)
    link = Notice.objects.get(customer__name="Ada Lindgren").link
    assert link
    type(link).objects.filter(pk=link.pk).update(first_visited_at=NOW)
    tick(now=NOW + timedelta(days=6))
    assert [letter["to"] for letter in provider.accepted() if letter["subject"] == "Day 7"] == [
        "grace-okafor@example.com"
    ]


def test_conditions_stay_with_a_frozen_version_and_move_on_to_the_next_draft() -> None:
    campaign = with_condition_on(7, "open_amount", "at_least", "500 EUR")
    step = Step.objects.get(version__number=2, offset_days=7)
    with pytest.raises(CampaignRefusal, match="frozen"):
        drafts.set_conditions(step, [], now=NOW)
    copied = draft_of(campaign, now=NOW).steps.get(offset_days=7)
    assert copied.conditions == step.conditions
    with pytest.raises(CampaignRefusal, match="no conditions"):
        drafts.set_conditions(copied.version.steps.get(kind="thanks"), only("tag", "is", "vip"), now=NOW)


def test_first_visit_of_a_link_is_remembered_and_nothing_else(client: Client) -> None:
    link, token = issue(reachable(), now=NOW)
    type(link).objects.update(expires_at=NOW + timedelta(days=9999))
    client.head(f"/p/{token}/")
    link.refresh_from_db()
    assert link.first_visited_at is None
    client.get(f"/p/{token}/")
    link.refresh_from_db()
    first = link.first_visited_at
    assert first
    client.get(f"/p/{token}/")
    link.refresh_from_db()
    assert link.first_visited_at == first


@pytest.mark.parametrize("customers", [1, 3])
def test_opening_takes_as_many_queries_for_three_customers_as_for_one(
    customers: int, django_assert_num_queries: Any, maria: User
) -> None:
    campaign_for("Gentle", ("history", "is", "late for the first time"), ("card_refusal", "is", "none"))
    campaign_for("Standard", priority=2)
    for n in range(customers):
        customer = reachable(f"Ada {n}")
        settled(customer, 0, 9)
        owes(customer, "10.00", due="2026-03-01")
    list(would_open(now=NOW))  # the campaign's version is read once and remembered
    with django_assert_num_queries(21):
        assert open_cases(now=NOW) == customers


@pytest.mark.parametrize("customers", [1, 3])
def test_gathering_takes_as_many_queries_for_three_customers_as_for_one(
    customers: int, django_assert_num_queries: Any
) -> None:
    version = with_condition_on(7, "history", "is", "new").versions.get(number=2)
    ids = [reachable(f"Ada {n}").pk for n in range(customers)]
    subjects = [Subject(None, pk, version.pk) for pk in ids]
    gather(subjects, now=NOW)
    with django_assert_num_queries(14):
        gather(subjects, now=NOW)
