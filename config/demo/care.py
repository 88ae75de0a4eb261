"""What the desk does for a customer beyond letters: holds, wishes, calls, a hand-over, a choice by hand."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User

from config.demo.scenes import Act
from customers.models import Customer
from customers.operations import consideration, holds
from customers.rules.days import local_day
from customers.rules.holds import HOLD_RULES, HoldKind
from dunning.models import Campaign, Case, Task
from dunning.operations import calls, choices, handing_over, tasks


def is_held(kind: HoldKind, reason: str) -> Act:
    """A hold of this kind on the whole customer, for as long as is usual."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        until_on = HOLD_RULES[kind].last_day(local_day(now, customer.time_zone))
        holds.place(customer, kind=kind, reason=reason, until_on=until_on, now=now, by=by)

    return act


def is_vulnerable(note: str) -> Act:
    """From now on a person decides on every step."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        consideration.mark_vulnerable(customer, note=note, now=now, by=by)

    return act


def wishes_no(topic: str, channel: str, *, said: str) -> Act:
    """The customer does not want to be written to about this."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        consideration.refuse(customer, consideration.Said(channel, topic, source=said, now=now, by=by))

    return act


def is_called(note: str, *, is_talk: bool = True) -> Act:
    """The call is recorded; a task that asked for it is done with that."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        called_at = now - timedelta(minutes=10)
        calls.record(customer, called_at=called_at, is_talk=is_talk, note=note, now=now, by=by)
        for task in Task.objects.filter(case__customer=customer, state=Task.State.OPEN):
            tasks.finish(task, outcome=note, now=now, by=by)

    return act


def gets_an_owner() -> Act:
    """Whoever listens looks after the case from now on."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        if case := Case.objects.filter(customer=customer, state=Case.State.OPEN, owner=None).first():
            tasks.change_owner(case, owner=by, now=now, by=by)

    return act


def gets(campaign: str, reason: str) -> Act:
    """Cases opened from now on follow this campaign; "": no reminders at all."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        chosen = Campaign.objects.get(name=campaign) if campaign else None
        choices.choose(customer, chosen, invoice=None, reason=reason, now=now, by=by)

    return act


def goes_to(agency: str) -> Act:
    """The case is handed over to this agency."""

    def act(customer: Customer, now: datetime, by: User) -> None:
        if case := Case.objects.filter(customer=customer, state=Case.State.OPEN).first():
            handing_over.hand_over([case.pk], agency=agency, now=now, by=by)

    return act
