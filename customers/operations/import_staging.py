"""Reading a file into the staging table, and checking its rows against each other. Nothing reaches the books here."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from customers.crashpoint import crashpoint
from customers.models import ImportIssue, ImportRun
from customers.operations.import_reading import Record
from customers.rules.import_columns import COLUMNS
from customers.rules.import_row import RowReader

CELL_MARK, COLUMN_MARK = "\x1e", "\x1f"
LINES_AT_ONCE = 1000
# Nothing that would break a line of the COPY format or cannot be stored gets into the copy of a raw row.
HARMLESS = str.maketrans({"\x00": "␀", CELL_MARK: "␞", COLUMN_MARK: "␟"})

COPY = f"""
    COPY customers_importrow (run_id, row_number, {", ".join(COLUMNS)}, state, problems, cells)
    FROM STDIN WITH (DELIMITER E'\\x1f', NULL '')
"""

HAS_REPEATED = """
    SELECT true FROM customers_importrow WHERE run_id = %(run)s AND state = 'good'
    GROUP BY invoice_number HAVING count(*) > 1 LIMIT 1
"""
# The same invoice twice: alike is harmless, different means nobody knows which one is true.
FIND_REPEATED = f"""
    WITH twice AS MATERIALIZED (
      SELECT invoice_number FROM customers_importrow WHERE run_id = %(run)s AND state = 'good'
      GROUP BY invoice_number HAVING count(*) > 1
    ), claim AS (
      SELECT invoice_number, min(row_number) AS first_row, count(DISTINCT customer_number) AS claimants,
             count(DISTINCT ({", ".join(COLUMNS)})) AS versions,
             left(string_agg(row_number::text, ', ' ORDER BY row_number), 60) AS row_numbers
      FROM customers_importrow JOIN twice USING (invoice_number)
      WHERE run_id = %(run)s AND state = 'good' GROUP BY invoice_number
    )
    UPDATE customers_importrow r SET
      state = CASE WHEN versions = 1 THEN 'repeated' ELSE 'refused' END,
      problems = CASE WHEN versions > 1 THEN jsonb_build_array(jsonb_build_object(
        'column', 'invoice_number', 'value', left(r.invoice_number, 60),
        'problem', CASE WHEN claimants > 1 THEN 'is claimed by several customers, in rows '
                   ELSE 'is given with different content, in rows ' END || row_numbers,
        'remedy', 'Keep the row that is true.')) END
    FROM claim
    WHERE r.run_id = %(run)s AND r.state = 'good' AND r.invoice_number = claim.invoice_number
      AND (versions > 1 OR r.row_number > first_row)
"""

FACTS = tuple(
    "customer_name email phone street street_2 postal_code city region language country time_zone segment buys_as tags "
    "refuses "
    "since_on renews_on renewal_of renewal_amount renewal_currency".split()
)
HAS_CONTRADICTIONS = f"""
    SELECT true FROM (
      SELECT DISTINCT customer_number, {", ".join(FACTS)} FROM customers_importrow
      WHERE run_id = %(run)s AND state = 'good'
    ) AS description GROUP BY customer_number HAVING count(*) > 1 LIMIT 1
"""
FIND_CONTRADICTIONS = f"""
    WITH said AS MATERIALIZED (
      SELECT customer_number, {", ".join(f"min({c}::text) AS {c}_a, max({c}::text) AS {c}_b" for c in FACTS)}
      FROM customers_importrow WHERE run_id = %(run)s AND state = 'good' GROUP BY customer_number
      HAVING {" OR ".join(f"min({c}::text) <> max({c}::text)" for c in FACTS)}
    ), contradiction AS (
      SELECT customer_number, jsonb_agg(jsonb_build_object(
        'column', c, 'value', left(a, 60),
        'problem', format('is also given as “%%s” for customer %%s', left(b, 60), customer_number),
        'remedy', 'Write the same in every row of this customer.')) AS problems
      FROM said, LATERAL (VALUES {", ".join(f"('{c}', {c}_a, {c}_b)" for c in FACTS)}) AS fact (c, a, b)
      WHERE a <> b GROUP BY customer_number
    )
    UPDATE customers_importrow r SET state = 'refused', problems = contradiction.problems
    FROM contradiction
    WHERE r.run_id = %(run)s AND r.state = 'good' AND r.customer_number = contradiction.customer_number
"""

LIST_ISSUES = """
    INSERT INTO customers_importissue (run_id, kind, row_number, is_from_books, problems, cells)
    SELECT run_id, CASE state WHEN 'refused' THEN 'refused' ELSE 'warning' END, row_number, false, problems, cells
    FROM customers_importrow WHERE run_id = %(run)s AND problems IS NOT NULL ORDER BY row_number
"""
COUNT = """
    SELECT count(*), coalesce(max(row_number), 0), count(*) FILTER (WHERE state = 'refused')
    FROM customers_importrow WHERE run_id = %(run)s
"""


def stage(run: ImportRun, rows: Iterable[Record], reader: RowReader) -> None:
    """Put every row of the file into the staging table and list those that cannot be taken.

    Call inside a transaction. Sets the run's row counts, without saving. Raises FileRefusal and Undecided.
    """
    clear(run)
    with connection.cursor() as cursor:
        with cursor.copy(COPY) as copy:
            lines: list[str] = []
            for line in _lines(run.pk, rows, reader):
                lines.append(line)
                if len(lines) == LINES_AT_ONCE:
                    copy.write("".join(lines))
                    lines.clear()
            copy.write("".join(lines))
        crashpoint("import.staged")
        cursor.execute("ANALYZE customers_importrow; SET LOCAL work_mem = '64MB'")
        for suspicion, search in ((HAS_REPEATED, FIND_REPEATED), (HAS_CONTRADICTIONS, FIND_CONTRADICTIONS)):
            cursor.execute(suspicion, {"run": run.pk})
            if cursor.fetchone():
                cursor.execute(search, {"run": run.pk})
        cursor.execute(LIST_ISSUES, {"run": run.pk})
        cursor.execute(COUNT, {"run": run.pk})
        run.rows, run.last_row, run.refused = cursor.fetchone()


def clear(run: ImportRun) -> None:
    """Forget what was read of the file."""
    ImportIssue.objects.filter(run=run).delete()
    empty(run)


def empty(run: ImportRun) -> None:
    """Drop the staged rows; what is listed about them stays."""
    with transaction.atomic(), connection.cursor() as cursor:
        if _is_alone(cursor, run):
            cursor.execute("TRUNCATE customers_importrow")  # leaves nothing to clean up, however large the file was
        else:
            cursor.execute("DELETE FROM customers_importrow WHERE run_id = %s", [run.pk])


def _is_alone(cursor: CursorWrapper, run: ImportRun) -> bool:
    """True when the table is locked for us and holds rows of no other run."""
    try:
        with transaction.atomic():
            cursor.execute("LOCK TABLE customers_importrow IN ACCESS EXCLUSIVE MODE NOWAIT")
    except OperationalError:
        return False
    cursor.execute("SELECT NOT EXISTS (SELECT FROM customers_importrow WHERE run_id <> %s)", [run.pk])
    return bool(cursor.fetchone()[0])


def _lines(run_id: int, rows: Iterable[Record], reader: RowReader) -> Iterator[str]:
    for number, cells in rows:
        values, problems, is_good = reader.read(cells)
        state = "good" if is_good else "refused"
        listed = json.dumps([asdict(problem) for problem in problems], ensure_ascii=False) if problems else ""
        raw = _raw(reader.kept(cells, is_good))
        line = COLUMN_MARK.join((str(run_id), str(number), *values, state, listed, raw))
        if "\\" in line or "\n" in line or "\r" in line:
            line = line.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        yield f"{line}\n"


def _raw(cells: Sequence[Any]) -> str:
    try:
        raw = CELL_MARK.join(cells)
    except TypeError:  # numbers and dates of a spreadsheet
        return CELL_MARK.join(str(cell).translate(HARMLESS) for cell in cells)
    if "\x00" not in raw and COLUMN_MARK not in raw and raw.count(CELL_MARK) < len(cells):
        return raw
    return CELL_MARK.join(cell.translate(HARMLESS) for cell in cells)
