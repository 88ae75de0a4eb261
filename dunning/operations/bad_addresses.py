"""Addresses that came back or complained: nothing goes there any more, and somebody looks for a better one."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from customers.models import SuppressedAddress
from customers.operations import suppression
from customers.queries import contacts_at
from customers.rules.contact import UNREACHABLE, Unreachable
from customers.rules.days import local_day
from dunning.models import Case, DeliveryEvent, Task
from dunning.models.task import ADDRESS
from dunning.rules.delivery_news import Heard, NewsKind, unreachable_for

QUEUE = "addresses"
JUDGED_BY = (NewsKind.SOFT_BOUNCED, NewsKind.DELIVERED, NewsKind.BOUNCED, NewsKind.COMPLAINED)


def judge(addresses: Collection[tuple[str, str]], *, now: datetime) -> None:
    """Suppress what is bad of these (channel, address) pairs, from all that was heard since a person released it.

    A row of soft bounces that a delivery broke, heard of late, counts no longer.
    """
    for channel, address in sorted(addresses):
        _judge(channel, address, now)


@transaction.atomic
def _judge(channel: str, address: str, now: datetime) -> None:
    rows = SuppressedAddress.objects.filter(channel=channel, address=address)
    events = DeliveryEvent.objects.filter(channel=channel, recipient=address, notice__isnull=False, kind__in=JUDGED_BY)
    if released_at := rows.filter(released_by__isnull=False).aggregate(at=Max("released_at"))["at"]:
        events = events.filter(happened_at__gt=released_at)
    heard = list(events.defer("body"))
    bad = unreachable_for([Heard(NewsKind(e.kind), str(e.notice_id), e.happened_at) for e in heard])
    if bad:
        reason, since = bad
        said = min(
            f"{e.provider}: {e.detail or e.said_kind or 'no reason given'}" for e in heard if e.happened_at == since
        )
        if suppression.suppress(channel, address, reason=reason, source=said, since=since):
            _look_for_another(channel, address, reason, now)
    elif broken := rows.filter(reason=Unreachable.SOFT_BOUNCES, released_at=None).first():
        suppression.release(broken, reason="A message was delivered after all.", now=now, by=None)


def _look_for_another(channel: str, address: str, reason: Unreachable, now: datetime) -> None:
    """Have one looked for in each open case whose letters would go there."""
    customers = contacts_at(channel, address).filter(Q(is_primary=True) | ~Q(role="")).values("customer")
    cases = Case.objects.filter(customer__in=customers, state=Case.State.OPEN).select_related("customer")
    was = "was " if reason == Unreachable.COMPLAINED else ""
    search_for_another(cases, f"{address}: what we sent there {was}{dict(UNREACHABLE)[reason]}.", now=now)


def search_for_another(cases: Iterable[Case], why: str, *, now: datetime) -> None:
    """One task for each of these cases, with its customer at hand; where one is looked for already, that is enough."""
    tasks = [
        Task(
            case=case,
            kind=ADDRESS,
            queue=QUEUE,
            script=f"{why} Find the right address and write it on the customer's page, or release this one under "
            "Suppressed addresses.",
            due_on=local_day(now, case.customer.time_zone),
            assignee_id=case.owner_id,
            created_at=now,
        )
        for case in cases
    ]
    Task.objects.bulk_create(tasks, ignore_conflicts=True)
