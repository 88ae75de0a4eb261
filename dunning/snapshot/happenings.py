"""What happened lately to customers that begins a campaign of its own: one query for a batch."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from dunning.rules.triggers import RECENT_DAYS, Trigger
from payments.rules.charging import NOBODYS_TRY

# A promise or a plan counts as long as something it was about is open; one that the desk took back was not broken.
HAPPENED = """
WITH asked AS (SELECT * FROM unnest(%(customers)s::bigint[], %(days)s::date[]) AS asked (customer_id, today))
SELECT asked.customer_id, 'failed_payment', last.happened_on FROM asked CROSS JOIN LATERAL (
  SELECT state, (started_at AT TIME ZONE 'UTC')::date AS happened_on FROM payments_chargeattempt attempt
  WHERE attempt.customer_id = asked.customer_id AND state IN ('succeeded', 'declined')
    AND decline_code <> ALL(%(nobodys)s)
  ORDER BY started_at DESC, id DESC LIMIT 1
) AS last WHERE last.state = 'declined' AND last.happened_on > today - %(recent)s
UNION ALL
SELECT hold.customer_id, 'broken_promise', max(until_on) FROM asked JOIN customers_hold hold USING (customer_id)
WHERE kind = 'promise' AND until_on < today AND until_on > today - %(recent)s
  AND (released_at IS NULL OR (released_at AT TIME ZONE 'UTC')::date > until_on)
  AND EXISTS (
    SELECT 1 FROM customers_invoice invoice WHERE invoice.customer_id = hold.customer_id AND balance > 0
      AND (invoice.id = hold.invoice_id
        OR hold.invoice_id IS NULL AND due_on <= (placed_at AT TIME ZONE 'UTC')::date))
GROUP BY hold.customer_id
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
    asked: dict[str, Any] = {
        "customers": [customer_id for customer_id, _ in customers],
        "days": [today for _, today in customers],
        "recent": RECENT_DAYS,
        "nobodys": [code.value for code in NOBODYS_TRY],
    }
    found: dict[int, dict[Trigger, date]] = {}
    with connection.cursor() as cursor:
        cursor.execute(HAPPENED, asked)
        for customer_id, trigger, on in cursor:
            found.setdefault(customer_id, {})[Trigger(trigger)] = on
    return found
