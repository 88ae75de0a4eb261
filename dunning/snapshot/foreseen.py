"""What is foreseen for customers and needs a hand of theirs before its day: one query, for everybody or for some.

Only what would hurt if nobody wrote: the card or mandate that is charged by itself, and not where a network renews the
card without its owner.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from dunning.models import Case
from dunning.rules.triggers import Foreseen, Trigger, key_of
from payments.gateways import updating_gateways
from payments.rules.methods import brand_words

# A card that its gateway's network updater renews by itself needs nobody.
CARDS = """
SELECT customer_id, 'card_expires', id, expires_on, brand, last4, '', NULL::numeric, ''
FROM payments_paymentmethod
WHERE kind = 'card' AND is_default AND removed_at IS NULL AND charge_agreed_at IS NOT NULL
  AND expires_on BETWEEN %(first)s AND %(last)s AND gateway <> ALL(%(updating)s) AND {whom}
"""
# A mandate lapses 36 months after the last collection presented under it, even if that was rejected or returned (EPC
# SEPA Core Direct Debit Rulebook, section 4.1); one never used counts from the day it was given.
MANDATES = """
SELECT customer_id, 'mandate_ends', id, ends_on, '', last4, '', NULL::numeric, '' FROM (
  SELECT method.*, (coalesce(last.at, stored_at) AT TIME ZONE 'UTC' + interval '36 months')::date AS ends_on
  FROM payments_paymentmethod method
  LEFT JOIN LATERAL (
    SELECT max(started_at) AS at FROM payments_chargeattempt
    WHERE method_id = method.id AND state IN ('pending', 'succeeded', 'declined')) AS last ON TRUE
  WHERE kind = 'sepa_debit' AND is_default AND removed_at IS NULL AND charge_agreed_at IS NOT NULL AND {whom}
) AS mandate WHERE ends_on BETWEEN %(first)s AND %(last)s
"""
# As a file or a person has said; one that was cancelled has no day any more.
RENEWALS = """
SELECT customer_id, 'renewal', customer_id, renews_on, '', '', renewal_of, renewal_amount, renewal_currency
FROM (SELECT id AS customer_id, * FROM customers_customer) AS renewal
WHERE renews_on BETWEEN %(first)s AND %(last)s AND {whom}
"""
FACTS = {Trigger.CARD_EXPIRES: CARDS, Trigger.MANDATE_ENDS: MANDATES, Trigger.RENEWAL: RENEWALS}
ABOUT = "SELECT id, about FROM dunning_case WHERE id = ANY(%s) AND about <> ''"
FARTHEST = timedelta(days=36600)


class Ahead(NamedTuple):
    """Something foreseen, and whom it happens to."""

    customer_id: int
    fact: Foreseen


def foreseen(triggers: Sequence[Trigger], reach_days: int, *, now: datetime) -> list[Ahead]:
    """What will come within so many days that begins one of these triggers, for everybody; as UTC has the days."""
    return _read(triggers, "TRUE", [], *_span(reach_days, now))


def customers_foreseen(triggers: Sequence[Trigger], reach_days: int, *, now: datetime) -> set[int]:
    """Whom any of that happens to: ids only, because a span may be a year and reach everybody."""
    first, last = _span(reach_days, now)
    statement = f"SELECT DISTINCT whom FROM ({_statement(triggers, 'TRUE')}) AS ahead (whom)"
    with connection.cursor() as cursor:
        cursor.execute(statement, _told([], first, last))
        return {pk for (pk,) in cursor}


def _span(reach_days: int, now: datetime) -> tuple[date, date]:
    """From yesterday somewhere to tomorrow somewhere."""
    today = now.date()
    return today - timedelta(days=1), today + timedelta(days=reach_days + 1)


def foreseen_for(
    customer_ids: Sequence[int], triggers: Sequence[Trigger], reach_days: int, *, until: date, now: datetime
) -> list[Ahead]:
    """The same for these customers, of what a campaign that begins so many days ahead speaks about by `until`."""
    first, last = now.date() - timedelta(days=1), until + timedelta(days=reach_days + 1)
    return _read(triggers, "customer_id = ANY(%(customers)s)", customer_ids, first, last)


def never_told(ahead: Sequence[Ahead]) -> list[Ahead]:
    """Those of which no case was ever opened."""
    keys = [one.fact.key for one in ahead]
    told = set(Case.objects.filter(about__in=keys).exclude(about="").values_list("about", flat=True))
    return [one for one in ahead if one.fact.key not in told]


def cases_about(case_ids: Sequence[int]) -> dict[int, str]:
    """Which of these cases are about something foreseen: case id → its key."""
    with connection.cursor() as cursor:
        cursor.execute(ABOUT, [list(case_ids)])
        return dict(cursor.fetchall())


def still_so(customer_ids: Sequence[int], *, now: datetime) -> dict[str, Foreseen]:
    """What is foreseen for these customers whatever the day, passed ones too, by key."""
    far = _read(list(FACTS), "customer_id = ANY(%(customers)s)", customer_ids, date.min, now.date() + FARTHEST)
    return {ahead.fact.key: ahead.fact for ahead in far}


def _read(triggers: Sequence[Trigger], whom: str, customer_ids: Sequence[int], first: date, last: date) -> list[Ahead]:
    with connection.cursor() as cursor:
        cursor.execute(_statement(triggers, whom), _told(customer_ids, first, last))
        return [_ahead(*row) for row in cursor]


def _statement(triggers: Sequence[Trigger], whom: str) -> str:
    return " UNION ALL ".join(FACTS[trigger].format(whom=whom) for trigger in triggers)


def _told(customer_ids: Sequence[int], first: date, last: date) -> dict[str, Any]:
    return {"customers": list(customer_ids), "first": first, "last": last, "updating": updating_gateways()}


def _ahead(customer_id: int, trigger: str, pk: int, on: date, brand: str, *told: Any) -> Ahead:
    return Ahead(customer_id, Foreseen(key_of(Trigger(trigger), pk, on), on, brand_words(brand), *told))
