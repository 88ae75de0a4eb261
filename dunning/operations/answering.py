"""How a person answers what a customer asked for.

Each verb is one transaction, ends the task and tells the customer.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer
from customers.operations import holds
from customers.rules.days import local_day
from dunning.models import CaseEvent, CustomerRequest, Task
from dunning.operations.confirming import tell
from dunning.operations.granting import grant
from dunning.operations.requests import in_short
from dunning.rules.needs import ABOUT_TIME
from dunning.snapshot.help import help_for
from payments.operations.instalment_plans import PlanRefusal

State = CustomerRequest.State


class AnswerRefusal(ValueError):
    """The request cannot be answered so; the message says why, and what to do instead."""


@transaction.atomic
def agree(request: CustomerRequest, *, now: datetime, by: User) -> None:
    """Grant what was asked for, as it was asked for. Raises AnswerRefusal when that is not possible any more."""
    request = _lock_waiting(request)
    if request.kind not in ABOUT_TIME:
        raise AnswerRefusal("There is nothing to grant. Write an answer instead.")
    if request.asked_on and request.asked_on < local_day(now, request.customer.time_zone):
        raise AnswerRefusal("The day they asked for has passed. Decline, and say which day is possible.")
    _release(request, now)
    try:
        grant(request, help_for(request.customer, now=now).terms, now=now, by=by)
    except (PlanRefusal, holds.HoldRefusal) as refusal:
        raise AnswerRefusal(str(refusal)) from refusal
    _answered(request, "", now, by)


@transaction.atomic
def decline(request: CustomerRequest, *, answer: str, now: datetime, by: User) -> None:
    """Say no, in words that the customer reads; reminders go on. Raises AnswerRefusal when it was answered before."""
    request = _lock_waiting(request)
    if request.kind not in ABOUT_TIME:
        raise AnswerRefusal("Nothing was asked for that could be declined. Write an answer instead.")
    _release(request, now)
    request.state, request.closed_at = State.DECLINED, now
    _answered(request, answer, now, by)


@transaction.atomic
def settle(request: CustomerRequest, *, answer: str, releases: bool, now: datetime, by: User) -> None:
    """A person has looked into it; the customer reads `answer`. `releases`: reminders go on.

    Raises AnswerRefusal for what is granted or declined instead, and when it was answered before.
    """
    request = _lock_waiting(request)
    if request.kind in ABOUT_TIME:
        raise AnswerRefusal("The customer asks for time. Grant it or decline it.")
    if releases:
        _release(request, now)
    request.state, request.closed_at = State.SETTLED, now
    _answered(request, answer, now, by)


def _lock_waiting(request: CustomerRequest) -> CustomerRequest:
    Customer.objects.select_for_update(no_key=True).get(pk=request.customer_id)
    locked = (
        CustomerRequest.objects.select_for_update(of=("self",))
        .select_related("customer", "case", "hold", "invoice", "method")
        .get(pk=request.pk)
    )
    if locked.state != State.WAITING:
        raise AnswerRefusal(f"This request is {locked.get_state_display()} already.")
    return locked


def _release(request: CustomerRequest, now: datetime) -> None:
    if request.hold:
        holds.release(request.hold, now=now)


def _answered(request: CustomerRequest, answer: str, now: datetime, by: User) -> None:
    request.answer, request.answered_at, request.answered_by = answer, now, by
    request.save()
    outcome = f"{request.get_state_display()}. {answer}".strip()[:300]
    ended = {"state": Task.State.DONE, "outcome": outcome, "ended_at": now, "ended_by": by}
    Task.objects.filter(request=request, state=Task.State.OPEN).update(**ended)
    if request.case_id:
        text = f"Request ({in_short(request)}): {outcome}"[:500]
        kind = CaseEvent.Kind.REQUEST
        CaseEvent.objects.create(case_id=request.case_id, happened_at=now, kind=kind, text=text, actor=by)
    tell(request, now=now)
