"""Notices whose fate nobody knows: asked about where the provider can tell, decided by a person where it cannot."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from customers.deadline import NO_DEADLINE, Deadline
from dunning.channels import channel
from dunning.models import CaseEvent, Notice
from dunning.operations.deliver import STALE_DOUBT

SETTLE_DELAY = timedelta(minutes=1)  # a provider may need a moment before it can tell
BATCH = 200


class DoubtRefusal(ValueError):
    """The notice is not in a state that a person may decide about; the message says what it is."""


def settle_doubts(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Ask the providers that can tell, and repeat where a repeat is harmless; returns how many were settled.

    Found: sent. Surely absent: back into the queue. A provider that honours our key gets the same words again under
    the same key while the key lives. All others stay in doubt until a person decides; nothing is sent twice by itself.
    """
    settled = 0
    for alias in settings.DUNNING_CHANNELS:
        doubts = Notice.objects.filter(channel=alias, state=Notice.State.IN_DOUBT).exclude(reason=STALE_DOUBT)
        ripe = doubts.filter(calling_at__lte=now - SETTLE_DELAY)
        if not ripe.exists():
            continue
        with channel(alias) as by:
            if by.can_look_up:
                for notice in ripe[:BATCH]:
                    if deadline.is_over:
                        break
                    receipt = by.look_up(notice.message_id)
                    settled += (
                        _found(notice, receipt.reference, now) if receipt else _queue_again(Q(pk=notice.pk), body="")
                    )
            elif by.honours_keys:
                alive = ripe.filter(calling_at__gt=now - by.key_lifetime).values_list("pk", flat=True)
                settled += _queue_again(Q(pk__in=list(alive[:BATCH])))
    return settled


@transaction.atomic
def settle_as_sent(notice: Notice, *, now: datetime, by: User | None) -> None:
    """A person knows that it arrived. Raises DoubtRefusal when it is not in doubt."""
    if not _found(notice, notice.provider_reference, now):
        raise DoubtRefusal(f"{_state_now(notice)}: it is not in doubt.")
    _tell(notice, "the notice in doubt had arrived", now, by)


@transaction.atomic
def send_again(notice: Notice, *, now: datetime, by: User | None) -> None:
    """A person decides that it must go (again): it is written anew, to the address as it is then.

    Raises DoubtRefusal when it is neither in doubt nor refused.
    """
    mine = Q(pk=notice.pk)
    if _queue_again(mine, body="", due_at=now):
        _tell(notice, "the notice in doubt is sent again", now, by)
    elif _queue_again(mine, Notice.State.REFUSED, body="", due_at=now, attempts=0):
        _tell(notice, "the refused notice is sent again", now, by)
    else:
        raise DoubtRefusal(f"{_state_now(notice)}: it is neither in doubt nor refused.")


def _found(notice: Notice, reference: str, now: datetime) -> int:
    doubt = Notice.objects.filter(pk=notice.pk, state=Notice.State.IN_DOUBT)
    return doubt.update(state=Notice.State.SENT, provider_reference=reference, reason="", finished_at=now)


def _queue_again(which: Q, state: Notice.State = Notice.State.IN_DOUBT, **fields: object) -> int:
    return Notice.objects.filter(which, state=state).update(
        state=Notice.State.QUEUED, finished_at=None, reason="", **fields
    )


def _state_now(notice: Notice) -> str:
    return f"This notice is {Notice.objects.get(pk=notice.pk).get_state_display()} by now"


def _tell(notice: Notice, text: str, now: datetime, by: User | None) -> None:
    CaseEvent.objects.create(
        case_id=notice.case_id, happened_at=now, kind=CaseEvent.Kind.NOTICE, text=f"Decided: {text}", actor=by
    )
