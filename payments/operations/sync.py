"""Reading a gateway's lists of customers, invoices, charges, refunds, disputes and credit notes, page by page.

A page and the cursor behind it are one transaction: a run that was killed goes on where it was.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from customers.crashpoint import crashpoint
from payments.gateways.accounts import Kind, Page, Told
from payments.gateways.base import GatewayRefusal
from payments.models import SyncRun
from payments.operations import sync_objects
from payments.operations.gateway_calls import ask_accounts

Stage = SyncRun.Stage

OVERLAP = timedelta(hours=1)  # what was created while the last run began
TRIES_SINCE = timedelta(days=30)  # the longest time over which a network counts tries
RETURNS_SINCE = timedelta(days=120)  # within which most disputes are decided, and refunds fail that ever will
STAGES = (Stage.CUSTOMERS, Stage.INVOICES, Stage.TRIES, Stage.REFUNDS, Stage.DISPUTES, Stage.CREDITS, Stage.DONE)


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
    charges created since the last (of charges at most thirty days), all invoices that are open, and the refunds,
    disputes and credit notes of the last 120 days. A rehearsal counts and changes nothing. One run of a gateway at a
    time; another one waits. Raises LeftAlone or what the gateway raises when it gives no answer: what was taken in
    stays, and the next run goes on.
    """
    if is_rehearsal:
        run = _new_run(alias, since, everything, now)
        return _go(run, now, progress, is_rehearsal=True)
    with _one_at_a_time(alias):
        return _go(_begun(alias, since, everything, now), now, progress, is_rehearsal=False)


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
        strangers = sync_objects.strangers(run.gateway, page.items, now)
        if is_rehearsal:
            _rehearse_page(run, page, strangers, now)
        else:
            sync_objects.take(run.gateway, Kind.CUSTOMER, strangers, now)
            _take_page(run, page, now)
        progress(run)
    return run


@transaction.atomic
def _rehearse_page(run: SyncRun, page: Page, strangers: Sequence[Told], now: datetime) -> None:
    sync_objects.take(run.gateway, Kind.CUSTOMER, strangers, now)
    _count_in(run, page, now)
    transaction.set_rollback(True)


@transaction.atomic
def _take_page(run: SyncRun, page: Page, now: datetime) -> None:
    _count_in(run, page, now)
    run.save()
    crashpoint(f"sync.before_commit.{run.stage}")


def _page(run: SyncRun, now: datetime) -> Page:
    """The next page. A stage whose last row is not there any more, because it was deleted, begins anew."""
    kind = Kind(run.stage)
    asked: dict[str, Any] = {"since": _since(run, kind), "only_open": run.only_open}
    try:
        return ask_accounts(run.gateway, lambda accounts: accounts.page(kind, after=run.after, **asked), now=now)
    except GatewayRefusal as refusal:
        if not (run.after and refusal.permanent):
            raise
        run.after = ""
        return ask_accounts(run.gateway, lambda accounts: accounts.page(kind, after="", **asked), now=now)


def _since(run: SyncRun, kind: Kind) -> datetime | None:
    """Refunds, disputes and credit notes change long after they began: so those of RETURNS_SINCE are read anew."""
    if run.only_open and kind is Kind.TRY:
        earliest = run.started_at - TRIES_SINCE
        return max(run.since or earliest, earliest)
    if run.only_open and kind in (Kind.REFUND, Kind.DISPUTE, Kind.CREDIT):
        return run.started_at - RETURNS_SINCE
    return run.since


def _count_in(run: SyncRun, page: Page, now: datetime) -> None:
    """Take the page in and move the run on, without saving the run."""
    tally = sync_objects.take(run.gateway, Kind(run.stage), page.items, now)
    run.new, run.changed = run.new + tally.new, run.changed + tally.changed
    run.unchanged, run.refused = run.unchanged + tally.unchanged, run.refused + tally.refused
    run.after = page.after
    if not page.after:
        run.stage = STAGES[STAGES.index(Stage(run.stage)) + 1]
        run.finished_at = now if run.stage == Stage.DONE else None


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
