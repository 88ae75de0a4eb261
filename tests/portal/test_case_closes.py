from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from dunning.models import Case, Notice
from dunning.operations.tick import tick
from tests.campaigns import standard_campaign
from tests.people import owes, reachable
from tests.portal.conftest import Door, words
from tests.provider import Provider

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]


def test_paying_closes_the_case_at_once_and_only_thanks_follow(provider: Provider, door: Open) -> None:
    start = (timezone.now() - timedelta(days=10)).replace(hour=10)
    standard_campaign(now=start)
    ada = reachable("Ada Lindgren")
    owes(ada, "420.00", due=(start.date() - timedelta(days=2)).isoformat())
    tick(now=start)
    assert Case.objects.get().state == "open"

    assert "Thank you!" in words(door(ada).pay())
    case = Case.objects.get()
    assert (case.state, case.next_action_at) == ("closed", None)
    for day in range(40):
        tick(now=(timezone.now() + timedelta(days=day + 1)).replace(hour=10))
    sent = list(Notice.objects.filter(state="sent").order_by("pk").values_list("subject", flat=True))
    assert [subject for subject in sent if subject.startswith("Day")] == ["Day 1"]
    assert sent[1:] == ["Thank you"]


def test_part_payment_leaves_the_case_open(provider: Provider, door: Open) -> None:
    standard_campaign(now=timezone.now())
    ada = reachable("Ada Lindgren")
    owes(ada, "420.00", due=(timezone.now().date() - timedelta(days=2)).isoformat())
    tick(now=timezone.now())
    door(ada).pay("part", amount="20")
    assert Case.objects.get().state == "open"
