"""Bringing a gateway's customers, invoices and charges here: from its lists, page by page, or one after an event.

What is taken in is what the gateway says now, so that order and repeats do not matter. A page and the cursor behind it
are one transaction: a run that was killed goes on where it was.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from customers.crashpoint import crashpoint
from payments.gateways.accounts import Kind, Misread, Page, TheirCustomer, TheirTry, Told, customers_of
from payments.models import GatewayCustomer, GatewayInvoice, SyncRun
from payments.operations import sync_customers, sync_findings, sync_invoices, sync_tries
from payments.operations.gateway_calls import ask_accounts
from payments.operations.sync_findings import Finding, Tally

logger = logging.getLogger(__name__)
Stage = SyncRun.Stage

OVERLAP = timedelta(hours=1)  # what was created while the last run began
TRIES_SINCE = timedelta(days=30)  # the longest time over which a network counts tries
NEXT = {Stage.CUSTOMERS: Stage.INVOICES, Stage.INVOICES: Stage.TRIES, Stage.TRIES: Stage.DONE}
TAKERS: dict[Kind, Callable[..., Tally]] = {
    Kind.CUSTOMER: sync_customers.take,
    Kind.INVOICE: sync_invoices.take,
    Kind.TRY: sync_tries.take,
}
BROKEN = "could not be taken in because of an unexpected error"
LOG = "The log says more. The others were taken in; it is tried again with the next sync."


def sync(
    alias: str,
    *,
    now: datetime,
    since: datetime | None = None,
    everything: bool = False,
    is_rehearsal: bool = False,
    progress: Callable[[SyncRun], None] = lambda _: None,
) -> SyncRun:
    """Read the gateway's lists and take in what is new or changed; the run, with its counts.

    Without `since` and `everything` an unfinished run is gone on with, or else a new one takes the customers and
    charges created since the last (of charges at most thirty days) and all invoices that are open. A rehearsal counts
    and changes nothing. One run of a gateway at a time; another one waits. Raises LeftAlone or what the gateway raises
    when it gives no answer: what was taken in stays, and the next run goes on.
    """
    if is_rehearsal:
        run = _new_run(alias, since, everything, now)
        return _go(run, now, progress, is_rehearsal=True)
    with _one_at_a_time(alias):
        return _go(_begun(alias, since, everything, now), now, progress, is_rehearsal=False)


def look_again(alias: str, about: str, *, now: datetime) -> None:
    """Take in one object ("invoice/" and its id) as it is at the gateway now. Raises when there is no answer."""
    kind, _, identity = about.partition("/")
    found = _find(alias, Kind(kind), identity, now)
    if found is None:
        return
    if isinstance(found, TheirTry):
        _bring_invoice(alias, found, now)
    take(alias, Kind(kind), [found], now=now)


def take(alias: str, kind: Kind, items: Sequence[Told], *, now: datetime) -> Tally:
    """Take in what the gateway told, with the customers it names that are not known yet. Calls the gateway for them."""
    strangers = _strangers(alias, items, now)
    with transaction.atomic():
        _take(alias, Kind.CUSTOMER, strangers, now)
        return _take(alias, kind, items, now)


def _new_run(alias: str, since: datetime | None, everything: bool, now: datetime) -> SyncRun:
    last = SyncRun.objects.filter(gateway=alias, stage=Stage.DONE).order_by("-started_at").first()
    asked = since is not None or everything
    return SyncRun(
        gateway=alias,
        since=since if asked or last is None else last.started_at - OVERLAP,
        only_open=not asked,
        started_at=now,
    )


def _begun(alias: str, since: datetime | None, everything: bool, now: datetime) -> SyncRun:
    """The unfinished run, or a new one. What is asked for expressly begins anew."""
    unfinished = SyncRun.objects.filter(gateway=alias, finished_at=None)
    if since is not None or everything:
        unfinished.update(finished_at=now)
    if run := unfinished.first():
        return run
    run = _new_run(alias, since, everything, now)
    run.save()
    return run


def _go(run: SyncRun, now: datetime, progress: Callable[[SyncRun], None], *, is_rehearsal: bool) -> SyncRun:
    while run.stage != Stage.DONE:
        page = _page(run, now)
        crashpoint("sync.after_page")
        strangers = _strangers(run.gateway, page.items, now)
        with transaction.atomic():
            _take_page(run, page, strangers, now)
            transaction.set_rollback(is_rehearsal)
            if not is_rehearsal:
                run.save()
            crashpoint(f"sync.before_commit.{run.stage}")
        progress(run)
    return run


def _page(run: SyncRun, now: datetime) -> Page:
    kind = Kind(run.stage)
    since = run.since
    is_whole = since is None and not run.only_open
    if kind is Kind.TRY and not is_whole:
        earliest = run.started_at - TRIES_SINCE
        since = since or earliest
    asked: dict[str, Any] = {"since": since, "after": run.after, "only_open": run.only_open}
    return ask_accounts(run.gateway, lambda accounts: accounts.page(kind, **asked), now=now)


def _take_page(run: SyncRun, page: Page, strangers: Sequence[Told], now: datetime) -> None:
    """Take the page in and move the run on, without saving the run."""
    _take(run.gateway, Kind.CUSTOMER, strangers, now)
    tally = _take(run.gateway, Kind(run.stage), page.items, now)
    run.new, run.changed = run.new + tally.new, run.changed + tally.changed
    run.unchanged, run.refused = run.unchanged + tally.unchanged, run.refused + tally.refused
    run.after = page.after
    if not page.after:
        run.stage = NEXT[Stage(run.stage)]
        run.finished_at = now if run.stage == Stage.DONE else None


def _take(alias: str, kind: Kind, items: Sequence[Told], now: datetime) -> Tally:
    told = [one for one in items if not isinstance(one, Misread)]
    unread = [one for one in items if isinstance(one, Misread)]
    remedy = "Look at it at the gateway; the others were taken in."
    found = [Finding(one.id, "", "", one.problem, remedy) for one in unread]
    sync_findings.note(alias, kind, [one.id for one in unread], found, now=now)
    return _take_told(alias, kind, told, now).plus(Tally(refused=len(unread)))


def _take_told(alias: str, kind: Kind, told: Sequence[Told], now: datetime) -> Tally:
    """All at once; when that fails for a reason nobody foresaw, one by one, so that one row never stops the others."""
    try:
        with transaction.atomic():
            return TAKERS[kind](alias, told, now=now) if told else Tally()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(told) > 1:
            return _sum_of(_take_told(alias, kind, [one], now) for one in told)
        logger.exception("%s %s of gateway %s could not be taken in.", kind, told[0].id, alias)
        sync_findings.note(alias, kind, [told[0].id], [Finding(told[0].id, "", "", BROKEN, LOG)], now=now)
        return Tally(refused=1)


def _sum_of(tallies: Iterator[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total = total.plus(tally)
    return total


def _strangers(alias: str, items: Sequence[Told], now: datetime) -> list[Told]:
    """The customers that these invoices and tries name and that are not known here yet, asked for one by one."""
    named = customers_of(items)
    links = GatewayCustomer.objects.filter(gateway=alias, external_id__in=named)
    unknown = sorted(named - set(links.values_list("external_id", flat=True)))
    found = [_find(alias, Kind.CUSTOMER, identity, now) for identity in unknown]
    return [one for one in found if isinstance(one, TheirCustomer | Misread)]


def _find(alias: str, kind: Kind, identity: str, now: datetime) -> Told | None:
    return ask_accounts(alias, lambda accounts: accounts.find(kind, identity), now=now)


def _bring_invoice(alias: str, one: TheirTry, now: datetime) -> None:
    """A try that comes before its invoice brings it along."""
    if one.is_ours or GatewayInvoice.objects.filter(gateway=alias, references__contains=[one.reference]).exists():
        return
    invoice = ask_accounts(alias, lambda accounts: accounts.invoice_of(one.reference), now=now)
    if invoice:
        look_again(alias, f"{Kind.INVOICE}/{invoice}", now=now)


@contextmanager
def _one_at_a_time(alias: str) -> Iterator[None]:
    """Waits until no other process reads this gateway's lists. The lock goes with the process that held it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"payments.sync.{alias}"])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"payments.sync.{alias}"])
