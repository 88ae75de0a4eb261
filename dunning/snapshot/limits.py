"""Reading what limits contact: caps and hours in force, recent contacts, what customers do not want.

Four queries a batch, in bare SQL as in the snapshot, which hands the result to the rules.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from customers.rules.days import local_day
from dunning.rules.hours import OpenHours
from dunning.rules.limits import Cap, Contacted, Limits, Stop
from dunning.snapshot.customers import Known

# Of each cap, and of each row of hours, the latest that has begun.
CAPS = """
SELECT DISTINCT ON (country, channel, talks_only, days) country, at_most, days, source, channel, talks_only
FROM dunning_contactcap WHERE valid_from <= %s
ORDER BY country, channel, talks_only, days, valid_from DESC
"""
HOURS = """
SELECT DISTINCT ON (country, weekdays) country, opens, closes, weekdays
FROM dunning_contacthours WHERE valid_from <= %s ORDER BY country, weekdays, valid_from DESC
"""
CONTACTS = """
SELECT customer_id, calling_at, channel, false FROM dunning_notice
WHERE customer_id = ANY(%s) AND state IN ('calling', 'sent', 'in_doubt') AND calling_at >= %s
UNION ALL
SELECT customer_id, called_at, 'call', is_talk FROM dunning_call WHERE customer_id = ANY(%s) AND called_at >= %s
"""
# What the primary contact said counts for the customer, also where they said it before they became that.
STOPS = """
SELECT stop.customer_id, channel, topic, CASE WHEN NOT is_primary THEN contact_id END
FROM customers_contactstop stop LEFT JOIN customers_contact contact ON contact.id = contact_id
WHERE stop.customer_id = ANY(%s) AND released_at IS NULL
"""
# Compared once more in the moment of sending, by the function `dunning_mark_calling`, which makes the same marks.
MARKS = """
SELECT customer_id, 'hold:' || id FROM customers_hold WHERE customer_id = ANY(%s) AND released_at IS NULL
UNION ALL
SELECT customer_id, 'stop:' || id FROM customers_contactstop WHERE customer_id = ANY(%s) AND released_at IS NULL
UNION ALL
SELECT id, 'vulnerable' FROM customers_customer WHERE id = ANY(%s) AND vulnerable_since IS NOT NULL
UNION ALL
SELECT customer_id, 'card:' || id || ':' || coalesce(expires_on::text, '') FROM payments_paymentmethod
WHERE customer_id = ANY(%s) AND is_default AND removed_at IS NULL AND charge_agreed_at IS NOT NULL
UNION ALL
SELECT id, 'renewal:' || concat_ws(':', renews_on, renewal_amount, renewal_currency, renewal_of)
FROM customers_customer WHERE id = ANY(%s) AND renews_on IS NOT NULL
"""


def limits_of(customers: Mapping[int, Known], *, now: datetime) -> dict[int, Limits]:
    """Customer id → what limits contact with them at `now`."""
    ids, on = list(customers), now.date()
    caps, hours = _read(CAPS, on), _read(HOURS, on)
    since = now - timedelta(days=1 + max([days for _, _, days, *_ in caps], default=0))
    contacts, stops = defaultdict(list), defaultdict(list)
    for customer_id, at, channel, is_talk in _read(CONTACTS, ids, since, ids, since):
        contacts[customer_id].append(Contacted(local_day(at, customers[customer_id].time_zone), channel, is_talk))
    for customer_id, *stop in _read(STOPS, ids):
        stops[customer_id].append(Stop(*stop))
    countries = {one.fact.country for one in customers.values()}
    by_country = {country: _of_country(country, caps, hours) for country in countries}
    return {
        pk: replace(
            by_country[where.fact.country],
            contacts=tuple(contacts[pk]),
            stops=tuple(stops[pk]),
            is_vulnerable=where.is_vulnerable,
        )
        if pk in contacts or pk in stops or where.is_vulnerable
        else by_country[where.fact.country]
        for pk, where in customers.items()
    }


def _of_country(country: str, caps: Sequence[tuple[Any, ...]], hours: Sequence[tuple[Any, ...]]) -> Limits:
    return Limits(
        caps=tuple(Cap(*cap) for where, *cap in caps if where in ("", country)),
        hours=tuple(OpenHours(*row) for where, *row in hours if where in ("", country)),
    )


def marks_of(customer_ids: Sequence[int]) -> dict[int, list[str]]:
    """Customer id → holds, wishes, vulnerability, the card that is charged, what is renewed: sorted marks."""
    ids, found = list(customer_ids), defaultdict[int, list[str]](list)
    for customer_id, mark in _read(MARKS, *[ids] * 5):
        found[customer_id].append(mark)
    return {customer_id: sorted(marks) for customer_id, marks in found.items()}


def _read(statement: str, *facts: list[int] | date | datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return list(cursor.fetchall())
