"""Noting codes of refusals that no rule knows, for a manager to answer."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from payments.rules.declines import Layer

NOTE = """
INSERT INTO payments_unknowncode (layer, code, gateway, first_seen, last_seen, count)
SELECT layer, code, %s, %s, %s, times FROM unnest(%s::text[], %s::text[], %s::int[]) AS seen (layer, code, times)
ON CONFLICT (layer, code, gateway) DO UPDATE
SET count = payments_unknowncode.count + EXCLUDED.count,
  last_seen = greatest(payments_unknowncode.last_seen, EXCLUDED.last_seen)
"""


def note(codes: Iterable[tuple[Layer, str]], *, gateway: str, now: datetime) -> None:
    """Count `codes`, as often as each was seen. One statement, in a fixed order, within the caller's transaction."""
    seen = Counter((layer.value, code[:64]) for layer, code in codes)
    if not seen:
        return
    known_as = sorted(seen)
    layers, spoken = [layer for layer, _ in known_as], [code for _, code in known_as]
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [gateway, now, now, layers, spoken, [seen[one] for one in known_as]])
