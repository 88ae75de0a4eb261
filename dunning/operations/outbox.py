"""Sending what waits in an outbox beside the notices: say *calling* and commit → look once more → call → record.

One at a time, right before its call: whoever finds a row *calling* later knows that it may have left. No transaction is
open while a provider is called, and other workers may do the same at once.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction

from customers.deadline import NO_DEADLINE, Deadline
from customers.rules.contact import EMAIL
from customers.rules.patience import doubled
from dunning.channels import channel
from dunning.channels.base import Channel, Message, Refused
from dunning.models.outgoing import Outgoing

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Outgoing)
State = Outgoing.State
SURELY_OVER = timedelta(minutes=3)  # no call lasts so long
MOST_ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)


class Withdrawn(Exception):
    """The last look: this mail is not wanted any more; the message says why."""


def send_queued(
    model: type[Row], write: Callable[[Row], Message], *, now: datetime, deadline: Deadline = NO_DEADLINE
) -> Counter[str]:
    """Send every queued mail whose time has come; returns how many ended in each state, or were put back.

    `write` makes the message, with the last look: it raises Withdrawn where the mail must not go any more, and Refused
    where nobody can be written to. One that cannot be written stops no other.
    """
    counts: Counter[str] = Counter()
    if EMAIL not in settings.DUNNING_CHANNELS or not _settle_doubts(model, now):
        return counts
    with channel(EMAIL) as by:
        while not deadline.is_over and (row := _call(model, now)):
            counts[_send(row, write, by, now)] += 1
    return counts


@transaction.atomic
def _call(model: type[Row], now: datetime) -> Row | None:
    due = model._default_manager.filter(state=State.QUEUED, due_at__lte=now).order_by("due_at", "pk")
    row = due.select_for_update(skip_locked=True).first()
    if row:
        row.state, row.calling_at, row.attempts = State.CALLING, now, row.attempts + 1
        row.save(update_fields=["state", "calling_at", "attempts"])
    return row


def _send(row: Row, write: Callable[[Row], Message], by: Channel, now: datetime) -> str:
    try:
        message = _written(row, write)
        receipt = by.send(message)
    except Withdrawn as why:
        reason = f"{why} ({row.reason})" if row.reason else str(why)  # what is known of an earlier try stays known
        return _finish(row, State.WITHDRAWN, now, reason=reason[:500])
    except Refused as refusal:
        return _refused(row, refusal, now)
    except Exception as error:
        logger.warning("%s %s is in doubt", row._meta.verbose_name, row.pk, exc_info=error)
        reason = f"nobody knows whether it was sent ({type(error).__name__}: {error})"
        return _finish(row, State.IN_DOUBT, now, reason=reason[:500], address=message.to)
    return _finish(row, State.SENT, now, address=message.to, provider_reference=receipt.reference[:200])


def _written(row: Row, write: Callable[[Row], Message]) -> Message:
    """The message. Whatever goes wrong here, it has surely not left."""
    try:
        return write(row)
    except (Withdrawn, Refused):
        raise
    except Exception as error:
        logger.exception("%s %s could not be written", row._meta.verbose_name, row.pk)
        raise Refused(f"it could not be written ({type(error).__name__}: {error})", permanent=False) from error


def _refused(row: Outgoing, refusal: Refused, now: datetime) -> str:
    reason = str(refusal)[:500]
    if refusal.permanent or row.attempts >= MOST_ATTEMPTS:
        return _finish(row, State.REFUSED, now, reason=reason)
    pause = doubled(FIRST_PAUSE, row.attempts - 1, longest=LONGEST_PAUSE)
    _record(row, state=State.QUEUED, due_at=now + pause, reason=reason)
    return "put_back"


def _finish(row: Outgoing, state: State, now: datetime, **told: str) -> str:
    _record(row, state=state, finished_at=now, **{"reason": "", **told})
    return state.value


def _record(row: Outgoing, **told: object) -> None:
    """Unless somebody else took the row over meanwhile."""
    mine = type(row)._default_manager.filter(pk=row.pk, state=State.CALLING, calling_at=row.calling_at)
    mine.update(**told)


def _settle_doubts(model: type[Outgoing], now: datetime) -> bool:
    """What was being sent when a worker died is in doubt; where the provider honours our key, it is sent again.

    False when there is nothing to send at all.
    """
    over = model._default_manager.filter(calling_at__lt=now - SURELY_OVER)
    died = "the worker stopped while sending: it may have left"
    over.filter(state=State.CALLING).update(state=State.IN_DOUBT, reason=died, finished_at=now)
    by = channel(EMAIL)
    if by.honours_keys:  # the first call was not before the row was queued, so the key lives
        alive = over.filter(state=State.IN_DOUBT, queued_at__gt=now - by.key_lifetime, attempts__lt=MOST_ATTEMPTS)
        alive.update(state=State.QUEUED, finished_at=None)
    return model._default_manager.filter(state=State.QUEUED, due_at__lte=now).exists()
