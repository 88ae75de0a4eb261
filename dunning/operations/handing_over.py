"""Handing cases over to an agency, and taking one back. The agency's file is made once and kept with its hash."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.models import Customer, Hold, Invoice
from customers.operations import holds
from dunning.models import Case, CaseEvent, HandedCase, HandOver
from dunning.operations.apply import Decided, apply
from dunning.operations.opening import open_cases
from dunning.queries.agency_file import agency_file
from dunning.rules.business import still_our_business
from dunning.rules.decisions import Close
from dunning.rules.facts import CaseFacts
from dunning.rules.holding import without_held
from dunning.rules.recheck import may_act
from dunning.rules.words import Ending
from dunning.snapshot.cases import Subject, gather


class HandOverRefusal(ValueError):
    """It cannot be handed over or taken back; the message says why."""


@dataclass(frozen=True, slots=True)
class Handed:
    """The hand-over, and how many of the chosen cases had to stay: closed, left alone, or with money on its way."""

    hand_over: HandOver
    cases: int
    left_out: int


@transaction.atomic
def hand_over(case_ids: Sequence[int], *, agency: str, now: datetime, by: User) -> Handed:
    """Make the agency's file of these cases and close them; their open invoices are held from then on.

    A case that is closed, on hold, or has money on its way is left out. Raises HandOverRefusal when none is left.
    """
    going = _lock_fit(case_ids, now)
    if not going:
        raise HandOverRefusal("None of these can be handed over: they are closed, on hold, or money is on its way.")
    invoice_ids = sorted({pk for _, facts in going for pk in _collectable(facts, now)})
    content = agency_file([case for case, _ in going], invoice_ids)
    made = HandOver.objects.create(
        agency=agency, made_at=now, made_by=by, file=content, sha256=hashlib.sha256(content).hexdigest()
    )
    HandedCase.objects.bulk_create([HandedCase(hand_over=made, case=case, looked_at=now) for case, _ in going])
    invoices = Invoice.objects.filter(pk__in=invoice_ids).order_by("pk")
    holds.place_on_all(invoices, kind=Hold.Kind.OTHER, reason=_reason(made), now=now, by=by)
    closing = Close(Ending.HANDED_OVER, f"handed over to {agency} ({by.get_username()})")
    apply([Decided(case.pk, facts, closing, None) for case, facts in going], now=now)
    return Handed(made, len(going), len(set(case_ids)) - len(going))


def _lock_fit(case_ids: Sequence[int], now: datetime) -> list[tuple[Case, CaseFacts]]:
    """The cases that may go, locked, with their facts."""
    chosen = Case.objects.filter(pk__in=case_ids)
    customers = Customer.objects.filter(pk__in=chosen.values("customer"))
    list(customers.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    locked = list(
        chosen.filter(state=Case.State.OPEN).select_for_update(of=("self",)).select_related("customer").order_by("pk")
    )
    facts = gather([Subject(case.pk, case.customer_id, case.version_id) for case in locked], now=now) if locked else []
    return [
        (case, known)
        for case, known in zip(locked, facts, strict=True)
        if may_act(known, now) and _collectable(known, now)
    ]


def _collectable(facts: CaseFacts, now: datetime) -> list[int]:
    """What the agency gets: what is due, but nothing in dispute or agreed to be paid in instalments."""
    return [i.id for i in without_held(facts, still_our_business(facts, now), now) if i.part is None and not i.disputed]


@transaction.atomic
def take_back(case: Case, *, reason: str, now: datetime, by: User) -> None:
    """The agency gives the case back: its holds end, and what is still open begins a case of its own.

    Raises HandOverRefusal when it is not with an agency.
    """
    Customer.objects.select_for_update(no_key=True).get(pk=case.customer_id)
    handed = HandedCase.objects.select_related("hand_over").filter(case=case, taken_back_at=None).first()
    if handed is None:
        raise HandOverRefusal("This case is not with an agency.")
    HandedCase.objects.filter(pk=handed.pk).update(taken_back_at=now)
    for hold in Hold.objects.filter(
        customer=case.customer_id, reason=_reason(handed.hand_over), released_at=None
    ).exclude(invoice=None):
        holds.release(hold, now=now)
    _tell(case, f"Taken back from {handed.hand_over.agency}: {reason}", now, by)
    open_cases([case.customer_id], now=now)


@transaction.atomic
def tell_agency(case: Case, *, now: datetime, by: User) -> None:
    """A person has told the agency of the money that came in; the case waits for nobody until more does."""
    if not HandedCase.objects.filter(case=case, taken_back_at=None).update(looked_at=now):
        raise HandOverRefusal("This case is not with an agency.")
    _tell(case, "The agency was told what has come in", now, by)


def _reason(made: HandOver) -> str:
    return f"with {made.agency} (hand-over {made.pk})"


def _tell(case: Case, text: str, now: datetime, by: User) -> None:
    CaseEvent.objects.create(case=case, happened_at=now, kind=CaseEvent.Kind.HANDED, text=text[:500], actor=by)
