"""An import from the upload to the result: read, ask, preview, confirm, apply. Each step may be called again."""

import hashlib
import logging
import tempfile
import zoneinfo
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import cache
from typing import BinaryIO

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction

from customers.crashpoint import crashpoint
from customers.models import ImportIssue, ImportMapping, ImportPiece, ImportRun
from customers.operations import import_apply, import_staging
from customers.operations.import_compare import foresee
from customers.operations.import_reading import Opened, look_inside, open_table, padded
from customers.rules.import_cell import Undecided, Unreadable
from customers.rules.import_columns import MappingRefusal, fingerprint
from customers.rules.import_encoding import FileRefusal
from customers.rules.import_layout import Choices, Layout
from customers.rules.import_row import RowReader, World

logger = logging.getLogger(__name__)
State = ImportRun.State

SMALL_FILE = 2 << 20  # bytes that are read while somebody waits; larger files are read by the worker
SMALL_IMPORT = 5_000  # rows that are applied while somebody waits
KEPT_FOR = timedelta(days=7)  # how long a file waits for somebody to confirm it
MAX_UPLOAD = 1 << 30
PIECE = 1 << 20
ATTEMPTS = 3  # at reading a file; each is counted before it begins
BROKEN_OFF = (
    f"Reading was broken off {ATTEMPTS} times, and nothing was taken. Split the file, or save it as CSV, and upload it "
    "again."
)
UNREADABLE = (
    "The file could not be read because of an unexpected error, which is in the log; nothing was taken. Save it as CSV "
    "and upload it again."
)
# What reading a file says of its run, and what foreseeing says: anything else of the run is not theirs to save.
FOUND = ("state", "refusal", "chosen", "found", "rows", "last_row", "refused")
FORESEEN = ("new", "changed", "unchanged", "conflicts", "refused", "new_customers", "changed_customers")
LOCK = int.from_bytes(hashlib.sha256(b"customers.import").digest()[:8], "big", signed=True)


@transaction.atomic
def upload(file_name: str, pieces: Iterable[bytes], *, choices: Choices, by: User | None, now: datetime) -> ImportRun:
    """Keep an uploaded file in the database, so that any host can go on with it. Raises FileRefusal: too large."""
    run = ImportRun.objects.create(
        file_name=file_name[-255:], size=0, chosen=asdict(choices), uploaded_by=by, uploaded_at=now
    )
    for position, piece in enumerate(pieces):
        run.size += len(piece)
        if run.size > MAX_UPLOAD:
            raise FileRefusal("The file is larger than 1 GB. Split it.")
        ImportPiece.objects.create(run=run, position=position, content=piece)
    run.save()
    return run


def read(run: ImportRun, *, now: datetime) -> None:
    """Read the kept file of `run` and foresee what it would change. The outcome is the run's state."""
    with _kept_file(run) as file, transaction.atomic():
        read_file(run, file, now=now)
        if run.state == State.READ:
            foresee(run)
            run.save(update_fields=FORESEEN)


def choose(run: ImportRun, choices: Choices, *, now: datetime) -> None:
    """Read the kept file again, as somebody says it is to be read. Only before it is confirmed."""
    changed = ImportRun.objects.filter(pk=run.pk, state__in=[State.ASKING, State.READ, State.REFUSED])
    if changed.update(state=State.UPLOADED, chosen=asdict(choices), refusal="", attempts=0):
        run.refresh_from_db()
        if run.size <= SMALL_FILE:
            read(run, now=now)


@transaction.atomic
def read_file(run: ImportRun, file: BinaryIO, *, now: datetime) -> None:
    """Read `file` into the staging table: then the run is READ, or ASKING, or REFUSED with the reason.

    A run that is no longer to be read, because somebody discarded it or was faster, is only refreshed. While the file
    is read the run is locked: who discards it waits.
    """
    locked = ImportRun.objects.select_for_update().values_list("state", flat=True).get(pk=run.pk)
    if locked != State.UPLOADED:
        run.refresh_from_db()
        return
    try:
        with transaction.atomic():
            _stage(run, file, now)
    except (FileRefusal, MappingRefusal) as refusal:
        run.state, run.refusal = State.REFUSED, str(refusal)
    run.save(update_fields=FOUND)


def _stage(run: ImportRun, file: BinaryIO, now: datetime) -> None:
    opened = open_table(file, run.choices)
    if not (run.choices.columns or run.choices.constants):
        run.chosen = asdict(_with_remembered(run.choices, opened.headers))
    layout = look_inside(opened, run.choices)
    try:
        _stage_rows(run, opened, layout, now)
    except Undecided:  # the sample held no such value: look at all rows, and ask if they leave it open
        _stage_rows(run, opened, look_inside(opened, run.choices, thoroughly=True), now)


@transaction.atomic
def _stage_rows(run: ImportRun, opened: Opened, layout: Layout, now: datetime) -> None:
    run.found = layout.as_json()
    run.state = State.ASKING if layout.questions else State.READ
    if layout.questions:
        import_staging.clear(run)
        return
    try:
        reader = RowReader(layout, _world(now))
    except Unreadable as refusal:
        raise FileRefusal(f"A value of the mapping {refusal.problem}. {refusal.remedy}") from None
    import_staging.stage(run, padded(layout, opened.rows()), reader)


def confirm(run: ImportRun, *, now: datetime) -> bool:
    """Say yes to what was foreseen; False when the run is not there (or somebody was faster)."""
    confirmed = ImportRun.objects.filter(pk=run.pk, state=State.READ).update(
        state=State.CONFIRMED,
        confirmed_at=now,
        **dict.fromkeys(("new", "changed", "unchanged", "conflicts", "new_customers", "changed_customers"), 0),
    )
    run.refresh_from_db()
    if confirmed:
        _remember(run, now)
    return bool(confirmed)


def apply_now(run: ImportRun, *, now: datetime) -> bool:
    """Take a small confirmed import into the books while somebody waits; False: the worker will do it."""
    others = ImportRun.objects.filter(state__in=[State.APPLYING, State.CONFIRMED]).exclude(pk=run.pk)
    if run.rows > SMALL_IMPORT or others.exists():
        return False
    return bool(apply_confirmed(now=now))


def discard(run: ImportRun) -> bool:
    """Forget a file that is not wanted; False when it is already going in."""
    with transaction.atomic():
        discarded = ImportRun.objects.filter(
            pk=run.pk, state__in=[State.UPLOADED, State.ASKING, State.READ, State.REFUSED]
        ).update(state=State.DISCARDED)
        if discarded:
            run.refresh_from_db()
            run.pieces.all().delete()
            import_staging.clear(run)
    return bool(discarded)


def read_uploaded(*, now: datetime) -> int:
    """Read the uploads that were too large to be read at once; how many were. Only one process does so at a time."""
    with _only_one(wait=False) as is_ours:
        waiting = list(ImportRun.objects.filter(state=State.UPLOADED).order_by("uploaded_at")) if is_ours else []
        for run in waiting:
            _try_to_read(run, now)
    return len(waiting)


def _try_to_read(run: ImportRun, now: datetime) -> None:
    """One file that cannot be read stops no other, not even when reading it kills the worker."""
    if run.attempts >= ATTEMPTS:
        _give_up(run, BROKEN_OFF)
        return
    run.attempts += 1
    run.save(update_fields=["attempts"])
    try:
        read(run, now=now)
    except Exception:
        logger.exception("Import %s (%s) cannot be read.", run.pk, run.file_name)
        _give_up(run, UNREADABLE)


def _give_up(run: ImportRun, why: str) -> None:
    ImportRun.objects.filter(pk=run.pk, state=State.UPLOADED).update(state=State.REFUSED, refusal=why)


def discard_forgotten(*, now: datetime) -> int:
    """Discard the files that nobody confirmed within KEPT_FOR; how many were."""
    old = ImportRun.objects.filter(uploaded_at__lt=now - KEPT_FOR, state__in=[State.ASKING, State.READ, State.REFUSED])
    ImportPiece.objects.filter(run__in=old).delete()
    return sum(discard(run) for run in old.exclude(state=State.REFUSED))


def apply_confirmed(*, now: datetime, wait: bool = False) -> int:
    """Take all confirmed runs into the books, what was interrupted first; how many were finished.

    Only one process does so at a time. Another one returns at once, or with `wait` when its turn has come and the
    work is done.
    """
    finished = 0
    with _only_one(wait) as is_ours:
        while is_ours and (run := _next_confirmed()):
            _apply(run, now)
            finished += 1
    return finished


def _next_confirmed() -> ImportRun | None:
    unfinished = ImportRun.objects.filter(state__in=[State.APPLYING, State.CONFIRMED])
    return unfinished.order_by("state", "confirmed_at", "pk").first()  # "applying" sorts before "confirmed"


def _apply(run: ImportRun, now: datetime) -> None:
    if run.state == State.CONFIRMED:
        _begin(run)
    try:
        while import_apply.apply_chunk(run, now=now):
            crashpoint(f"import.after_commit.{run.cursor}")
        run.state = State.DONE
    except import_apply.RowsLost:
        run.state = State.REFUSED
        run.refusal = (
            f"The database was restarted after row {run.cursor}. Upload the file again: what went in stays, "
            "and only the rest is taken."
        )
    with transaction.atomic():
        run.finished_at = now
        run.save()
        run.pieces.all().delete()
        import_staging.empty(run)


@transaction.atomic
def _begin(run: ImportRun) -> None:
    ImportIssue.objects.filter(run=run, is_from_books=True).delete()  # they are found anew, row by row
    run.refused = ImportIssue.objects.filter(run=run, kind=ImportIssue.Kind.REFUSED).count()
    run.state = State.APPLYING
    run.save()


@contextmanager
def _only_one(wait: bool) -> Iterator[bool]:
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            is_ours = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            is_ours = cursor.fetchone()[0]
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _kept_file(run: ImportRun) -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as file:
        pieces = ImportPiece.objects.filter(run=run).order_by("position").values_list("content", flat=True)
        for content in pieces.iterator(chunk_size=4):
            file.write(content)
        yield file


def _with_remembered(choices: Choices, headers: Iterable[str]) -> Choices:
    remembered = ImportMapping.objects.filter(fingerprint=fingerprint(list(headers))).first()
    if not remembered:
        return choices
    return replace(choices, columns=remembered.columns, constants=remembered.constants)


def _remember(run: ImportRun, now: datetime) -> None:
    layout, choices = run.layout, run.choices
    if layout and (choices.columns or choices.constants):
        ImportMapping.objects.update_or_create(
            fingerprint=fingerprint(layout.headers),
            defaults={
                "headers": list(layout.headers),
                "columns": choices.columns,
                "constants": choices.constants,
                "used_at": now,
            },
        )


def _world(now: datetime) -> World:
    languages = frozenset(code for code, _ in settings.LANGUAGES)
    return World(languages, _zones(), import_apply.today(now))


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
