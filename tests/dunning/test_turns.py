"""What belongs into one turn of the engine, in which order, and what stops nothing else."""

from datetime import timedelta

import pytest
from django.db import connection

from customers.models import CustomerChange
from dunning.models import EngineState
from dunning.operations.tick import tick
from payments.models import InstalmentPlan
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.plans import agree
from tests.provider import Provider

pytestmark = pytest.mark.django_db

LATE = NOW + timedelta(days=18)  # the first instalment fell due 8 days ago


@pytest.fixture
def plan(provider: Provider) -> InstalmentPlan:
    standard_campaign(now=NOW)
    ada = reachable("Ada Lindgren")
    owes(ada, "300.00")
    return agree(ada, now=NOW)


def test_plan_that_breaks_is_decided_on_in_the_same_turn(plan: InstalmentPlan) -> None:
    tick(now=NOW)
    tick(now=LATE)
    plan.refresh_from_db()
    assert (plan.state, CustomerChange.objects.count()) == ("broken", 0)


def test_plan_that_cannot_be_broken_stops_no_reminder(plan: InstalmentPlan, provider: Provider) -> None:
    owes(reachable("Grace Okafor"), "60.00", due=str(LATE.date() - timedelta(days=1)))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "CREATE TRIGGER out_of_order BEFORE UPDATE ON payments_instalmentplan"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    tick(now=LATE)
    assert "grace-okafor@example.com" in [letter["to"] for letter in provider.accepted()]


def test_full_look_that_ran_out_of_time_is_taken_again(plan: InstalmentPlan) -> None:
    tick(now=NOW, seconds=0)
    assert EngineState.objects.get().scanned_at is None
    tick(now=NOW)
    assert EngineState.objects.get().scanned_at == NOW
