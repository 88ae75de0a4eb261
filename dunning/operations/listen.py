"""Taking the news: customers whose facts changed are looked at again at once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from dunning.models import Case
from dunning.operations.opening import open_cases
from payments.operations.instalment_plans import close_kept

BATCH = 10_000
TAKE = """
DELETE FROM customers_customerchange WHERE id IN (
  SELECT id FROM customers_customerchange ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING customer_id
"""


def take_news(*, now: datetime) -> int:
    """Wake the open cases of customers with news, and open cases for those who owe; returns how many were opened.

    News is deleted in the transaction that acts on it: a killed worker leaves it for the next turn.
    """
    opened = 0
    while True:
        with transaction.atomic():
            customer_ids = _take()
            if not customer_ids:
                return opened
            wake(customer_ids, now=now)
            close_kept(customer_ids, now=now)
            opened += open_cases(customer_ids, now=now)


def wake(customer_ids: Sequence[int], *, now: datetime) -> int:
    """Set the clock of these customers' open cases to now."""
    sleeping = Case.objects.filter(customer_id__in=customer_ids, state=Case.State.OPEN, next_action_at__gt=now)
    return sleeping.update(next_action_at=now)


def _take() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [BATCH])
        return sorted({customer_id for (customer_id,) in cursor.fetchall()})
