"""Forgetting what gateways told us word for word; what followed from it stays."""

from datetime import datetime

from django.db import connection

BATCH = 1000
FORGET = """
UPDATE payments_gatewayevent SET body = '' WHERE id IN (
  SELECT id FROM payments_gatewayevent WHERE body <> '' AND state <> 'waiting' AND received_at < %s
  ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""


def forget_raw(*, before: datetime) -> int:
    """Empty the bodies of up to BATCH events that came earlier and wait for nothing; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [before, BATCH])
        return int(cursor.rowcount)
