"""The page of a customer who pays in instalments."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from tests.people import owes, pays
from tests.plans import agree
from tests.portal.conftest import Door, words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("days", "due"), [(0, "€100.00 of it is due now"), (5, "")])
def test_only_instalments_whose_day_has_come_are_called_due(
    ada: Customer, door: Callable[[Customer], Door], days: int, due: str
) -> None:
    owes(ada, "300.00", due="2026-02-01")
    agree(ada, now=timezone.now(), first_on=timezone.localdate() + timedelta(days=days))
    page = words(door(ada).get())
    assert "€300.00" in page
    assert due in page if due else "is due now" not in page
    assert page.count("€100.00") >= 3 and ("due now" if due else "still to come") in page


def test_every_instalment_stands_there_with_what_became_of_it(ada: Customer, door: Callable[[Customer], Door]) -> None:
    owes(ada, "300.00", due="2026-02-01")
    agree(ada, now=timezone.now(), first_on=timezone.localdate())
    pays(ada, "120.00", timezone.now())
    page = words(door(ada).get())
    assert "Your instalments" in page and "€100.00 paid" in page and "€80.00 is missing" in page
