"""What came of a call that a campaign asked for: one operation each, and each is recorded as a contact.

Locks: customer, case, task. A call counts whatever came of it, so that letters and further calls keep their distance.
"""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Contact, Customer
from customers.operations import holds, suppression
from customers.rules.contact import CALL, SMS, Unreachable
from customers.rules.days import local_day
from customers.rules.holds import HoldKind
from customers.rules.phone import dialled, mobile_or_nothing
from dunning.models import Case, CaseEvent, Task
from dunning.operations import calls, tasks
from dunning.operations.advance import facts_of
from dunning.operations.bad_addresses import search_for_another
from dunning.rules.calls import MOST_TRIES, next_try_on
from dunning.rules.words import StepKind, spelled

NOBODY = "nobody answered"


class CallOutcomeRefusal(ValueError):
    """This cannot be what came of the call; the message says why, and what to do instead."""


@transaction.atomic
def promised(task: Task, *, until_on: date, note: str = "", now: datetime, by: User) -> None:
    """They will pay by `until_on` (their calendar): until then they are left alone, as by any other promise.

    Raises CallOutcomeRefusal for a day that has passed or is no day for a promise, TaskRefusal when it has ended.
    """
    customer = _lock(task)
    if until_on < local_day(now, customer.time_zone):
        raise CallOutcomeRefusal(f"{spelled(until_on)} has passed. Choose today or a later day.")
    _talked(task, f"promised to pay by {spelled(until_on)}", note, now, by)
    reason = f"promised on the phone{f': {note}' if note else ''}"[:300]
    try:
        holds.place(customer, kind=HoldKind.PROMISE, reason=reason, until_on=until_on, now=now, by=by)
    except holds.HoldRefusal as refusal:
        raise CallOutcomeRefusal(str(refusal)) from None


@transaction.atomic
def will_pay(task: Task, *, note: str = "", now: datetime, by: User) -> None:
    """They will pay and named no day: the campaign goes on. Raises TaskRefusal when the task has ended already."""
    _lock(task)
    _talked(task, "will pay, without a day", note, now, by)


@transaction.atomic
def wrong_number(task: Task, *, contact: Contact, note: str = "", now: datetime, by: User) -> None:
    """Somebody else answers at this contact's number: it is called and texted no more, and another one looked for.

    Raises CallOutcomeRefusal for a contact of another customer or without a number, TaskRefusal when it has ended.
    """
    customer = _lock(task)
    if contact.customer_id != customer.pk or not contact.phone:
        raise CallOutcomeRefusal("There is no such number on file. Choose the one that was called.")
    outcome = f"wrong number: {contact.phone}"
    calls.record(customer, called_at=now, is_talk=False, note=_noted(outcome, note), now=now, by=by)
    tasks.finish(task, outcome=_noted(outcome, note), now=now, by=by)
    source = f"told on the phone ({by.get_username()})"
    numbers = {CALL: dialled(contact.phone, customer.country), SMS: mobile_or_nothing(contact.phone, customer.country)}
    for channel, number in numbers.items():
        if number:
            suppression.suppress(channel, number, reason=Unreachable.SOMEBODY_ELSE, source=source, since=now)
    case = Case.objects.select_related("customer").filter(pk=task.case_id, state=Case.State.OPEN)
    search_for_another(case, f"{contact.phone}: somebody else answers there.", now=now)


@transaction.atomic
def no_answer(task: Task, *, now: datetime, by: User) -> date | None:
    """Nobody answered: it is due again on the returned day, the next working day on which a call may be made.

    After MOST_TRIES the task ends, and None is returned. Raises TaskRefusal when it has ended already.
    """
    customer = _lock(task)
    tried = tasks.lock_open(task)
    calls.record(customer, called_at=now, is_talk=False, note=NOBODY, now=now, by=by)
    tries = tried.tries + 1
    Task.objects.filter(pk=task.pk).update(tries=tries)
    if tries >= MOST_TRIES:
        tasks.finish(task, outcome=f"{NOBODY}, {tries} times", now=now, by=by)
        return None
    facts = facts_of(tried.case, now=now)
    again_on = next_try_on(facts.limits, facts.local(now).date(), facts.country)
    Task.objects.filter(pk=task.pk).update(due_on=again_on)
    text = f"Call {tries} of {MOST_TRIES}: {NOBODY}; again on {spelled(again_on)}"
    CaseEvent.objects.create(case=tried.case, happened_at=now, kind=CaseEvent.Kind.TASK, text=text, actor=by)
    return again_on


def _lock(task: Task) -> Customer:
    """Raises CallOutcomeRefusal for a task that is no call."""
    if task.kind != StepKind.CALL:
        raise CallOutcomeRefusal("This task is no phone call. End it with “Done”.")
    return Customer.objects.select_for_update(no_key=True).get(pk=task.case.customer_id)


def _talked(task: Task, outcome: str, note: str, now: datetime, by: User) -> None:
    """Somebody talked with the customer, and the task is done."""
    tasks.finish(task, outcome=_noted(outcome, note), now=now, by=by)
    calls.record(task.case.customer, called_at=now, is_talk=True, note=_noted(outcome, note), now=now, by=by)


def _noted(outcome: str, note: str) -> str:
    return (f"{outcome}. {note}" if note else outcome)[:300]
