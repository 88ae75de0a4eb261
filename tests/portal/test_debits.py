"""The customer's page while a debit that the gateway began is on its way."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from customers.models import Customer
from tests.charging import balances, debit_elsewhere
from tests.people import owes
from tests.portal.conftest import Door, words

pytestmark = pytest.mark.django_db(transaction=True)


def test_debit_for_one_invoice_leaves_the_other_to_pay(ada: Customer, door: Callable[[Customer], Door]) -> None:
    debited = owes(ada, "49.00", due="2026-02-01", number="R-1")
    owes(ada, "80.50", due="2026-02-10", number="R-2")
    debit_elsewhere(ada, debited, started_at=timezone.now())
    at_door = door(ada)
    page = words(at_door.get())
    assert "€80.50 open" in page and "R-2" in page and "R-1" not in page
    assert "A bank debit of €49.00 is on its way as well. You do not need to pay that amount again." in page
    assert "Thank you!" in words(at_door.pay())
    assert balances(ada) == [49, 0]


@pytest.mark.parametrize("is_known", [True, False], ids=["for all that is open", "for nobody knows what"])
def test_debit_for_all_that_is_open_leaves_nothing_to_pay(
    ada: Customer, door: Callable[[Customer], Door], *, is_known: bool
) -> None:
    invoice = owes(ada, "49.00", number="R-1")
    debit_elsewhere(ada, *([invoice] if is_known else []), started_at=timezone.now())
    page = door(ada).get()
    assert "As soon as we know whether the €49.00 arrived, you see it here." in words(page)
    assert 'name="key"' not in page.content.decode()
