"""Who owes something that is due and has no open case yet, by one query; and which campaign each would get."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django.db import connection

from customers.rules.days import zone
from dunning.rules.fitting import Offer
from dunning.snapshot.choosing import Candidate, Chosen, choose, offers
from payments.queries.plans import OLDEST_MISSING

BATCH = 2000
ZONES = sorted(available_timezones())  # reads the whole zone folder: once is enough
# An invoice, or what a plan asks in its place, counts from the day any campaign first speaks about it, on the
# customer's own calendar. Whoever gets no reminders by a choice at the desk is left out, and so is such an invoice.
CANDIDATES = f"""
WITH calendar (zone, today) AS (
  SELECT * FROM unnest(%(zones)s::text[], %(days)s::date[])
), silenced AS (
  SELECT customer_id, invoice_id FROM dunning_campaignchoice WHERE campaign_id IS NULL AND ended_at IS NULL
), overdue AS (
  SELECT customer_id, min(due_on) AS due_on FROM (
    SELECT customer_id, due_on FROM customers_invoice invoice
    WHERE balance > 0 AND due_on <= %(horizon)s AND {{whom}}
      AND NOT EXISTS (
        SELECT 1 FROM customers_hold hold WHERE hold.customer_id = invoice.customer_id AND hold.invoice_id = invoice.id
          AND hold.blocks_contact AND hold.blocks_charges AND hold.released_at IS NULL
          AND coalesce(hold.disputed_amount >= invoice.balance, true)
          AND (hold.until_on IS NULL OR hold.until_on >= %(now)s::date))
      AND NOT EXISTS (SELECT 1 FROM silenced WHERE silenced.invoice_id = invoice.id)
      AND NOT EXISTS (
        SELECT 1 FROM payments_planinvoice covered WHERE covered.invoice_id = invoice.id AND released_at IS NULL)
    UNION ALL
    SELECT customer_id, due_on FROM ({OLDEST_MISSING}) AS asked WHERE due_on <= %(horizon)s AND {{whom}}
  ) AS debt
  WHERE {{which}}
    AND NOT EXISTS (SELECT 1 FROM silenced WHERE silenced.customer_id = debt.customer_id AND invoice_id IS NULL)
  GROUP BY customer_id
)
SELECT overdue.customer_id, overdue.due_on, coalesce(calendar.today, %(now)s::date) FROM overdue
JOIN customers_customer customer ON customer.id = overdue.customer_id
LEFT JOIN calendar ON calendar.zone = customer.time_zone
WHERE overdue.due_on <= coalesce(calendar.today, %(now)s::date) + %(reach)s
ORDER BY overdue.customer_id
"""
WITHOUT_CASE = """
  NOT EXISTS (
    SELECT 1 FROM dunning_case c WHERE c.customer_id = debt.customer_id AND c.state = 'open' AND c.about = '')
"""


def would_open(*, now: datetime, as_if_active: int | None = None) -> list[tuple[int, int]]:
    """The (customer, version) pairs for which a case would be opened at `now`; writes nothing.

    `as_if_active`: a campaign to be taken for switched on.
    """
    batches = chosen(None, now, as_if_active)
    return [(one.candidate.customer_id, one.version_id) for batch in batches for one in batch]


def candidates(customer_ids: Sequence[int], offered: Sequence[Offer], *, now: datetime) -> list[Candidate]:
    """Who among these would be a candidate at `now` if they had no case; writes nothing."""
    with connection.cursor() as cursor:
        statement = CANDIDATES.format(whom="customer_id = ANY(%(customers)s)", which="TRUE")
        cursor.execute(statement, _parameters(customer_ids, offered, now))
        return [Candidate(*row) for row in cursor]


def chosen(
    customer_ids: Sequence[int] | None, now: datetime, as_if_active: int | None = None
) -> Iterator[list[Chosen]]:
    """The candidates and their campaigns, in batches: however many there are, few are in memory."""
    offered = offers(as_if_active)
    if not offered:
        return
    whom = "TRUE" if customer_ids is None else "customer_id = ANY(%(customers)s)"
    with connection.chunked_cursor() as cursor:
        cursor.execute(CANDIDATES.format(whom=whom, which=WITHOUT_CASE), _parameters(customer_ids, offered, now))
        while rows := cursor.fetchmany(BATCH):
            if batch := choose([Candidate(*row) for row in rows], offered, now=now):
                yield batch


def _parameters(customer_ids: Sequence[int] | None, offered: Sequence[Offer], now: datetime) -> dict[str, Any]:
    elsewhere, reach = _other_days(now), max(offer.reach_days for offer in offered)
    return {
        "zones": list(elsewhere),
        "days": list(elsewhere.values()),
        "customers": list(customer_ids or ()),
        "horizon": now.date() + timedelta(days=1 + reach),  # tomorrow somewhere
        "reach": reach,
        "now": now,
    }


@lru_cache(maxsize=8)
def _other_days(now: datetime) -> dict[str, date]:
    """The time zones in which it is not the day that it is in UTC, and the day it is there."""
    days = ((name, now.astimezone(zone(name)).date()) for name in ZONES)
    return {name: day for name, day in days if day != now.astimezone(UTC).date()}
