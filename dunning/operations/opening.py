"""Opening cases: one for each customer with something due, by the campaign that fits."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from dunning.snapshot.candidates import chosen
from dunning.snapshot.choosing import Chosen

OPEN = """
WITH chosen AS (
  SELECT * FROM json_to_recordset(%(rows)s)
    AS chosen (customer_id bigint, version_id bigint, due_on date, why text, arm_id bigint)
), opened AS (
  INSERT INTO dunning_case (customer_id, version_id, state, opened_at, level, anchor_on, next_action_at, next_reason,
                            attention, ending, close_reason)
  SELECT customer_id, version_id, 'open', %(now)s, 0, due_on, %(now)s, 'just opened', '', '', '' FROM chosen
  ORDER BY customer_id
  ON CONFLICT DO NOTHING
  RETURNING id, customer_id, anchor_on
), told AS (
  INSERT INTO dunning_caseevent (case_id, happened_at, kind, text)
  SELECT id, %(now)s, 'opened',
    'Opened: the oldest open amount is due on ' || to_char(anchor_on, 'FMDD FMMonth YYYY') || chosen.why
  FROM opened JOIN chosen USING (customer_id)
), enrolled AS (
  -- Whoever takes part already keeps their first case and their arm.
  INSERT INTO dunning_enrolment (experiment_id, arm_id, customer_id, case_id, enrolled_at)
  SELECT arm.experiment_id, arm.id, customer_id, opened.id, %(now)s
  FROM opened JOIN chosen USING (customer_id) JOIN dunning_arm arm ON arm.id = chosen.arm_id
  ON CONFLICT (experiment_id, customer_id) DO NOTHING
)
SELECT count(*) FROM opened
"""


def open_cases(customer_ids: Sequence[int] | None = None, *, now: datetime) -> int:
    """Open a case for each customer with something due; only among `customer_ids`, when given. Returns how many.

    The version is the newest published one of the campaign that a person chose, or else of the active campaign with the
    lowest priority whose conditions all hold. Where an experiment runs, chance decides which of its versions it is, and
    the same statement writes down who takes part.
    """
    return sum(_open(batch, now) for batch in chosen(customer_ids, now))


def _open(batch: Sequence[Chosen], now: datetime) -> int:
    rows = [
        {
            "customer_id": one.candidate.customer_id,
            "version_id": one.version_id,
            "due_on": one.candidate.due_on,
            "why": f". {one.why}"[:400] if one.why else "",
            "arm_id": one.arm_id,
        }
        for one in batch
    ]
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"rows": json.dumps(rows, default=str), "now": now})
        return int(cursor.fetchone()[0])
