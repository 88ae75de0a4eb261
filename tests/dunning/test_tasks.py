"""Tasks: put into a queue by a step, ended by a person with an outcome, dropped when the case closes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from customers.models import Customer
from dunning.models import Case, CaseEvent, StepRun, Task
from dunning.operations import tasks
from dunning.operations.tasks import TaskRefusal
from dunning.operations.tick import tick
from dunning.rules.words import Tone
from payments.models import Payment
from payments.operations import payments
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.provider import Provider

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def nia() -> User:
    return User.objects.create_user("nia")


@pytest.fixture
def ada(provider: Provider) -> Customer:
    """Was reminded a day after her bill of 1 March; a call is due on day 5, a legal notice on day 20."""
    standard_campaign(now=NOW, steps=[(1, Tone.FRIENDLY)], actions={"task": 5, "legal": 20})
    ada = reachable()
    owes(ada, "10.00", due="2026-03-01")
    tick(now=NOW)
    return ada


def test_step_puts_one_task_into_its_queue(ada: Customer) -> None:
    for hours in (0, 1, 30):
        tick(now=NOW + 4 * DAY + timedelta(hours=hours))
    task = Task.objects.get()
    assert (task.kind, task.queue, task.script) == ("task", "calls", "Ask when they can pay.")
    assert (task.due_on, task.state, task.assignee) == (date(2026, 3, 8), "open", None)
    assert (task.run.outcome, StepRun.objects.count()) == ("done", 2)


def test_legal_notice_is_work_of_its_own_kind_and_then_the_road_ends(ada: Customer) -> None:
    for day in range(4, 30):
        tick(now=NOW + day * DAY)
    assert list(Task.objects.order_by("pk").values_list("kind", flat=True)) == ["task", "legal"]
    assert Case.objects.get().attention == "end_of_road"


def test_case_that_is_settled_drops_its_tasks(ada: Customer) -> None:
    tick(now=NOW + 4 * DAY)
    payments.record(
        ada, amount=Decimal(10), currency="EUR", received_on=NOW.date(), source=Payment.Source.DESK, now=NOW + 5 * DAY
    )
    tick(now=NOW + 5 * DAY)
    task = Task.objects.get()
    assert (task.state, task.outcome) == ("dropped", "the case closed: nothing is open any more")


@pytest.mark.parametrize(("verb", "state"), [(tasks.finish, "done"), (tasks.drop, "dropped")])
def test_task_ends_once_with_an_event_of_the_case(ada: Customer, nia: User, verb: object, state: str) -> None:
    tick(now=NOW + 4 * DAY)
    task = Task.objects.get()
    verb(task, outcome="pays on Friday", now=NOW + 5 * DAY, by=nia)  # type: ignore[operator]
    task.refresh_from_db()
    assert (task.state, task.outcome, task.ended_by) == (state, "pays on Friday", nia)
    event = CaseEvent.objects.get(kind="task")
    assert (event.text, event.actor) == (f"Task (calls) {state}: pays on Friday", nia)
    with pytest.raises(TaskRefusal, match=f"{state} already: pays on Friday"):
        tasks.finish(task, outcome="again", now=NOW + 5 * DAY, by=nia)


def test_tasks_go_with_the_owner_of_the_case(ada: Customer, nia: User) -> None:
    karl = User.objects.create_user("karl")
    case = Case.objects.get()
    tasks.change_owner(case, owner=nia, now=NOW, by=karl)
    tick(now=NOW + 4 * DAY)
    assert Task.objects.get().assignee == nia
    tasks.change_owner(case, owner=karl, now=NOW + 4 * DAY, by=nia)
    assert Task.objects.get().assignee == karl
    told = list(CaseEvent.objects.filter(kind="owner").order_by("pk").values_list("text", flat=True))
    assert told == ["From nobody to nia", "From nia to karl"]
    with pytest.raises(TaskRefusal, match="with karl already"):
        tasks.change_owner(case, owner=karl, now=NOW, by=nia)


def test_task_is_given_to_a_person_and_back(ada: Customer, nia: User) -> None:
    tick(now=NOW + 4 * DAY)
    tasks.assign(Task.objects.get(), assignee=nia, now=NOW, by=nia)
    assert Task.objects.get().assignee == nia
    tasks.assign(Task.objects.get(), assignee=None, now=NOW, by=nia)
    with pytest.raises(TaskRefusal, match="with nobody already"):
        tasks.assign(Task.objects.get(), assignee=None, now=NOW, by=nia)
