"""Plans and claims under several workers and people at once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers.models import Customer
from payments.models import Claim, ClaimAllocation, ClaimPolicy, InstalmentPlan, PlanInvoice
from payments.operations import claims
from payments.operations.instalment_plans import PlanRefusal, break_late
from payments.queries.plans import with_progress
from tests.faults.racing import at_once
from tests.people import NOW, owes, pays, person
from tests.plans import agree

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("_round", range(5))
def test_plan_made_while_a_payment_arrives_asks_for_what_is_left(_round: int) -> None:
    ada = person("Ada Lindgren")
    owes(ada, "300.00")
    ends = at_once(
        lambda: pays(ada, "100.00", NOW),
        lambda: agree(ada, now=NOW, invoices=list(ada.invoices.all()), total=Decimal(300)),
    )
    refused = [end for end in ends if isinstance(end, Exception)]
    assert all(isinstance(end, PlanRefusal) and "200.00 EUR is open by now" in str(end) for end in refused)
    assert InstalmentPlan.objects.count() == 1 - len(refused)
    for plan in with_progress(InstalmentPlan.objects.all()):
        assert (plan.amount, plan.settled, plan.still_open) == (300, 100, 200)  # type: ignore[attr-defined]


def test_two_people_making_a_plan_at_once_make_one() -> None:
    ada = person("Ada Lindgren")
    owes(ada, "300.00")
    invoices = list(ada.invoices.all())
    ends = at_once(*(lambda: agree(ada, now=NOW, invoices=invoices) for _ in range(3)))
    assert sum(isinstance(end, PlanRefusal) for end in ends) == 2
    assert (InstalmentPlan.objects.count(), PlanInvoice.objects.count()) == (1, 1)


@pytest.mark.parametrize("_round", range(3))
def test_plan_paid_in_the_last_moment_is_never_half_broken(_round: int) -> None:
    ada = person("Ada Lindgren")
    owes(ada, "300.00")
    plan = agree(ada, now=NOW, first_on=date(2026, 3, 2))
    late = NOW + timedelta(days=8)
    ends = at_once(lambda: pays(ada, "100.00", late), lambda: break_late(now=late), lambda: break_late(now=late))
    assert [end for end in ends if isinstance(end, Exception)] == []
    plan.refresh_from_db()
    is_active = plan.state == "active"
    assert PlanInvoice.objects.filter(released_at=None).exists() == is_active
    assert is_active or sum(end for end in ends if isinstance(end, int)) == 1


def test_claims_are_raised_once_by_three_workers() -> None:
    ClaimPolicy.objects.create(is_on=True, source="Maria, manager", valid_from="2026-01-01")
    for number in range(20):
        owes(person(f"Ada {number}", country="DE", kind="business"), "10.00")
    ends = at_once(*(lambda: claims.raise_due(now=NOW) for _ in range(3)))
    assert [end for end in ends if isinstance(end, Exception)] == []
    assert Claim.objects.count() == 40


def test_credit_put_on_a_claim_by_two_people_goes_there_once() -> None:
    ClaimPolicy.objects.create(is_on=True, source="Maria, manager", valid_from="2026-01-01")
    ada = person("Ada Lindgren", country="DE", kind="business")
    owes(ada, "10.00")
    claims.raise_due(now=NOW)
    pays(ada, "100.00", NOW)
    claim = Claim.objects.get(kind="lump_sum")
    ends = at_once(*(lambda: claims.pay_from_credit(claim, now=NOW, by=None) for _ in range(2)))
    assert sum(isinstance(end, claims.ClaimRefusal) for end in ends) == 1
    assert sum(row.amount for row in ClaimAllocation.objects.all()) == 40
    assert Customer.objects.count() == 1
