"""Charging on the desk: what comes next on the case, what was refused in its story, how many tries a card has used."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from dunning.models import CampaignVersion, Case
from dunning.operations.campaigns import CampaignRefusal, draft_of, publish
from dunning.operations.opening import open_cases
from dunning.operations.tick import tick
from payments.gateways.sandbox import TEST_CARDS, SandboxGateway
from payments.models import PaymentMethod
from payments.operations import cards
from tests.campaigns import standard_campaign
from tests.charging import debit_elsewhere
from tests.people import owes, person, reachable
from tests.screens.pressing import plain, press
from tests.screens.test_campaigns import PAGE, form_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def iris(gateway: SandboxGateway) -> Customer:
    """A customer with an invoice that falls due today, and a card that has no money on it."""
    standard_campaign(now=timezone.now() - timedelta(days=9), charge_on=0)
    iris = reachable("Iris Vermeer", time_zone=f"Etc/GMT{timezone.now().hour - 12:+d}")  # where it is noon
    owes(iris, "80.00", due=f"{timezone.now():%Y-%m-%d}")
    cards.keep(iris, TEST_CARDS["test_9995"].card, gateway="sandbox", now=timezone.now(), may_charge=True)
    return iris


def shown(client: Client, subject: Any) -> str:
    page = client.get(reverse(f"admin:{subject._meta.label_lower.replace('.', '_')}_change", args=[subject.pk]))
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def test_the_case_shows_what_comes_next_for_the_card_and_what_was_refused(collector: Client, iris: Customer) -> None:
    open_cases(now=timezone.now())
    case = Case.objects.get(customer=iris)
    page = shown(collector, case)
    assert "Visa ending 9995" in page
    assert "may be charged" in page
    assert "About to be charged: 80.00 EUR from Visa ending 9995" in page
    for _ in range(2):
        tick(now=timezone.now())
    page = shown(collector, case)
    assert "Charge of 80.00 EUR to Visa ending 9995: declined" in page
    assert "insufficient_funds" in page
    assert "Next try" in page


def test_a_case_says_why_nothing_is_charged(collector: Client, iris: Customer) -> None:
    PaymentMethod.objects.update(charge_agreed_at=None)
    open_cases(now=timezone.now())
    assert "Nothing is charged: the customer has not agreed to it" in shown(collector, Case.objects.get())


def test_a_stored_card_shows_how_many_tries_are_used(collector: Client, iris: Customer) -> None:
    tick(now=timezone.now())
    page = shown(collector, PaymentMethod.objects.get())
    assert "1 of 20 tries in 30 days (Visa)" in page


def test_a_charge_step_needs_no_text_and_a_letter_does(manager: Client) -> None:
    draft = draft_of(standard_campaign(now=timezone.now()).campaign, now=timezone.now())
    url = reverse(PAGE, args=[draft.pk])
    page = manager.post(url, form_of(draft, step_1={"kind": "charge"}))
    assert "A charge sends nothing. Leave this empty" in page.content.decode()
    page = manager.post(url, form_of(draft, step_1={"template": ""}))
    assert "Choose what is sent." in page.content.decode()
    page = manager.post(url, form_of(draft, step_0={"kind": "charge", "template": ""}))
    assert "nothing is owed before" in page.content.decode()
    change = {"kind": "charge", "template": "", "offset_days": 7}
    assert manager.post(url, form_of(draft, step_1=change)).status_code == 302
    assert [str(step) for step in draft.steps.order_by("position")][1:3] == [
        "charge of the stored card (day +7)",
        "clear reminder (day +7)",
    ]
    publish(draft, now=timezone.now())
    assert CampaignVersion.objects.get(number=2).published_at


def test_two_charges_on_one_day_are_not_published(manager: Client) -> None:
    draft = draft_of(standard_campaign(now=timezone.now(), charge_on=0).campaign, now=timezone.now())
    step = draft.steps.get(kind="charge")
    step.pk, step.position = None, 101
    step.save(force_insert=True)
    with pytest.raises(CampaignRefusal, match="Two charges on the same day"):
        publish(draft, now=timezone.now())


def test_debit_that_never_ends_is_given_up_by_a_manager(collector: Client, manager: Client) -> None:
    nia, now = person("Nia Mensah"), timezone.now()
    fresh, overdue = [
        debit_elsewhere(nia, owes(nia, "49.00"), started_at=now - timedelta(days=days)) for days in (29, 31)
    ]
    listed = manager.get(reverse("admin:payments_chargeattempt_changelist"), {"unclear": "yes"}).context["cl"]
    assert list(listed.queryset) == [overdue]
    label = "No money comes of it"
    assert [label in shown(who, row) for who, row in ((manager, fresh), (collector, overdue), (manager, overdue))] == [
        False,
        False,
        True,
    ]
    assert [plain(said) for said in press(manager, "give_up", overdue)] == ["49.00 EUR is not waited for any more."]
    overdue.refresh_from_db()
    assert (overdue.state, overdue.decline_code) == ("abandoned", "given_up")
