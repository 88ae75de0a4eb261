"""Instalments charged to a stored card by the same engine."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from customers.models import Customer
from dunning.operations.advance import advance_due
from dunning.operations.collect import collect
from dunning.operations.opening import open_cases
from payments.models import ChargeAttempt
from payments.operations.instalment_plans import end
from tests.journeys import test_charged_cards as stories
from tests.journeys.test_charged_cards import GOOD, NO_FUNDS, keeps, letters, tries
from tests.people import owes
from tests.plans import agree
from tests.turning import START, live

pytestmark = pytest.mark.django_db(transaction=True)
ada, _books_agree = stories.ada, stories._books_agree
FIRST = date(2026, 2, 10)


def test_each_instalment_is_charged_on_its_day_and_the_plan_is_kept(ada: Customer) -> None:
    keeps(ada, GOOD)
    owes(ada, "100.00", due="2026-01-20")
    owes(ada, "200.00", due="2026-01-25")
    plan = agree(ada, now=START, first_on=FIRST)
    live(70)
    assert tries() == ["02-10 10:00 succeeded", "03-10 10:00 succeeded", "04-10 10:00 succeeded"]
    assert set(ChargeAttempt.objects.values_list("amount", flat=True)) == {Decimal(100)}
    plan.refresh_from_db()
    assert plan.state == "kept"
    assert all(line.endswith("-3") for line in letters())


def test_instalment_that_cannot_be_charged_breaks_the_plan_and_the_whole_is_charged_then(ada: Customer) -> None:
    keeps(ada, NO_FUNDS)
    owes(ada, "300.00", due="2026-01-20")
    plan = agree(ada, now=START, first_on=FIRST)
    live(18)
    plan.refresh_from_db()
    assert (plan.state, plan.ended_on) == ("broken", date(2026, 2, 18))
    amounts = [
        (attempt.started_at.date() < date(2026, 2, 18), attempt.amount) for attempt in ChargeAttempt.objects.all()
    ]
    assert {amount for is_before, amount in amounts if is_before} == {Decimal(100)}
    assert {amount for is_before, amount in amounts if not is_before} <= {Decimal(300)}


@pytest.mark.parametrize("change", ["made", "ended"])
def test_plan_made_or_ended_after_the_order_drops_the_charge(ada: Customer, change: str) -> None:
    """An order for the whole is not carried out once a plan is made, nor one for an instalment once it has ended."""
    keeps(ada, GOOD)
    owes(ada, "300.00", due="2026-01-20")
    plan = agree(ada, now=START, first_on=START.date()) if change == "ended" else None
    open_cases(now=START)
    advance_due(now=START)
    assert ChargeAttempt.objects.get().amount == (100 if plan else 300)
    deed: Callable[[], object] = (
        (lambda: end(plan, reason="changed their mind", now=START, by=None))
        if plan
        else lambda: agree(ada, now=START, first_on=FIRST)
    )
    deed()
    assert collect(now=START)["dropped"] == 1
