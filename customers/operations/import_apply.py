"""Taking staged rows into the books, chunk by chunk. A chunk and the cursor behind it are one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg.errors import DeadlockDetected, SerializationFailure

from customers.crashpoint import crashpoint
from customers.models import ImportRun
from customers.operations.import_compare import COMPARED, LIST_FINDINGS, RENEWAL, WAYS, findings, refusals, renewed
from customers.rules.import_places import HOME

CHUNK = 20_000  # rows per transaction
TRIES = 5  # of a chunk that the database takes back, because it and somebody else wait for each other
COLLISION = (DeadlockDetected, SerializationFailure)

NEXT_CHUNK = """
    SELECT max(row_number), count(*), count(*) FILTER (WHERE state = 'refused') FROM (
      SELECT row_number, state FROM customers_importrow WHERE run_id = %s AND row_number > %s
      ORDER BY row_number LIMIT %s
    ) AS chunk
"""
# Rows that change nothing are left behind here; a second import of a file has next to nothing to write.
COMPARE = f"""
    DROP TABLE IF EXISTS pg_temp.import_chunk;
    CREATE TEMP TABLE import_chunk ON COMMIT DROP AS
    SELECT *, CASE outcome WHEN 'new' THEN nextval(pg_get_serial_sequence('customers_invoice', 'id')) END AS new_id
    FROM ({COMPARED}) AS compared WHERE outcome <> 'unchanged' OR is_new_customer_fact
"""
# Customers before invoices, each in order of id, as everybody locks them.
LOCK_CUSTOMERS = """
    SELECT count(*) FROM (
      SELECT c.id FROM customers_customer c WHERE c.id IN (SELECT customer_id FROM import_chunk)
      ORDER BY c.id FOR NO KEY UPDATE OF c
    ) AS locked
"""
# What moved since the comparison makes the chunk start again. MATERIALIZED: the question what moved is asked of the
# locked rows; PostgreSQL would otherwise ask it first, and lock only what it already saw moving.
LOCK_AND_COUNT_MOVED = """
    WITH locked AS MATERIALIZED (
      SELECT i.balance, i.amount, chunk.booked_balance, chunk.booked_amount
      FROM customers_invoice i JOIN import_chunk chunk ON chunk.invoice_id = i.id
      ORDER BY i.id FOR UPDATE OF i
    )
    SELECT count(*) FROM locked WHERE balance <> booked_balance OR amount <> booked_amount
"""
COUNT_OUTCOMES = """
    SELECT count(*) FILTER (WHERE outcome = 'new'), count(*) FILTER (WHERE outcome = 'changed'),
      count(*) FILTER (WHERE outcome = 'conflict'), count(*) FILTER (WHERE outcome = 'refused')
    FROM import_chunk
"""
ADD_CUSTOMERS = """
    INSERT INTO customers_customer
      (number, name, language, country, time_zone, segment, kind, tags, since_on,
       renews_on, renewal_of, renewal_amount, renewal_currency, created_at, updated_at)
    SELECT number, name, coalesce(said.language, home.language, %(language)s), said.country,
      coalesce(said.time_zone, home.time_zone, %(time_zone)s), segment, kind, tags, since_on,
      renews_on, renewal_of, renewal_amount, renewal_currency, %(now)s, %(now)s
    FROM (
      SELECT customer_number AS number, max(customer_name) AS name, max(language) AS language,
        coalesce(max(country), '') AS country, max(time_zone) AS time_zone, coalesce(max(segment), '') AS segment,
        coalesce(max(buys_as), 'unknown') AS kind, coalesce(string_to_array(max(tags), ','), '{}') AS tags,
        max(since_on) AS since_on, max(renews_on) AS renews_on, coalesce(max(renewal_of), '') AS renewal_of,
        max(renewal_amount) AS renewal_amount, coalesce(max(renewal_currency), '') AS renewal_currency
      FROM import_chunk WHERE customer_id IS NULL AND outcome <> 'refused' GROUP BY customer_number
    ) AS said
    LEFT JOIN unnest(%(countries)s::text[], %(home_zones)s::text[], %(home_languages)s::text[])
      AS home (country, time_zone, language) ON home.country = said.country
    ORDER BY number
    ON CONFLICT (number) DO NOTHING
"""
CHANGE_CUSTOMERS = f"""
    UPDATE customers_customer c SET
      name = said.name, language = coalesce(said.language, c.language), country = coalesce(said.country, c.country),
      time_zone = coalesce(said.time_zone, c.time_zone), segment = coalesce(said.segment, c.segment),
      kind = coalesce(said.kind, c.kind), tags = coalesce(string_to_array(said.tags, ','), c.tags),
      since_on = coalesce(said.since_on, c.since_on), renews_on = coalesce(said.renews_on, c.renews_on),
      {", ".join(f"{column} = {renewed(column, 'said')}" for column in RENEWAL)}, updated_at = %(now)s
    FROM (
      SELECT customer_id, max(customer_name) AS name, max(language) AS language, max(country) AS country,
        max(time_zone) AS time_zone, max(segment) AS segment, max(buys_as) AS kind, max(tags) AS tags,
        max(since_on) AS since_on, max(renews_on) AS renews_on, max(renewal_of) AS renewal_of,
        max(renewal_amount) AS renewal_amount, max(renewal_currency) AS renewal_currency
      FROM import_chunk WHERE customer_id IS NOT NULL AND is_new_customer_fact AND outcome <> 'refused'
      GROUP BY customer_id
    ) AS said
    WHERE c.id = said.customer_id
"""
# Who has moved has no old floor and no old province: with another street the file's address counts as a whole.
HAS_MOVED = "excluded.street NOT IN ('', customers_contact.street)"
WRITE_CONTACTS = f"""
    INSERT INTO customers_contact (customer_id, name, is_primary, {", ".join(WAYS)})
    SELECT c.id, '', true, {", ".join(f"coalesce(said.{way}, '')" for way in WAYS)}
    FROM (
      SELECT customer_number, {", ".join(f"max({way}) AS {way}" for way in WAYS)}
      FROM import_chunk WHERE is_new_customer_fact AND outcome <> 'refused' GROUP BY customer_number
    ) AS said
    JOIN customers_customer c ON c.number = said.customer_number
    WHERE coalesce({", ".join(f"said.{way}" for way in WAYS)}) IS NOT NULL
    ON CONFLICT (customer_id) WHERE is_primary DO UPDATE SET
      {", ".join(f"{way} = coalesce(nullif(excluded.{way}, ''), customers_contact.{way})" for way in WAYS[:3])},
      {
    ", ".join(
        f"{part} = CASE WHEN {HAS_MOVED} THEN excluded.{part} "
        f"ELSE coalesce(nullif(excluded.{part}, ''), customers_contact.{part}) END"
        for part in WAYS[3:]
    )
}
"""
# As the operation that records a wish: the stop, and the row that proves it.
RECORD_REFUSALS = """
    WITH said AS (
      SELECT DISTINCT c.id AS customer_id, known.channel, known.topic
      FROM import_chunk JOIN customers_customer c ON c.number = customer_number
      CROSS JOIN LATERAL unnest(string_to_array(refuses, ',')) AS word
      JOIN unnest(%(refusals)s::text[], %(refused_channels)s::text[], %(refused_topics)s::text[])
        AS known (word, channel, topic) USING (word)
      WHERE refuses IS NOT NULL AND is_new_customer_fact AND outcome <> 'refused'
        AND NOT EXISTS (
          SELECT 1 FROM customers_contactstop stop WHERE stop.customer_id = c.id AND stop.contact_id IS NULL
            AND stop.channel = known.channel AND stop.topic = known.topic)
    ), stopped AS (
      INSERT INTO customers_contactstop (customer_id, channel, topic, source, note, since)
      SELECT customer_id, channel, topic, %(source)s, '', %(now)s FROM said
      ON CONFLICT DO NOTHING RETURNING customer_id, channel, topic
    )
    INSERT INTO customers_consent (customer_id, is_given, channel, topic, source, note, said_at)
    SELECT customer_id, false, channel, topic, %(source)s, '', %(now)s FROM stopped
"""
ADD_INVOICES = """
    WITH added AS (
      INSERT INTO customers_invoice
        (id, customer_id, number, description, pdf_url, issued_on, due_on, currency, amount,
         balance, created_at, updated_at)
      SELECT new_id, c.id, invoice_number, coalesce(description, ''), coalesce(pdf_url, ''), issued_on, due_on,
        currency, amount, amount - paid_now, %(now)s, %(now)s
      FROM import_chunk JOIN customers_customer c ON c.number = customer_number
      WHERE outcome = 'new'
      ON CONFLICT (number) DO NOTHING
      RETURNING customer_id
    ), announced AS (
      INSERT INTO customers_customerchange (customer_id) SELECT DISTINCT customer_id FROM added
    )
    SELECT count(*) FROM added
"""
POST_NEW_INVOICES = """
    INSERT INTO customers_ledgerentry (invoice_id, kind, amount, occurred_on, recorded_at, source, reference, note)
    SELECT new_id, entry.kind, entry.amount, entry.occurred_on, %(now)s, 'import', '', %(note)s || row_number
    FROM import_chunk, LATERAL (VALUES
      ('invoiced', import_chunk.amount, coalesce(issued_on, %(today)s)),
      ('paid', -paid_now, coalesce(paid_on, %(today)s))
    ) AS entry (kind, amount, occurred_on)
    WHERE outcome = 'new' AND entry.amount <> 0
"""
CHANGE_INVOICES = """
    WITH moved AS (
      UPDATE customers_invoice i SET
        due_on = chunk.due_on, issued_on = coalesce(chunk.issued_on, i.issued_on),
        description = coalesce(chunk.description, i.description), pdf_url = coalesce(chunk.pdf_url, i.pdf_url),
        amount = i.amount + amount_change, balance = i.balance + amount_change - paid_now, updated_at = %(now)s
      FROM import_chunk chunk
      WHERE i.id = chunk.invoice_id AND outcome IN ('changed', 'conflict')
        AND (has_new_facts OR amount_change <> 0 OR paid_now <> 0)
      RETURNING i.id, row_number, amount_change, paid_now, paid_on
    )
    INSERT INTO customers_ledgerentry (invoice_id, kind, amount, occurred_on, recorded_at, source, reference, note)
    SELECT id, entry.kind, entry.amount, entry.occurred_on, %(now)s, 'import', '', %(note)s || row_number
    FROM moved, LATERAL (VALUES
      ('invoiced', amount_change, %(today)s::date), ('paid', -paid_now, coalesce(paid_on, %(today)s))
    ) AS entry (kind, amount, occurred_on)
    WHERE entry.amount <> 0
"""
ANNOUNCE_CHANGES = """
    INSERT INTO customers_customerchange (customer_id)
    SELECT DISTINCT customer_id FROM import_chunk
    WHERE customer_id IS NOT NULL AND outcome NOT IN ('new', 'refused')
      AND (is_new_customer_fact OR has_new_facts OR amount_change <> 0 OR paid_now <> 0)
"""
# A chunk is small beside the books and finds everything in them by index, whatever the planner believes of tables
# that were empty a minute ago: a wrong guess would scan the whole book once per chunk, or compare each row with each.
PLAN = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off"


class RowsLost(Exception):
    """The staged rows are gone: the database was restarted after a crash."""


class _BooksMoved(Exception):
    """Somebody else changed an invoice between comparison and lock."""


@dataclass(slots=True)
class _Tally:
    new: int
    changed: int
    conflicts: int
    refused: int


def apply_chunk(run: ImportRun, *, now: datetime) -> bool:
    """Take the next CHUNK rows into the books; False when none are left. Refreshes `run`.

    Raises RowsLost when rows should be left but are not, and OperationalError when it collided TRIES times with others.
    """
    collisions = 0
    while True:
        try:
            return _apply_chunk(run, now)
        except _BooksMoved:
            continue
        except OperationalError as error:
            collisions += 1
            if collisions == TRIES or not isinstance(error.__cause__, COLLISION):
                raise


@transaction.atomic
def _apply_chunk(run: ImportRun, now: datetime) -> bool:
    run.refresh_from_db(from_queryset=ImportRun.objects.select_for_update())
    with connection.cursor() as cursor:
        cursor.execute(NEXT_CHUNK, [run.pk, run.cursor, CHUNK])
        upto, rows, refused_before = cursor.fetchone()
        if not rows:
            if run.cursor < run.last_row:
                raise RowsLost
            return False
        tally = _take(cursor, run, upto, now)
    run.cursor = upto
    run.new += tally.new
    run.changed += tally.changed
    run.conflicts += tally.conflicts
    run.refused += tally.refused
    run.unchanged += rows - refused_before - tally.new - tally.changed - tally.conflicts - tally.refused
    run.save()
    crashpoint(f"import.before_commit.{upto}")
    return True


def _take(cursor: CursorWrapper, run: ImportRun, upto: int, now: datetime) -> _Tally:
    cursor.execute(PLAN)
    cursor.execute(COMPARE, {"run": run.pk, "after": run.cursor, "upto": upto, **refusals()})
    cursor.execute(LOCK_CUSTOMERS)
    cursor.execute(LOCK_AND_COUNT_MOVED)
    if cursor.fetchone() != (0,):
        raise _BooksMoved
    cursor.execute(COUNT_OUTCOMES)
    tally = _Tally(*cursor.fetchone())
    _write(cursor, run, tally, now)
    return tally


def _write(cursor: CursorWrapper, run: ImportRun, tally: _Tally, now: datetime) -> None:
    stamp: dict[str, Any] = {"now": now, "today": today(now), "note": f"import {run.pk}, row "}
    cursor.execute(ADD_CUSTOMERS, {**stamp, **_homes()})
    run.new_customers += cursor.rowcount
    cursor.execute(CHANGE_CUSTOMERS, stamp)
    run.changed_customers += cursor.rowcount
    cursor.execute(WRITE_CONTACTS)
    cursor.execute(RECORD_REFUSALS, {**stamp, **refusals(), "source": f"in a file (import {run.pk})"})
    cursor.execute(ADD_INVOICES, stamp)
    if cursor.fetchone() != (tally.new,):
        raise _BooksMoved
    cursor.execute(POST_NEW_INVOICES, stamp)
    cursor.execute(CHANGE_INVOICES, stamp)
    cursor.execute(ANNOUNCE_CHANGES)
    if tally.conflicts or tally.refused:
        cursor.execute(LIST_FINDINGS.format(compared="import_chunk"), findings())


def today(now: datetime) -> date:
    """The day it is at `now` in the desk's zone: the value date of what a file gives no date for."""
    return now.astimezone(timezone.get_default_timezone()).date()


def _homes() -> dict[str, Any]:
    zones, languages = zip(*HOME.values(), strict=True)
    return {
        "countries": list(HOME),
        "home_zones": list(zones),
        "home_languages": list(languages),
        "language": settings.LANGUAGE_CODE,
        "time_zone": settings.TIME_ZONE,
    }
