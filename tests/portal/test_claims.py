"""The customer's page says what is claimed for the delay."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from payments.models import ClaimPolicy
from payments.operations.claims import raise_due
from tests.people import owes, paid
from tests.portal.conftest import Door, words

pytestmark = pytest.mark.django_db


def test_claims_stand_beside_what_is_open_and_stay_when_it_is_paid(
    ada: Customer, door: Callable[[Customer], Door]
) -> None:
    now = timezone.now()
    ClaimPolicy.objects.create(is_on=True, source="Maria, manager", valid_from="2026-01-01")
    Customer.objects.update(kind="business", country="DE", language="de")
    invoice = owes(ada, "100.00", due=f"{now - timedelta(days=10):%Y-%m-%d}", number="R-1")
    raise_due(now=now)
    ada.refresh_from_db()
    page = words(door(ada).get())
    assert "100,00 € offen" in page.replace("\xa0", " ")
    assert "40,00 €: Pauschale für Rechnung R-1 (§ 288 (5) BGB)" in page.replace("\xa0", " ")
    assert "Im offenen Betrag ist es nicht enthalten" in page
    paid(invoice, now)
    assert "Pauschale für Rechnung R-1" in words(door(ada).get())
