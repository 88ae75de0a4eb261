"""What gateways tell us: stored first, believed never. An event only says where to look; the gateway's books count.

So events may come late, twice, in any order or not at all: the end is the same.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from customers.crashpoint import crashpoint
from customers.deadline import NO_DEADLINE, Deadline
from payments.gateways import gateway as gateway_named
from payments.gateways import lists_events
from payments.gateways.base import WebhookEvent
from payments.models import ChargeAttempt, GatewayEvent, GatewayHealth
from payments.operations import going_back, sync_objects
from payments.operations.charge_results import record_result
from payments.operations.gateway_calls import LeftAlone, ask, call
from payments.rules.charging import EndedBy, pause_after_look

logger = logging.getLogger(__name__)
State = GatewayEvent.State

BATCH = 200
LIST_EVERY = timedelta(hours=1)
SLICE = timedelta(hours=1)
FEW = 100  # events in a slice: with fewer the next slice is four times as long, so that quiet days cost little
OVERLAP = timedelta(minutes=10)  # a gateway may list an event a little after it happened
FIRST_LOOK_BACK = timedelta(days=3)


def take_in(alias: str, body: bytes, headers: Mapping[str, str], *, now: datetime) -> None:
    """Store a delivery; one that is known already changes nothing.

    Raises WebhookRefusal for anything but a genuine event, and KeyError for a gateway that is not configured.
    """
    _store(alias, [(gateway_named(alias).read_webhook(body, headers, now=now), body)], now)


def catch_up(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Once an hour, store what the gateways list and we never heard of; returns how many events are new.

    After an outage of ours the gateway's list brings what its webhooks could not, a slice of it at a time: an hour, and
    more where little happened. What is left at the deadline, or when the list breaks off, is for the next turn.
    """
    known = dict(GatewayHealth.objects.values_list("gateway", "listed_until"))
    new = 0
    for alias in settings.PAYMENT_GATEWAYS:
        listed_until = known.get(alias) or now - FIRST_LOOK_BACK
        if now - listed_until >= LIST_EVERY and lists_events(alias):
            new += _catch_up(alias, listed_until, now, deadline)
    return new


def _catch_up(alias: str, since: datetime, now: datetime, deadline: Deadline) -> int:
    new, span = 0, SLICE
    while since < now and not deadline.is_over:
        until = min(since + span, now)
        try:
            listed = _listed(alias, since, until, now)
            new += _store(alias, [(event, b"") for event in listed], now)
        except LeftAlone:
            break
        except Exception:
            if span > SLICE:  # what breaks off over a long slice may come over a short one
                span = SLICE
                continue
            logger.exception("The events of gateway %s could not be listed; the next turn tries again.", alias)
            break
        GatewayHealth.objects.update_or_create(gateway=alias, defaults={"listed_until": until})
        since, span = until, span * 4 if len(listed) < FEW else SLICE
    return new


def _listed(alias: str, since: datetime, until: datetime, now: datetime) -> list[WebhookEvent]:
    """The last hour has no end: the gateway's clock may be ahead of ours."""
    ends = until if until < now else None
    return call(alias, lambda gateway: list(gateway.events_since(since - OVERLAP, ends)), now=now)


def apply_events(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> Counter[str]:
    """Look up everything that events speak of, once each, and record what is true; counts by state."""
    waiting = GatewayEvent.objects.filter(state=State.WAITING, look_at__lte=now).order_by("look_at", "id")
    by_subject: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for pk, *subject in waiting.values_list("pk", "gateway", "key", "about")[:BATCH]:
        by_subject[subject[0], subject[1], subject[2]].append(pk)
    counts: Counter[str] = Counter()
    for (alias, key, about), events in by_subject.items():
        if deadline.is_over:
            break
        counts[_apply(alias, key, about, events, now)] += len(events)
    return counts


def _store(alias: str, told: Iterable[tuple[WebhookEvent, bytes]], now: datetime) -> int:
    before = GatewayEvent.objects.filter(gateway=alias)
    rows = [
        GatewayEvent(
            gateway=alias,
            event_id=event.id[:128],
            kind=event.kind[:64],
            key=event.key[:64],
            about=event.about[:128],
            body=body,
            happened_at=event.happened_at,
            received_at=now,
            look_at=now,
        )
        for event, body in told
    ]
    known = set(before.filter(event_id__in=[row.event_id for row in rows]).values_list("event_id", flat=True))
    GatewayEvent.objects.bulk_create([row for row in rows if row.event_id not in known], ignore_conflicts=True)
    return len(rows) - len(known)


def _apply(alias: str, key: str, about: str, events: Sequence[int], now: datetime) -> str:
    mine = GatewayEvent.objects.filter(pk__in=events, state=State.WAITING)
    state = _looked_up(alias, key, about, now)
    if state is not State.WAITING:
        crashpoint("inbox.before_applied")
        mine.update(state=state)
        return state.value
    looks = max(mine.values_list("looks", flat=True), default=0) + 1
    mine.update(looks=looks, look_at=now + pause_after_look(looks))
    return State.WAITING.value


def _looked_up(alias: str, key: str, about: str, now: datetime) -> State:
    """Record what the gateway says now; WAITING when it said nothing or that could not be recorded."""
    what, _, identity = about.partition("/")
    try:
        if what == "payment":
            return _payment_looked_up(alias, identity, now)
        # An attempt is committed before its gateway hears of it: what is unknown now stays unknown.
        if attempt := _attempt(alias, key):
            return _charge_looked_up(attempt, now)
        if about:
            sync_objects.look_again(alias, about, now=now)
            return State.APPLIED
    except LeftAlone:
        return State.WAITING
    except Exception:
        logger.exception("What gateway %s has of %s could not be taken in.", alias, identity or key)
        return State.WAITING
    return State.NOT_OURS


def _attempt(alias: str, key: str) -> ChargeAttempt | None:
    return ChargeAttempt.objects.filter(gateway=alias, idempotency_key=key).first() if key else None


def _payment_looked_up(alias: str, reference: str, now: datetime) -> State:
    """Of a charge of ours, or one that the gateway made for one of its invoices."""
    if attempt := _attempt(alias, call(alias, lambda gateway: gateway.key_of(reference), now=now)):
        return _charge_looked_up(attempt, now)
    payment = sync_objects.payment_of(alias, reference, now=now)
    if payment is None:
        return State.NOT_OURS
    going_back.look(payment, now=now)
    return State.APPLIED


def _charge_looked_up(attempt: ChargeAttempt, now: datetime) -> State:
    found = ask(attempt, lambda gateway: gateway.find(attempt.idempotency_key), why=EndedBy.TIME, now=now)
    if found is None:
        return State.WAITING
    known = record_result(attempt, found, now=now)
    if known.payment:
        going_back.look(known.payment, now=now)
    return State.APPLIED
