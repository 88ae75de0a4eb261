"""Instalment plans on the desk: proposed, looked at, agreed, ended."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from payments.models import InstalmentPlan
from tests.people import owes, pays, person
from tests.screens.books import books_with
from tests.screens.pressing import plain, press

PROPOSE = reverse("admin:payments_instalmentplan_propose")


@pytest.fixture
def grace(db: None) -> Customer:
    grace = person("Grace Okafor")
    owes(grace, "100.00", number="R-1")
    owes(grace, "50.00", number="R-2")
    owes(grace, "7000", "JPY", number="R-3")
    return grace


def asked(customer: Customer, **other: Any) -> dict[str, Any]:
    euros = list(customer.invoices.filter(currency="EUR").values_list("pk", flat=True))
    first = (timezone.localdate() + timedelta(days=5)).isoformat()
    return {
        "customer": customer.pk, "invoices": euros, "parts": 4, "interval": "fortnight", "first_on": first,
        "patience_days": 3, **other,
    }  # fmt: skip


def agree_to(client: Client, customer: Customer, **other: Any) -> str:
    told = {**asked(customer), "total": "150.00", **other}
    page = client.post(f"{PROPOSE}?customer={customer.pk}", told, follow=True)
    assert page.status_code == 200
    return plain(page.content.decode())


def test_page_proposes_what_is_open_in_the_oldest_currency(collector: Client, grace: Customer) -> None:
    page = collector.get(PROPOSE, {"customer": grace.pk})
    assert [line["amount"] for line in page.context["lines"]] == [50, 50, 50]
    assert "150.00 EUR in 3 instalments" in plain(page.content.decode())
    assert not InstalmentPlan.objects.exists()


def test_schedule_follows_what_is_asked_and_changes_nothing(collector: Client, grace: Customer) -> None:
    page = collector.get(PROPOSE, asked(grace))
    assert [str(line["amount"]) for line in page.context["lines"]] == ["37.50"] * 4
    assert not InstalmentPlan.objects.exists()


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"parts": "0"}, "greater than or equal to 1"),
        ({"first_on": "2020-01-01"}, "Choose a first day from today on"),
        ({"interval": "year"}, "Select a valid choice"),
        ({"invoices": "none"}, "not a valid value"),
        ({"first_on": "soon"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_agreed_is_said_on_the_page(
    collector: Client, grace: Customer, other: dict[str, Any], message: str
) -> None:
    page = collector.get(PROPOSE, asked(grace, **other))
    assert message in page.content.decode()
    assert "lines" not in page.context


def test_two_currencies_make_no_plan(collector: Client, grace: Customer) -> None:
    page = collector.get(PROPOSE, asked(grace, invoices=list(grace.invoices.values_list("pk", flat=True))))
    assert "A plan has one currency" in page.content.decode()


def test_agreed_plan_is_the_one_that_was_shown(collector: Client, grace: Customer) -> None:
    page = agree_to(collector, grace)
    assert "150.00 EUR is paid in 4 instalments." in page
    plan = InstalmentPlan.objects.get()
    assert (plan.amount, plan.patience_days, plan.made_by.username) == (150, 3, "karl")  # type: ignore[union-attr]
    assert plan.instalments.count() == 4


def test_plan_shown_before_a_payment_arrived_is_not_agreed_but_shown_anew(collector: Client, grace: Customer) -> None:
    pays(grace, "30.00", timezone.now())
    page = agree_to(collector, grace)
    assert "120.00 EUR is open by now, not 150.00 EUR" in page
    assert "120.00 EUR in 4 instalments" in page
    assert not InstalmentPlan.objects.exists()


def test_double_click_makes_one_plan(collector: Client, grace: Customer) -> None:
    agree_to(collector, grace)
    agree_to(collector, grace)
    assert InstalmentPlan.objects.count() == 1


def test_plan_is_ended_with_a_reason_once(collector: Client, grace: Customer) -> None:
    agree_to(collector, grace)
    plan = InstalmentPlan.objects.get()
    assert press(collector, "end", plan, reason="") == ["This field is required."]
    [said] = press(collector, "end", plan, reason="They sold the house and pay at once")
    assert said.startswith("The plan has ended")
    assert "Nothing was changed" in press(collector, "end", plan, reason="again")[0]


def test_plan_s_page_tells_what_is_paid_and_missing(auditor: Client, collector: Client, grace: Customer) -> None:
    agree_to(collector, grace)
    pays(grace, "40.00", timezone.now())
    plan = InstalmentPlan.objects.get()
    page = plain(auditor.get(reverse("admin:payments_instalmentplan_change", args=[plan.pk])).content.decode())
    assert "40.00 EUR of 150.00 EUR paid" in page
    assert "35.00" in page and "End the plan" not in page
    listed = plain(auditor.get(reverse("admin:payments_instalmentplan_changelist")).content.decode())
    assert "40.00 EUR, 26 %" in listed and "Still open" in listed


def test_empty_list_says_what_to_do(collector: Client) -> None:
    assert "Agree on instalments" in collector.get(reverse("admin:payments_instalmentplan_changelist")).content.decode()


def test_customer_and_case_lead_to_the_proposal_and_tell_of_the_plan(collector: Client) -> None:
    ada = books_with(1)[0]
    case = ada.cases.get()
    for url in (
        reverse("admin:customers_customer_change", args=[ada.pk]),
        reverse("admin:dunning_case_change", args=[case.pk]),
    ):
        page = plain(collector.get(url).content.decode())
        assert f"{PROPOSE}?customer={ada.pk}" in page
        assert "in instalments" in page and "30.00 EUR" in page
    assert "30.00 EUR to be paid in instalments" in page


@pytest.mark.parametrize("number", ["", "0", "x", "99999999999999999999"])
def test_nobody_s_proposal_is_no_stack_trace(collector: Client, number: str) -> None:
    assert collector.get(PROPOSE, {"customer": number}).status_code in (200, 404)
