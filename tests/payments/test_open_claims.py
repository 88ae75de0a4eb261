"""Which claims letters and the customer's page tell of."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Hold
from customers.operations import holds
from payments.models import Claim, ClaimPolicy
from payments.operations import claims
from payments.operations.claims import raise_due
from payments.queries.open_claims import open_claims
from payments.rules.open_claims import OpenClaim
from tests.claiming import business, interest_on
from tests.people import NOW, owes, paid

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(days=30)


def told(customer: int) -> list[OpenClaim]:
    return open_claims([customer], now=LATE).get(customer, [])


def test_interest_is_told_as_it_stands_today_and_with_its_end(by_law: ClaimPolicy) -> None:
    ada = business()
    invoice = owes(ada, "10000.00", due="2026-02-14", number="R-1")
    raise_due(now=LATE)
    lump, interest = sorted(told(ada.pk), key=lambda one: -one.amount)[::-1]
    assert (lump.amount, lump.law, lump.is_running) == (Decimal(40), "§ 288 (5) BGB", False)
    assert (interest.amount, interest.is_running) == (interest_on(invoice, LATE.date()), True)
    paid(invoice, LATE)
    raise_due(now=LATE)
    assert [one.is_running for one in told(ada.pk)] == [False, False]


def test_what_is_waived_or_rests_is_not_told_of(by_law: ClaimPolicy) -> None:
    ada = business()
    owes(ada, "100.00", due="2026-02-14")
    raise_due(now=LATE)
    lump = Claim.objects.get(kind="lump_sum")
    claims.waive(lump, reason="An old customer", now=LATE, by=None)
    assert [one.kind for one in told(ada.pk)] == ["interest"]
    holds.place(ada, kind=Hold.Kind.BEREAVEMENT, reason="Her father", until_on=None, now=LATE, by=None)
    assert told(ada.pk) == []


def test_many_customers_are_asked_for_in_as_many_queries_as_one(by_law: ClaimPolicy) -> None:
    everybody = [business(f"Ada {n}") for n in range(3)]
    for ada in everybody:
        owes(ada, "100.00", due="2026-02-14")
    raise_due(now=LATE)
    with CaptureQueriesContext(connection) as of_one:
        open_claims([everybody[0].pk], now=LATE)
    with CaptureQueriesContext(connection) as of_all:
        assert len(open_claims([ada.pk for ada in everybody], now=LATE)) == 3
    assert len(of_all) == len(of_one) <= 9
