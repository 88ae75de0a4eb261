"""A letter says what is claimed for the delay, and keeps still about what it does not ask for."""

from datetime import timedelta

import pytest

from customers.models import Customer, Hold
from customers.operations import holds
from dunning.models import Notice
from dunning.operations.tick import tick
from payments.models import ClaimPolicy
from payments.operations.claims import raise_due
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(days=8)


def test_letter_tells_of_claims_on_what_it_asks_for(provider: Provider) -> None:
    ClaimPolicy.objects.create(is_on=True, source="Maria, manager", valid_from="2026-01-01")
    standard_campaign(now=NOW)
    ada = reachable("Ada Lindgren", country="DE")
    Customer.objects.update(kind="business")
    owes(ada, "100.00", due="2026-02-20", number="R-1")
    disputed = owes(ada, "100.00", due="2026-02-21", number="R-2")
    raise_due(now=LATE)
    reason = "Two boxes were missing"
    holds.place(ada, kind=Hold.Kind.DISPUTE, reason=reason, until_on=None, now=LATE, by=None, invoice=disputed)
    tick(now=LATE)
    body = Notice.objects.get().body.replace("\xa0", " ")
    assert "– 40,00 €: lump sum for invoice R-1 (§ 288 (5) BGB)" in body
    assert "interest from 21 February 2026 until today on invoice R-1" in body
    assert "R-2" not in body
