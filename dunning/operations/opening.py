"""Opening cases, set-based: who owes something that is due and has no open case yet."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django.db import connection
from django.db.models import F, Min, Q

from dunning.models import CampaignVersion
from dunning.rules.facts import zone
from dunning.rules.words import StepKind
from payments.plan_queries import OLDEST_MISSING

ZONES = sorted(available_timezones())  # reads the whole zone folder: once is enough
# One row per segment that a campaign names, and one for all others ('').
# An invoice, or what a plan asks in its place, counts from the day the chosen campaign first speaks about it, on the
# customer's own calendar.
FRESH = f"""
WITH choice (segment, version_id, reach) AS (
  SELECT * FROM unnest(%(segments)s::text[], %(versions)s::bigint[], %(reaches)s::int[])
), calendar (zone, today) AS (
  SELECT * FROM unnest(%(zones)s::text[], %(days)s::date[])
), overdue AS (
  SELECT customer_id, min(due_on) AS due_on FROM (
    SELECT customer_id, due_on FROM customers_invoice invoice
    WHERE balance > 0 AND due_on <= %(horizon)s AND {{whom}}
      AND NOT EXISTS (
        SELECT 1 FROM customers_hold hold WHERE hold.customer_id = invoice.customer_id AND hold.invoice_id = invoice.id
          AND hold.released_at IS NULL AND (hold.until_on IS NULL OR hold.until_on >= %(now)s::date))
      AND NOT EXISTS (
        SELECT 1 FROM payments_planinvoice covered WHERE covered.invoice_id = invoice.id AND released_at IS NULL)
    UNION ALL
    SELECT customer_id, due_on FROM ({OLDEST_MISSING}) AS asked WHERE due_on <= %(horizon)s AND {{whom}}
  ) AS debt
  WHERE {{unless}}
  GROUP BY customer_id
), fresh AS (
  SELECT overdue.customer_id, choice.version_id, overdue.due_on FROM overdue
  JOIN customers_customer customer ON customer.id = overdue.customer_id
  JOIN choice ON choice.segment = CASE WHEN customer.segment = ANY(%(segments)s) THEN customer.segment ELSE '' END
  LEFT JOIN calendar ON calendar.zone = customer.time_zone
  WHERE overdue.due_on <= coalesce(calendar.today, %(now)s::date) + choice.reach
)
"""
OPEN = (
    FRESH
    + """, opened AS (
  INSERT INTO dunning_case (customer_id, version_id, state, opened_at, level, anchor_on, next_action_at, next_reason,
                            attention, ending, close_reason)
  SELECT customer_id, version_id, 'open', %(now)s, 0, due_on, %(now)s, 'just opened', '', '', '' FROM fresh
  ORDER BY customer_id
  ON CONFLICT DO NOTHING
  RETURNING id, anchor_on
), told AS (
  INSERT INTO dunning_caseevent (case_id, happened_at, kind, text)
  SELECT id, %(now)s, 'opened', 'Opened: the oldest open amount is due on ' || to_char(anchor_on, 'FMDD FMMonth YYYY')
  FROM opened
)
SELECT id FROM opened
"""
)
WITHOUT_CASE = "NOT EXISTS (SELECT 1 FROM dunning_case c WHERE c.customer_id = debt.customer_id AND c.state = 'open')"
LOOK = FRESH + "SELECT customer_id, version_id FROM fresh ORDER BY customer_id"


def open_cases(customer_ids: Sequence[int] | None = None, *, now: datetime) -> int:
    """Open a case for each customer with something due; only among `customer_ids`, when given. Returns how many.

    The version is the newest published one of the active campaign with the lowest priority that fits the segment.
    """
    return len(_look(OPEN, customer_ids, now))


def would_open(*, now: datetime) -> list[tuple[int, int]]:
    """The (customer, version) pairs for which a case would be opened at `now`; writes nothing."""
    return [(customer_id, version_id) for customer_id, version_id in _look(LOOK, None, now)]


def would_follow(
    customer_ids: Sequence[int], *, instead: CampaignVersion | None = None, now: datetime
) -> dict[int, int]:
    """Customer → the version that a case opened at `now` would follow, though there may be one; writes nothing.

    `instead`: as if this version were the newest of its campaign, and that active.
    """
    return dict(_look(LOOK, customer_ids, now, choice=choose_versions(instead), unless="TRUE"))


def _look(
    statement: str,
    customer_ids: Sequence[int] | None,
    now: datetime,
    *,
    choice: dict[str, tuple[int, int]] | None = None,
    unless: str = WITHOUT_CASE,
) -> list[Any]:
    choice = choose_versions() if choice is None else choice
    if not choice:
        return []
    elsewhere = _other_days(now)
    parameters: dict[str, Any] = {
        "segments": list(choice),
        "versions": [version for version, _ in choice.values()],
        "reaches": [reach for _, reach in choice.values()],
        "zones": list(elsewhere),
        "days": list(elsewhere.values()),
        "customers": list(customer_ids or ()),
        "horizon": now.date() + timedelta(days=1 + max(reach for _, reach in choice.values())),  # tomorrow somewhere
        "now": now,
    }
    whom = "TRUE" if customer_ids is None else "customer_id = ANY(%(customers)s)"
    with connection.cursor() as cursor:
        cursor.execute(statement.format(whom=whom, unless=unless), parameters)
        return list(cursor.fetchall())


@lru_cache(maxsize=8)
def _other_days(now: datetime) -> dict[str, date]:
    """The time zones in which it is not the day that it is in UTC, and the day it is there."""
    days = ((name, now.astimezone(zone(name)).date()) for name in ZONES)
    return {name: day for name, day in days if day != now.astimezone(UTC).date()}


def choose_versions(instead: CampaignVersion | None = None) -> dict[str, tuple[int, int]]:
    """Segment → (version id, reach in days); '' stands for every segment that no campaign names.

    `instead`: as if this version were the newest of its campaign, and that active.
    """
    published = CampaignVersion.objects.filter(campaign__is_active=True, published_at__isnull=False)
    if instead:
        others = published.exclude(campaign=instead.campaign_id)
        published = others | CampaignVersion.objects.filter(pk=instead.pk)
    first_day = Min("steps__offset_days", filter=Q(steps__kind=StepKind.REMINDER))
    with_facts = published.order_by("number").annotate(segment=F("campaign__segment"), first_day=first_day)
    newest = {version.campaign_id: version for version in with_facts.annotate(priority=F("campaign__priority"))}
    by_priority = sorted(newest.values(), key=lambda version: (version.priority, version.campaign_id))
    choice: dict[str, tuple[int, int]] = {}
    for segment in {"", *(version.segment for version in by_priority)}:
        fitting = [version for version in by_priority if version.segment in ("", segment)]
        if fitting:
            choice[segment] = (fitting[0].pk, max(0, -fitting[0].first_day))
    return choice
