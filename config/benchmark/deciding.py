"""Cases 1 and 2: decide the day, and decide again when nothing is due."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction

from config.benchmark.report import Figure, median_ms, seconds_of
from config.benchmark.world import build
from customers.models import Contact, Hold, Invoice
from dunning.models import Case, CaseEvent, Notice, Step, StepRun
from dunning.operations.advance import advance_due
from dunning.operations.opening import open_cases
from dunning.operations.tick import tick
from dunning.rules.calendar import is_working_day

# As many rows as the engine writes for these cases, with nothing decided: what PostgreSQL alone can do.
RUN = """
INSERT INTO dunning_steprun (case_id, step_id, outcome, decided_at, reason, because, is_by_hand)
SELECT c.id, s.id, '{outcome}', now(), repeat('x', 60),
  json_build_array(json_build_object('rule', 'x', 'says', repeat('x', {because})))::jsonb, false
FROM dunning_case c, dunning_step s WHERE s.position = {position}
"""
NOTICE = """
INSERT INTO dunning_notice (case_id, step_id, customer_id, contact_id, channel, due_at, state, queued_at, attempts,
                            reason, address, language, subject, body, lines, message_id, provider_reference)
SELECT c.id, s.id, c.customer_id, k.id, 'email', now(), 'queued', now(), 0, '', '', '', '', '', '[]', '', ''
FROM dunning_case c JOIN customers_contact k ON k.customer_id = c.customer_id, dunning_step s WHERE s.position = 2
"""
CLOCK = """
UPDATE dunning_case SET next_action_at = next_action_at + interval '6 days', level = 1, next_reason = repeat('x', 90),
  next_because = json_build_array(json_build_object('rule', 'x', 'says', repeat('x', 400)))::jsonb
"""
BARE = [
    RUN.format(outcome="skipped", position=1, because=150),
    RUN.format(outcome="done", position=2, because=450),
    NOTICE,
    CLOCK,
]
NAIVE_SAMPLE = 300


def decide_the_day(invoices: int, *, now: datetime) -> Iterator[Figure]:
    """Decide every due case of a book of `invoices`; then turn the engine with nothing due."""
    build(invoices, now=now)
    cases = open_cases(now=now)
    is_working_day(now.date(), "DE")  # the library of holidays is read once per process
    bare = seconds_of(_bare)
    naive = seconds_of(lambda: _naive(now)) / NAIVE_SAMPLE
    ours = seconds_of(lambda: advance_due(now=now))
    figure = f"{cases} cases of {invoices} invoices in {ours:.1f} s ({cases / ours:,.0f}/s)"
    yield Figure(
        "1  decide the day, against bare SQL", figure, f"as many rows by SQL: {bare:.1f} s", bare / ours, 1 / 6
    )
    yield Figure("1  decide the day, against a loop", figure, f"{1 / naive:,.0f}/s", naive / (ours / cases), 20)
    yield _nothing_due(invoices, now)


def _bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for statement in BARE:
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # foreign keys are looked up at the end of a transaction
        cursor.execute("ROLLBACK")
        cursor.execute("VACUUM dunning_steprun, dunning_notice, dunning_case")


def _naive(now: datetime) -> None:
    """The loop everybody writes first: load, look, save, one case after another. Rolled back."""
    with transaction.atomic():
        for case in Case.objects.filter(next_action_at__lte=now)[:NAIVE_SAMPLE]:
            _naive_case(case, now)
        transaction.set_rollback(True)


def _naive_case(case: Case, now: datetime) -> None:
    invoices = [i for i in Invoice.objects.filter(customer=case.customer).order_by("due_on") if i.balance > 0]
    if Hold.objects.filter(customer=case.customer, released_at=None).exists():
        return
    done = {run.step_id for run in StepRun.objects.filter(case=case)}
    age = (now.date() - invoices[0].due_on).days
    for step in Step.objects.filter(version=case.version, kind="reminder").order_by("position"):
        if step.pk in done or step.offset_days > age:
            continue
        if step.offset_days < 0:
            StepRun.objects.get_or_create(
                case=case, step=step, defaults={"outcome": "skipped", "decided_at": now, "reason": "too late"}
            )
            continue
        StepRun.objects.get_or_create(
            case=case, step=step, defaults={"outcome": "done", "decided_at": now, "reason": f"{age} days late"}
        )
        contact = Contact.objects.get(customer=case.customer, is_primary=True)
        Notice.objects.get_or_create(
            case=case,
            step=step,
            channel="email",
            contact=contact,
            defaults={"customer": case.customer, "queued_at": now, "due_at": now},
        )
        CaseEvent.objects.create(case=case, happened_at=now, kind="notice", text="queued")
        case.next_action_at = now + timedelta(days=6)
        case.save()


def _nothing_due(invoices: int, now: datetime) -> Figure:
    Notice.objects.update(state="sent")
    tick(now=now)  # the hourly look for newly overdue customers is behind us
    before = _rows_written()
    quiet = median_ms(lambda: tick(now=now))
    written = _rows_written() - before
    hourly = median_ms(lambda: open_cases(now=now), times=3)
    count = median_ms(lambda: Case.objects.filter(state="open", next_action_at__lte=now).count())
    ours = (
        f"{quiet:.1f} ms at {invoices} invoices, {written} rows written (hourly look for the overdue: {hourly:.0f} ms)"
    )
    return Figure("2  a turn with nothing due", ours, f"a bare count: {count:.1f} ms; limit 50 ms", 50 / quiet, 1)


def _rows_written() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint FROM pg_stat_user_tables")
        return int(cursor.fetchone()[0])
