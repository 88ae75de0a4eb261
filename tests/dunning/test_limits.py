"""Reading and storing what limits contact: shipped rows, their history, a fixed number of queries."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from customers.models import ContactStop, Hold
from customers.operations import consideration, holds
from customers.rules.holds import HoldKind
from dunning.models import Case, ContactCap, ContactHours
from dunning.operations import calls
from dunning.operations.calls import CallRefusal
from dunning.operations.shipped_limits import store_shipped_limits
from dunning.operations.tick import tick
from dunning.rules.limits import Cap
from dunning.snapshot.cases import Subject, gather
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, person, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db


def test_storing_the_shipped_rows_again_changes_nothing() -> None:
    before = list(ContactCap.objects.values()), list(ContactHours.objects.values())
    assert all(before)
    store_shipped_limits()
    assert (list(ContactCap.objects.values()), list(ContactHours.objects.values())) == before


@pytest.mark.parametrize("model", [ContactCap, ContactHours])
def test_row_that_has_begun_is_never_changed(model: type[ContactCap | ContactHours]) -> None:
    with pytest.raises(DatabaseError, match="keeps its history"), transaction.atomic():
        model.objects.update(source="somebody")


def test_caps_and_hours_are_those_of_the_country() -> None:
    names = {"US": "Ada Lindgren", "AU": "Grace Okafor", "": "Marie Delacroix"}
    people = {country: person(name, country=country).pk for country, name in names.items()}
    version = standard_campaign(now=NOW)
    facts = gather([Subject(None, pk, version.pk) for pk in people.values()], now=NOW)
    found = {fact.customer_id: fact.limits for fact in facts}
    everywhere = {(1, 1, ""), (3, 7, "")}
    caps = {country: {(cap.at_most, cap.days, cap.channel) for cap in found[pk].caps} for country, pk in people.items()}
    assert caps == {
        "US": everywhere | {(7, 7, "call"), (1, 7, "call")},
        "AU": everywhere | {(10, 30, "")},
        "": everywhere,
    }
    assert [len(found[pk].hours) for pk in people.values()] == [1, 2, 0]
    assert Cap(1, 7, "12 CFR 1006.14(b)(2)(i)(B), Regulation F", "call", talks_only=True) in found[people["US"]].caps


@pytest.mark.parametrize("customers", [1, 3])
def test_facts_of_a_batch_cost_the_same_queries(
    customers: int, provider: Provider, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    version = standard_campaign(now=NOW)
    for name in ("Ada Lindgren", "Grace Okafor", "Marie Delacroix")[:customers]:
        customer = reachable(name, country="US")
        owes(customer, "10.00", due="2026-03-01")
        consideration.refuse(customer, consideration.Said("sms", "", "By e-mail", now=NOW, by=None))
        consideration.mark_vulnerable(customer, note="carer helps", now=NOW, by=None)
        holds.place(customer, kind=HoldKind.PROMISE, reason="soon", until_on=None, now=NOW, by=None)
        calls.record(customer, called_at=NOW, is_talk=True, now=NOW, by=None)
    tick(now=NOW)
    cases = Case.objects.values_list("pk", "customer_id")
    subjects = [Subject(case_id, customer_id, version.pk) for case_id, customer_id in cases]
    gather(subjects, now=NOW)
    with django_assert_num_queries(13):
        facts = gather(subjects, now=NOW)
    assert len(facts) == customers
    assert all(fact.limits.is_vulnerable and fact.limits.stops and fact.limits.contacts for fact in facts)


def test_call_that_is_still_to_come_is_refused() -> None:
    with pytest.raises(CallRefusal, match="still to come"):
        calls.record(person(), called_at=NOW + timedelta(hours=1), is_talk=True, now=NOW, by=None)


def test_database_refuses_what_no_screen_lets_through() -> None:
    ada = person()
    nothing = {"blocks_contact": False, "blocks_charges": False, "blocks_claims": False}
    with pytest.raises(IntegrityError, match="hold_blocks_something"), transaction.atomic():
        Hold.objects.create(customer=ada, reason="?", placed_at=NOW, **nothing)
    with pytest.raises(IntegrityError, match="customer_is_vulnerable_with_a_note"), transaction.atomic():
        type(ada).objects.update(vulnerable_since=NOW)
    wish = {"channel": "", "topic": "", "source": "By e-mail"}
    ContactStop.objects.create(customer=ada, since=NOW, released_at=NOW, **wish)
    ContactStop.objects.create(customer=ada, since=NOW, **wish)
    with pytest.raises(IntegrityError, match="one_contact_stop_in_force"), transaction.atomic():
        ContactStop.objects.create(customer=ada, since=NOW, **wish)
