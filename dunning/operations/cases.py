"""What the desk may do to a case: pause, resume, hurry, close. Each verb is one transaction and leaves its trace."""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer, Hold, Invoice
from customers.operations import holds
from customers.rules.holds import PROTECTED
from dunning.models import Case, CaseEvent
from dunning.operations.advance import decide_and_apply, facts_of
from dunning.operations.apply import Decided, apply
from dunning.rules.by_hand import hurry
from dunning.rules.decisions import Close
from dunning.rules.plan_ahead import next_wait
from dunning.rules.words import Ending, reminder_words, spelled
from dunning.snapshot.cases import Subject


class CaseRefusal(ValueError):
    """The case cannot be moved as asked; the message says why, and what to do instead."""


@transaction.atomic
def advance_case(case: Case, *, now: datetime) -> None:
    """Look at one open case again at once, as after a payment. A closed case is left alone."""
    if locked := Case.objects.select_for_update().filter(pk=case.pk, state=Case.State.OPEN).first():
        decide_and_apply([Subject(locked.pk, locked.customer_id, locked.version_id)], now=now)


@transaction.atomic
def pause(case: Case, *, reason: str, until_on: date | None, now: datetime, by: User | None) -> Hold:
    """Leave the customer alone up to and including `until_on` (their calendar), or until resumed.

    Raises CaseRefusal for a closed case, a day that has passed or is too far away, and when the same pause is in force.
    """
    case = _lock_open(case)
    if until_on is not None and until_on < facts_of(case, now=now).local(now).date():
        raise CaseRefusal(f"{spelled(until_on)} has passed. Choose today or a later day.")
    if holds.in_force_as(case.customer, kind=Hold.Kind.PAUSE, reason=reason, until_on=until_on):
        raise CaseRefusal("This case is paused already, for the same reason and as long.")
    try:
        hold = holds.place(case.customer, kind=Hold.Kind.PAUSE, reason=reason, until_on=until_on, now=now, by=by)
    except holds.HoldRefusal as refusal:
        raise CaseRefusal(str(refusal)) from None
    until = f"until {spelled(until_on)}" if until_on else "until resumed"
    _tell(case, CaseEvent.Kind.PAUSED, f"Paused {until}: {reason}", now, by)
    advance_case(case, now=now)
    return hold


@transaction.atomic
def resume(case: Case, *, now: datetime, by: User | None) -> int:
    """End the holds on the whole customer, except those that law or decency asks for; returns how many there were.

    Raises CaseRefusal for a closed case or when nothing that may be ended so holds it.
    """
    case = _lock_open(case)
    in_force = Hold.objects.filter(customer=case.customer_id, invoice=None, released_at=None)
    released = sum(holds.release(hold, now=now) for hold in in_force.exclude(kind__in=PROTECTED))
    if not released and (kept := in_force.first()):
        raise CaseRefusal(f"Resuming does not end “{kept.get_kind_display()}”. Release that hold on its own page.")
    if not released:
        raise CaseRefusal("This case is not paused.")
    _tell(case, CaseEvent.Kind.RESUMED, "Resumed", now, by)
    advance_case(case, now=now)
    return released


@transaction.atomic
def send_next_step_now(case: Case, *, step_id: int | None, now: datetime, by: User | None) -> str:
    """Queue the next step before its day, once: `step_id` is the one the person was shown. Returns the step in words.

    The notice leaves as soon as the customer's day allows; that of a reviewed step is proposed. Raises CaseRefusal when
    nothing may be sent, or when another step is next by now.
    """
    case = _lock_open(case)
    facts = facts_of(case, now=now)
    decision = hurry(facts, now=now, who=by.get_username() if by else "the desk", meant=step_id)
    if isinstance(decision, str):
        raise CaseRefusal(decision)
    apply([Decided(case.pk, facts, decision, next_wait(facts, decision, now=now))], now=now)
    return reminder_words(decision.step.offset_days, decision.step.tone)


@transaction.atomic
def close(case: Case, *, reason: str, now: datetime, by: User | None) -> None:
    """Stop following up what is open now: the case closes, and its open invoices are put on hold until released.

    Without the holds the next look would open the case again. Newer invoices are followed up as usual. A case about
    something foreseen holds nothing: it never opens twice. Raises CaseRefusal for a closed case.
    """
    case = _lock_open(case)
    facts = facts_of(case, now=now)
    owed = [] if case.about else [invoice.id for invoice in facts.invoices]
    for invoice in Invoice.objects.filter(pk__in=owed):
        holds.place(case.customer, kind=Hold.Kind.OTHER, reason=reason, until_on=None, now=now, by=by, invoice=invoice)
    who = f" ({by.get_username()})" if by else ""
    apply([Decided(case.pk, facts, Close(Ending.CLOSED_BY_DESK, f"{reason}{who}"[:450]), None)], now=now)


def _lock_open(case: Case) -> Case:
    Customer.objects.select_for_update(no_key=True).get(pk=case.customer_id)
    locked = Case.objects.select_for_update(of=("self",)).select_related("customer").filter(pk=case.pk).get()
    if locked.state != Case.State.OPEN:
        raise CaseRefusal("This case is closed already.")
    return locked


def _tell(case: Case, kind: CaseEvent.Kind, text: str, now: datetime, by: User | None) -> None:
    CaseEvent.objects.create(case=case, happened_at=now, kind=kind, text=text[:500], actor=by)
