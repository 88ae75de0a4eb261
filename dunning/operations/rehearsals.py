"""Rehearsals somebody asked for: written down, worked out batch by batch, and forgotten when there are newer ones.

The looking ahead itself only reads; what is stored here is its result.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from dunning.models import Rehearsal, RehearsedCustomer
from dunning.rehearsal.run import (
    Question,
    Rehearsed,
    check,
    rehearse,
)
from dunning.rules.consequences import Charges
from dunning.rules.rehearsal import Event, Kind
from dunning.rules.rehearsal_totals import Totals

KEPT = 5
STALLED_AFTER = timedelta(minutes=5)
LEAVES_BY = (Kind.LETTER, Kind.DELAYED)
State = Rehearsal.State


def ask(question: Question, *, now: datetime, by: User | None) -> Rehearsal:
    """Write down what is to be rehearsed; older rehearsals are forgotten, unless under way. Raises RehearsalRefusal."""
    check(question, now=now)
    with transaction.atomic():
        asked = Rehearsal.objects.create(
            first_on=question.first_on,
            last_on=question.last_on,
            version=question.version,
            moves_cases=question.moves_cases,
            charges=question.charges.value,
            asked_at=now,
            asked_by=by,
            seen_at=now,
        )
        kept = Rehearsal.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT]
        under_way = Q(state=State.RUNNING, seen_at__gt=now - STALLED_AFTER)
        Rehearsal.objects.exclude(Q(pk__in=list(kept)) | under_way).delete()
    return asked


def carry_out(asked: Rehearsal, *, now: datetime, clock: Any = None) -> None:
    """Work it out, once: whoever comes second finds it begun. `now` is the moment from which is looked ahead.

    Progress is stored after each batch, at the time that `clock` tells (at `now` without one). What goes wrong is
    stored too, and raised again.
    """
    mine = Rehearsal.objects.filter(pk=asked.pk, state=State.WAITING)
    if not mine.update(state=State.RUNNING, seen_at=now):
        return
    try:
        _work_out(asked, now, clock or (lambda: now))
    except Exception as error:
        trouble = f"{type(error).__name__}: {error}"[:500]
        Rehearsal.objects.filter(pk=asked.pk).update(state=State.STOPPED, trouble=trouble)
        raise


def _work_out(asked: Rehearsal, now: datetime, clock: Any) -> None:
    totals, today, changed = Totals(), Totals(), 0
    for batch in rehearse(_question(asked), now=now):
        for customer in batch.rehearsed:
            totals.add(customer.events)
            today.add(customer.today or ())
        changed += sum(_differs(customer) for customer in batch.rehearsed)
        _keep(asked, batch.rehearsed)
        Rehearsal.objects.filter(pk=asked.pk).update(
            looked_at=batch.done, to_look_at=batch.total, changed=changed, seen_at=clock()
        )
    Rehearsal.objects.filter(pk=asked.pk).update(
        state=State.DONE,
        finished_at=clock(),
        totals=totals.as_json(),
        totals_today=today.as_json() if asked.version_id else {},
    )
    asked.refresh_from_db()


def _question(asked: Rehearsal) -> Question:
    whole = Question(asked.first_on, asked.last_on, charges=Charges(asked.charges))
    return replace(whole, version=asked.version, moves_cases=asked.moves_cases)


def _differs(customer: Rehearsed) -> bool:
    return customer.today is not None and as_lines(customer.today) != as_lines(customer.events)


def _keep(asked: Rehearsal, rehearsed: Sequence[Rehearsed]) -> None:
    RehearsedCustomer.objects.bulk_create(
        RehearsedCustomer(
            rehearsal=asked,
            customer_id=customer.customer_id,
            events=as_lines(customer.events),
            events_today=as_lines(customer.today or ()) if _differs(customer) else None,
        )
        for customer in rehearsed
        if customer.events or customer.today
    )


def as_lines(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Events as JSON: the day, the kind, the step in words, the channel, amounts as text, and why."""
    return [
        {
            "on": event.on.isoformat(),
            "kind": event.kind.value,
            "what": event.what,
            "channel": event.step.channel if event.step and event.kind in LEAVES_BY else "",
            "amounts": {currency: str(amount) for currency, amount in event.amounts},
            "why": event.reason,
        }
        for event in events
    ]
