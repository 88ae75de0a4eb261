"""How a customer pays, on their page and on that of their case, and the switch beside it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from dunning.models import CampaignVersion, Profile
from tests.screens.books import case_of
from tests.screens.pressing import address, press


@pytest.fixture
def regular(ada: Customer) -> Customer:
    """Ada, of whom enough is known."""
    facts = {"pays": "late", "usual_days_late": 6, "settled": 9, "late": 7, "weekday": 4, "weekday_times": 6}
    facts |= {"weekday_of": 7, "hour": 9, "hour_times": 3, "hour_of": 4, "promises_made": 3, "promises_kept": 2}
    step = CampaignVersion.objects.get().steps.get(offset_days=7)
    profile = {**facts, "worked_step": step, "is_stale": False, "computed_at": timezone.now()}
    Profile.objects.update_or_create(customer=ada, defaults=profile)
    return ada


def pages(customer: Customer) -> list[str]:
    case = case_of(customer)
    return [
        reverse("admin:customers_customer_change", args=[customer.pk]),
        reverse("admin:dunning_case_change", args=[case.pk]),
    ]


def test_both_pages_tell_the_profile_and_how_it_is_known(collector: Client, regular: Customer) -> None:
    for page in pages(regular):
        html = collector.get(page).content.decode()
        assert "Usually pays 6 days late, on Thursday mornings; 2 of 3 promises kept" in html
        assert "the clear reminder (day +7) worked last time." in html
        assert "9 settled invoices looked at, 7 of them paid more than 3 days late" in html
        assert "letters wait up to 2 days for a Thursday" in html


def test_customer_without_a_profile_is_told_so(collector: Client, ada: Customer) -> None:
    Profile.objects.all().delete()
    for page in pages(ada):
        assert "Nothing counted yet: profiles are made by night." in collector.get(page).content.decode()


def test_switch_stands_on_both_pages_and_is_recorded(collector: Client, regular: Customer) -> None:
    for row in (regular, case_of(regular)):
        assert press(collector, "ignore_habits", row) == [
            "Letters to this customer leave exactly as the campaign has it."
        ]
        assert not Profile.objects.get().is_used
        assert all("Letters leave exactly as" in collector.get(page).content.decode() for page in pages(regular))
        assert press(collector, "go_by_habits", row) == [
            "Letters go by this customer's habits again, where the campaign allows it."
        ]
        assert Profile.objects.get().is_used
    assert LogEntry.objects.count() == 4


def test_auditor_sees_the_profile_and_no_switch(auditor: Client, regular: Customer) -> None:
    for page in pages(regular):
        html = auditor.get(page).content.decode()
        assert "Usually pays 6 days late" in html
        assert "Ignore their habits" not in html
    assert auditor.get(address("ignore_habits", regular)).status_code == 403


def test_draft_says_whether_it_goes_by_habits(manager: Client, ada: Customer) -> None:
    version = CampaignVersion.objects.get()
    html = manager.get(reverse("admin:dunning_campaignversion_change", args=[version.pk])).content.decode()
    assert "Goes by customers" in html
