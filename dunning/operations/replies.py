"""What people write back, on any channel: stored as it came, put with the case it belongs to, answered by a person.

Nothing is answered or done by itself: what a reply seems to ask for is suggested, with the words that say so.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.contrib.auth.models import User
from django.db import OperationalError, transaction

from customers.deadline import NO_DEADLINE, Deadline
from customers.queries import contacts_at
from dunning.channels.news import Incoming, storable
from dunning.models import Case, CaseEvent, Notice, Reply
from dunning.operations.sms_wishes import heed
from dunning.queries.notices import notices_by_key
from dunning.rules.auto_reply import is_automatic
from dunning.rules.said import suggestions

logger = logging.getLogger(__name__)

State = Reply.State
BATCH = 200
LONGEST_TEXT = 100_000


class ReplyRefusal(ValueError):
    """The reply cannot be settled as asked; the message says why."""


def take_in(incoming: Incoming, *, now: datetime) -> Reply:
    """Store what somebody wrote, and return it. What is known already changes nothing.

    Where it belongs is found by the engine's next turn.
    """
    reply = Reply(
        channel=incoming.channel,
        provider=incoming.provider[:32],
        provider_id=storable(incoming.provider_id, 200),
        sender=storable(incoming.sender.lower(), 254),
        sender_name=storable(incoming.sender_name, 200),
        subject=storable(" ".join(incoming.subject.split()), 300),
        text=storable(incoming.text, LONGEST_TEXT),
        answers=[storable(one, 200) for one in incoming.answers][-50:],
        headers={name.lower(): storable(value, 300) for name, value in incoming.headers.items()},
        attachments=[{"name": storable(name, 200), "size": size} for name, size in incoming.attachments[:100]],
        received_at=min(incoming.received_at, now),
    )
    Reply.objects.bulk_create([reply], ignore_conflicts=True)
    return Reply.objects.get(provider=reply.provider, provider_id=reply.provider_id)


def put_with_cases(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Find out whose each new reply is, whether a machine wrote it and what it seems to ask for; returns how many.

    A text message that only says stop, start or help is heeded.
    """
    threaded, last = 0, 0
    while not deadline.is_over:
        new = Reply.objects.filter(state=State.RECEIVED, pk__gt=last).order_by("pk")
        batch = list(new[:BATCH])
        if not batch:
            break
        notices = _answered_notices(batch)
        for reply in batch:
            _place(reply, notices.get(reply.pk), now)
        threaded, last = threaded + len(batch), batch[-1].pk
    return threaded


def _answered_notices(batch: Sequence[Reply]) -> dict[int, Notice]:
    """The newest message that is named goes first."""
    asked = [(reply, one) for reply in batch for one in reversed(reply.answers)]
    found = notices_by_key((place, reply.channel, "", one) for place, (reply, one) in enumerate(asked))
    notices: dict[int, Notice] = {}
    for place, (reply, _) in enumerate(asked):
        if place in found:
            notices.setdefault(reply.pk, found[place])
    return notices


def _place(reply: Reply, notice: Notice | None, now: datetime) -> None:
    """Heed it or put it with its case; one with which that fails stops no other: a person reads it as it is."""
    try:
        if not heed(reply, now=now):
            _thread(reply, notice)
    except OperationalError:
        raise  # a deadlock, a restart of the database: the next turn takes it again
    except Exception:
        logger.exception("Reply %s could not be put with a case; a person reads it", reply.pk)
        Reply.objects.filter(pk=reply.pk, state=State.RECEIVED).update(state=State.WAITING)


@transaction.atomic
def _thread(reply: Reply, notice: Notice | None) -> None:
    customer_id = notice.customer_id if notice else _customer_at(reply.channel, reply.sender)
    cases = Case.objects.filter(customer=customer_id).order_by("-pk")
    case = notice.case_id if notice else (cases.filter(state=Case.State.OPEN).first() or cases.first())
    automatic = is_automatic(reply.sender, reply.subject, reply.headers)
    Reply.objects.filter(pk=reply.pk, state=State.RECEIVED).update(
        state=State.AUTOMATIC if automatic else State.WAITING,
        notice=notice,
        customer=customer_id,
        case=case,
        suggestions=[] if automatic else [asdict(one) for one in suggestions(reply.text)],
    )


def _customer_at(channel: str, sender: str) -> int | None:
    """Whose address it is; nobody's when several customers have it: a guess would show one the other's debts."""
    customers = set(contacts_at(channel, sender).values_list("customer_id", flat=True)[:50])
    return customers.pop() if len(customers) == 1 else None


@transaction.atomic
def settle(reply: Reply, *, outcome: str, now: datetime, by: User) -> None:
    """A person has answered, or decided that no answer is needed; `outcome` says what was done.

    Raises ReplyRefusal when nobody has to answer it any more.
    """
    waiting = Reply.objects.filter(pk=reply.pk, state=State.WAITING)
    if not waiting.update(state=State.ANSWERED, outcome=outcome, answered_at=now, answered_by=by):
        raise ReplyRefusal(f"This reply is {Reply.objects.get(pk=reply.pk).get_state_display()} already.")
    if reply.case_id:
        text = f"Reply from {reply.sender} answered: {outcome}"[:500]
        CaseEvent.objects.create(
            case_id=reply.case_id, happened_at=now, kind=CaseEvent.Kind.NOTICE, text=text, actor=by
        )
