"""What happened lately to customers that begins a campaign of its own: one query for a batch."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from dunning.rules.triggers import RECENT_DAYS, Trigger
from dunning.snapshot.promises import judged
from payments.rules.charging import NOBODYS_TRY

PROMISED = judged("hold.customer_id = ANY(%(customers)s) AND hold.until_on > %(since)s")
# A promise or a plan counts as long as something it was about is open; one that the desk took back was not broken.
# Letters go on from the day after that of a promise, so that nobody waits for the bank here.
HAPPENED = f"""
WITH asked AS (SELECT * FROM unnest(%(customers)s::bigint[], %(days)s::date[]) AS asked (customer_id, today))
SELECT asked.customer_id, 'failed_payment', last.happened_on FROM asked CROSS JOIN LATERAL (
  SELECT state, (started_at AT TIME ZONE 'UTC')::date AS happened_on FROM payments_chargeattempt attempt
  WHERE attempt.customer_id = asked.customer_id AND state IN ('succeeded', 'declined')
    AND decline_code <> ALL(%(nobodys)s)
  ORDER BY started_at DESC, id DESC LIMIT 1
) AS last WHERE last.state = 'declined' AND last.happened_on > today - %(recent)s
UNION ALL
SELECT customer_id, 'broken_promise', max(until_on) FROM asked JOIN ({PROMISED}) AS promise USING (customer_id)
WHERE until_on < today AND until_on > today - %(recent)s AND is_open AND state IN ('broken', 'running')
  AND NOT is_taken_back
GROUP BY customer_id
UNION ALL
SELECT plan.customer_id, 'broken_plan', max(ended_on) FROM asked JOIN payments_instalmentplan plan USING (customer_id)
WHERE state = 'broken' AND ended_on > today - %(recent)s
  AND EXISTS (
    SELECT 1 FROM payments_planinvoice covered JOIN customers_invoice invoice ON invoice.id = covered.invoice_id
    WHERE covered.plan_id = plan.id AND balance > 0)
GROUP BY plan.customer_id
"""


def happened_to(customers: Sequence[tuple[int, date]]) -> dict[int, dict[Trigger, date]]:
    """What happened to each of these customers lately, and on which day. `customers`: id, and the day it is there."""
    if not customers:
        return {}
    days = [today for _, today in customers]
    asked: dict[str, Any] = {
        "customers": [customer_id for customer_id, _ in customers],
        "days": days,
        "as_of": max(days),
        "end": datetime.combine(max(days) + timedelta(days=1), time(), UTC),
        "since": min(days) - timedelta(days=RECENT_DAYS),
        "recent": RECENT_DAYS,
        "nobodys": [code.value for code in NOBODYS_TRY],
    }
    found: dict[int, dict[Trigger, date]] = {}
    with connection.cursor() as cursor:
        cursor.execute(HAPPENED, asked)
        for customer_id, trigger, on in cursor:
            found.setdefault(customer_id, {})[Trigger(trigger)] = on
    return found
