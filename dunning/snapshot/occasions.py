"""What customers did, read for their profiles: a fixed number of queries for a batch, the newest of each kind.

What a stored card was charged without the customer tells of our hours, not of theirs, and is left out.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from customers.rules.days import zone
from dunning.rules.delivery_news import READ
from dunning.rules.figures.promises import TOLERANCE
from dunning.rules.profile import LOOKED_AT, Occasions
from dunning.snapshot.customers import settled_of
from dunning.snapshot.promises import judged

READ_KINDS = tuple(kind.value for kind in READ)  # as SQL writes a list
ZONES = "SELECT id, time_zone FROM customers_customer WHERE id = ANY(%(customers)s)"
NEWEST = "SELECT {what} FROM ({rows}) AS newest WHERE place <= %(most)s ORDER BY customer_id, place"
# Money that the customer sent by themselves.
OWN_MONEY = """
SELECT invoice.customer_id, entry.occurred_on, entry.recorded_at
FROM customers_invoice invoice JOIN customers_ledgerentry entry ON entry.invoice_id = invoice.id
WHERE invoice.customer_id = ANY(%(customers)s) AND kind = 'paid' AND NOT EXISTS (
  SELECT 1 FROM payments_chargeattempt attempt JOIN payments_payment charged ON charged.id = attempt.payment_id
  WHERE attempt.customer_id = invoice.customer_id AND NOT is_attended AND charged.received_on = entry.occurred_on)
"""
PAID_ON = NEWEST.format(
    what="customer_id, occurred_on",
    rows=f"""
  SELECT customer_id, occurred_on, row_number() OVER (PARTITION BY customer_id ORDER BY occurred_on DESC) AS place
  FROM ({OWN_MONEY}) AS own GROUP BY customer_id, occurred_on""",
)
AT_SCREEN = NEWEST.format(
    what="customer_id, started_at",
    rows="""
  SELECT customer_id, min(started_at) AS started_at,
    row_number() OVER (PARTITION BY customer_id ORDER BY min(started_at) DESC) AS place
  FROM payments_chargeattempt
  WHERE customer_id = ANY(%(customers)s) AND is_attended AND NOT is_elsewhere
  GROUP BY customer_id, (started_at AT TIME ZONE 'UTC')::date""",
)
# Within the first hour it is our hour that shows, or a mail filter that follows links.
READ_AT = NEWEST.format(
    what="customer_id, read_at",
    rows=f"""
  SELECT notice.customer_id, min(happened_at) AS read_at,
    row_number() OVER (PARTITION BY notice.customer_id ORDER BY min(happened_at) DESC) AS place
  FROM dunning_notice notice JOIN dunning_deliveryevent event ON event.notice_id = notice.id
  WHERE notice.customer_id = ANY(%(customers)s) AND event.kind IN {READ_KINDS}
    AND happened_at >= finished_at + interval '1 hour'
  GROUP BY notice.customer_id, (happened_at AT TIME ZONE 'UTC')::date""",
)
# Promises by the value date of the money, as known today; all currencies of one must be kept. A plan is a promise too.
PROMISES = NEWEST.format(
    what="customer_id, kept",
    rows=f"""
  SELECT customer_id, kept, row_number() OVER (PARTITION BY customer_id ORDER BY ended_on DESC, kind, id DESC) AS place
  FROM (
    SELECT customer_id, id, 'hold' AS kind, until_on AS ended_on, bool_and(state = 'kept') AS kept
    FROM ({judged("hold.customer_id = ANY(%(customers)s) AND hold.until_on <= %(judged_until)s")}) AS promise
    WHERE state IN ('kept', 'broken') GROUP BY customer_id, id, until_on
    UNION ALL
    SELECT customer_id, id, 'plan', ended_on, state = 'kept' FROM payments_instalmentplan
    WHERE customer_id = ANY(%(customers)s) AND state IN ('kept', 'broken')
  ) AS promise""",
)
# Of each case that ended with the customer's own money: the last letter before it.
WORKED = NEWEST.format(
    what="customer_id, step_id, channel",
    rows="""
  SELECT ended.customer_id, letter.step_id, letter.channel,
    row_number() OVER (PARTITION BY ended.customer_id ORDER BY closed_at DESC, ended.id DESC) AS place
  FROM dunning_case ended
  JOIN LATERAL (
    SELECT notice.step_id, notice.channel FROM dunning_notice notice
    JOIN dunning_step step ON step.id = notice.step_id AND step.kind = 'reminder'
    WHERE notice.case_id = ended.id AND notice.state = 'sent' AND EXISTS (
      SELECT 1 FROM own WHERE own.customer_id = ended.customer_id
        AND own.recorded_at BETWEEN notice.finished_at AND ended.closed_at)
    ORDER BY notice.finished_at DESC, notice.id DESC LIMIT 1
  ) AS letter ON TRUE
  WHERE ended.customer_id = ANY(%(customers)s) AND state = 'closed' AND ending IN ('settled', 'cured')""",
)
WORKED = f"WITH own AS MATERIALIZED ({OWN_MONEY}) {WORKED}"


def occasions_of(customer_ids: Sequence[int], *, now: datetime) -> dict[int, Occasions]:
    """What is known of each of these customers at `now`: seven queries."""
    today = now.astimezone(UTC).date()
    asked = {
        "customers": list(customer_ids),
        "most": LOOKED_AT,
        "as_of": today,
        "end": now,
        "judged_until": today - TOLERANCE,
    }
    settled = settled_of(customer_ids, now=now)
    paid_on, started, promises, worked, read = (
        _by_customer(statement, asked) for statement in (PAID_ON, AT_SCREEN, PROMISES, WORKED, READ_AT)
    )
    return {
        pk: Occasions(
            days_late=settled[pk][0],
            paid_on=[day for (day,) in paid_on[pk]],
            at_screen=[moment.astimezone(zone(time_zone)) for (moment,) in started[pk]],
            promises=[kept for (kept,) in promises[pk]],
            worked=worked[pk],
            read_at=[moment.astimezone(zone(time_zone)) for (moment,) in read[pk]],
        )
        for pk, time_zone in _rows(ZONES, asked)
    }


def _rows(statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())


def _by_customer(statement: str, asked: dict[str, Any]) -> defaultdict[int, list[tuple[Any, ...]]]:
    grouped: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for customer_id, *row in _rows(statement, asked):
        grouped[customer_id].append(tuple(row))
    return grouped
