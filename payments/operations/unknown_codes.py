"""Noting codes of refusals that no rule knows, for a manager to answer."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from payments.rules.declines import Layer

NOTE = """
INSERT INTO payments_unknowncode (layer, code, gateway, first_seen, last_seen, count)
SELECT layer, code, %s, %s, %s, 1 FROM unnest(%s::text[], %s::text[]) AS seen (layer, code)
ON CONFLICT (layer, code, gateway) DO UPDATE
SET count = payments_unknowncode.count + 1, last_seen = greatest(payments_unknowncode.last_seen, EXCLUDED.last_seen)
"""


def note(codes: Iterable[tuple[Layer, str]], *, gateway: str, now: datetime) -> None:
    """Count each of `codes` once more. One statement, in a fixed order, within the caller's transaction."""
    seen = sorted({(layer.value, code[:64]) for layer, code in codes})
    if not seen:
        return
    layers, spoken = zip(*seen, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [gateway, now, now, list(layers), list(spoken)])
