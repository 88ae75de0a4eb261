"""What the desk does with tasks and with whose case it is. Each verb is one transaction and leaves its trace."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from dunning.models import Case, CaseEvent, Task
from dunning.models.task import REQUEST


class TaskRefusal(ValueError):
    """The task or case cannot be changed as asked; the message says why."""


@transaction.atomic
def finish(task: Task, *, outcome: str, now: datetime, by: User) -> None:
    """The task is done; `outcome` says what came of it. Raises TaskRefusal when it has ended already."""
    _end(task, Task.State.DONE, outcome, now, by)


@transaction.atomic
def drop(task: Task, *, outcome: str, now: datetime, by: User) -> None:
    """The task need not be done; `outcome` says why. Raises TaskRefusal when it has ended already."""
    _end(task, Task.State.DROPPED, outcome, now, by)


@transaction.atomic
def assign(task: Task, *, assignee: User | None, now: datetime, by: User) -> None:
    """Give the task to a person, or back to its queue. Raises TaskRefusal when it has ended or is theirs already."""
    task = lock_open(task)
    if task.assignee == assignee:
        raise TaskRefusal(f"The task is with {_name(assignee)} already.")
    Task.objects.filter(pk=task.pk).update(assignee=assignee)
    _tell(task.case_id, CaseEvent.Kind.TASK, f"{str(task).capitalize()} goes to {_name(assignee)}", now, by)


@transaction.atomic
def change_owner(case: Case, *, owner: User | None, now: datetime, by: User) -> None:
    """Someone else looks after the case; open tasks that were the former owner's go with it.

    Raises TaskRefusal when nothing would change.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("owner").get(pk=case.pk)
    if case.owner == owner:
        raise TaskRefusal(f"The case is with {_name(owner)} already.")
    Task.objects.filter(case=case, state=Task.State.OPEN, assignee=case.owner).update(assignee=owner)
    _tell(case.pk, CaseEvent.Kind.OWNER, f"From {_name(case.owner)} to {_name(owner)}", now, by)
    Case.objects.filter(pk=case.pk).update(owner=owner)


def _end(task: Task, state: Task.State, outcome: str, now: datetime, by: User) -> None:
    task = lock_open(task)
    if task.kind == REQUEST:
        raise TaskRefusal("The customer waits for an answer. Give it on the page of their request: it ends this task.")
    Task.objects.filter(pk=task.pk).update(state=state, outcome=outcome, ended_at=now, ended_by=by)
    _tell(task.case_id, CaseEvent.Kind.TASK, f"{str(task).capitalize()} {state.label}: {outcome}", now, by)


def lock_open(task: Task) -> Task:
    """The task as it stands, held until the transaction ends. Raises TaskRefusal when it has ended already."""
    Case.objects.select_for_update().get(pk=task.case_id)  # before the task, as closing does
    task = Task.objects.select_for_update(of=("self",)).select_related("assignee", "case").get(pk=task.pk)
    if task.state != Task.State.OPEN:
        raise TaskRefusal(f"This task is {task.get_state_display()} already: {task.outcome}")
    return task


def _name(person: User | None) -> str:
    return person.get_username() if person else "nobody"


def _tell(case_id: int, kind: CaseEvent.Kind, text: str, now: datetime, by: User) -> None:
    CaseEvent.objects.create(case_id=case_id, happened_at=now, kind=kind, text=text[:500], actor=by)
