"""What became of each message: stored as providers tell it, applied later by the engine's turn.

Events may come late, twice and in any order: everything here only moves forward, or is judged anew from all that was
heard. Opened and clicked are shown and decide nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from django.db import transaction

from customers.crashpoint import crashpoint
from customers.deadline import NO_DEADLINE, Deadline
from customers.models import ContactStop, SuppressedAddress
from customers.operations import consideration
from customers.rules.contact import Unreachable
from dunning.channels.news import DeliveryNews, storable
from dunning.models import Case, DeliveryEvent, Notice
from dunning.operations.bad_addresses import judge
from dunning.operations.deliver import not_taken
from dunning.queries.notices import notices_by_key
from dunning.rules.delivery_news import HAS_LEFT, LINE, NewsKind, furthest
from dunning.rules.words import Outcome

State = DeliveryEvent.State
BATCH = 500
CLOCKS_DIFFER = timedelta(minutes=5)
AGAINST_ADDRESSES = (NewsKind.SOFT_BOUNCED, NewsKind.BOUNCED, NewsKind.COMPLAINED)


class _Pair(NamedTuple):
    event: DeliveryEvent
    notice: Notice


def take_in(news: Sequence[DeliveryNews], *, now: datetime) -> None:
    """Store what a provider told.

    An event that is known already changes nothing. What happened after `now` counts as of now.
    """
    rows = [
        DeliveryEvent(
            channel=told.channel,
            provider=told.provider[:32],
            event_id=_identity(told),
            kind=told.kind,
            said_kind=storable(told.said, 64),
            detail=storable(told.detail, 300),
            recipient=storable(told.recipient.lower(), 254),
            notice_key=storable(told.notice_id, 20),
            reference=storable(told.reference, 200),
            body=told.raw,
            happened_at=min(told.happened_at or now, now),
            received_at=now,
        )
        for told in news
    ]
    DeliveryEvent.objects.bulk_create(rows, ignore_conflicts=True)


def _identity(told: DeliveryNews) -> str:
    """The same for each repeat. The id alone is not enough: some providers give all events of a message one id."""
    about = (told.provider, told.event_id, told.kind, told.reference, told.notice_id, told.recipient, told.happened_at)
    return sha256(repr([str(fact) for fact in about]).encode("utf-8", "replace")).hexdigest()


def apply_news(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> Counter[str]:
    """Let what was told have its effect; returns counts by state. Safe to kill anywhere, and to run in parallel.

    News of a notice that is just being sent waits until its sender has written down what it knows.
    """
    counts: Counter[str] = Counter()
    last = 0
    while not deadline.is_over:
        waiting = DeliveryEvent.objects.filter(state=State.WAITING, pk__gt=last).defer("body").order_by("pk")
        batch = list(waiting[:BATCH])
        if not batch:
            break
        counts += _apply(batch, now)
        last = batch[-1].pk
    return counts


def _apply(batch: Sequence[DeliveryEvent], now: datetime) -> Counter[str]:
    found = notices_by_key((event.pk, event.channel, event.notice_key, event.reference) for event in batch)
    pairs = [_Pair(event, found[event.pk]) for event in batch if event.pk in found]
    ready = [pair for pair in pairs if pair.notice.state not in (Notice.State.LEASED, Notice.State.CALLING)]
    for event, notice in ready:
        event.notice, event.recipient = notice, event.recipient or notice.address.lower()
    DeliveryEvent.objects.bulk_update([event for event, _ in ready], ["notice", "recipient"])
    _move_notices([pair for pair in ready if _is_about_this_sending(pair)], now)
    judge(_doubtful_addresses([event for event, _ in ready]), now=now)
    for event, notice in ready:
        if event.kind == NewsKind.UNSUBSCRIBED:
            _unsubscribe(notice, event, now)
    crashpoint("delivery_news.before_applied")
    strangers = [event.pk for event in batch if event.pk not in found]
    DeliveryEvent.objects.filter(pk__in=[event.pk for event, _ in ready]).update(state=State.APPLIED)
    DeliveryEvent.objects.filter(pk__in=strangers).update(state=State.STRANGER)
    return Counter({State.APPLIED.value: len(ready), State.STRANGER.value: len(strangers)})


def _doubtful_addresses(events: Sequence[DeliveryEvent]) -> set[tuple[str, str]]:
    """Those that came back or complained, and those to which something was delivered after all."""
    bad = {(event.channel, event.recipient) for event in events if event.kind in AGAINST_ADDRESSES}
    delivered = {(event.channel, event.recipient) for event in events if event.kind == NewsKind.DELIVERED}
    soft = SuppressedAddress.objects.filter(reason=Unreachable.SOFT_BOUNCES, released_at=None)
    known = soft.filter(address__in={address for _, address in delivered}).values_list("channel", "address")
    return {pair for pair in bad | delivered.intersection(known) if pair[1]}


def _is_about_this_sending(pair: _Pair) -> bool:
    """A notice that was sent again, perhaps to a new address, is not moved by what became of it before."""
    event, notice = pair
    began = notice.calling_at and notice.calling_at - CLOCKS_DIFFER
    return bool(began and event.happened_at >= began and event.recipient == notice.address.lower())


def _move_notices(pairs: Sequence[_Pair], now: datetime) -> None:
    heard: dict[int, list[NewsKind]] = defaultdict(list)
    for event, notice in pairs:
        heard[notice.pk].append(NewsKind(event.kind))
    reached = {pk: furthest(kinds) for pk, kinds in heard.items()}
    for place, kind in enumerate(LINE):
        here = [pk for pk, known in reached.items() if known == kind]
        Notice.objects.filter(pk__in=here, delivery__in=["", *LINE[:place]]).update(delivery=kind)
    left = {notice.pk for event, notice in pairs if event.kind in HAS_LEFT}
    # Nobody knew whether it had left; now its provider has told of it.
    doubtful = Notice.objects.filter(pk__in=left, state=Notice.State.IN_DOUBT)
    doubtful.update(state=Notice.State.SENT, reason="", finished_at=now)
    for event, notice in sorted(pairs, key=lambda pair: pair.notice.pk):
        if event.kind == NewsKind.BOUNCED:
            _came_back(notice, event, now)


@transaction.atomic
def _came_back(notice: Notice, event: DeliveryEvent, now: datetime) -> None:
    """The letter reached nobody: its step counts as not taken, and the case is decided again at once."""
    case = Case.objects.select_for_update().get(pk=notice.case_id)  # before the notice, as everywhere
    reason = f"it came back from {event.recipient}: {event.detail or event.said_kind or 'no reason given'}"[:500]
    sent = Notice.objects.filter(pk=notice.pk, state=Notice.State.SENT)
    if sent.update(state=Notice.State.REFUSED, reason=reason):
        not_taken(case, notice.step_id, Outcome.DELAYED, reason, now)


def _unsubscribe(notice: Notice, event: DeliveryEvent, now: datetime) -> None:
    """As if they had told us; what was released since stays released."""
    released = ContactStop.objects.filter(
        customer=notice.customer_id, channel=event.channel, released_at__gte=event.happened_at
    )
    if not released.exists():
        source = f"unsubscribed ({event.provider})"
        said = consideration.Said(event.channel, "", source, now, by=None, contact=notice.contact)
        consideration.refuse(notice.customer, said)
