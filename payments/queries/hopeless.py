"""Refusals after which it was no use to try the same card again: each judged by the rules of its own day."""

from datetime import datetime

from django.db import connection

from payments.queries.declines import decline_book
from payments.rules.declines import Decline, Meaning, judge
from payments.rules.methods import MethodKind

HOPELESS = (Meaning.NEVER, Meaning.FIX_DATA)
# Tries without the customer, together where everything that is judged is the same. `rules_on`: the day from which on
# the rules were those of the day of the refusal.
REFUSED = """
WITH changed AS MATERIALIZED (
  SELECT valid_from AS on_day FROM payments_declinerule UNION SELECT valid_until + 1 FROM payments_declinerule
)
SELECT refused.rules_on, kind, card_brand, country, decline_code, advice_code, network_code, network_advice,
  array_agg(refused.id)
FROM (
  SELECT attempt.*, coalesce(method.kind, 'card') AS kind, customer.country, (
      SELECT max(on_day) FROM changed WHERE on_day <= (attempt.started_at AT TIME ZONE 'UTC')::date) AS rules_on
  FROM payments_chargeattempt attempt
  JOIN customers_customer customer ON customer.id = attempt.customer_id
  LEFT JOIN payments_paymentmethod method ON method.id = attempt.method_id
  WHERE NOT attempt.is_attended AND attempt.state = 'declined' AND attempt.finished_at < %s) AS refused
WHERE rules_on IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""


def hopeless_refusals(before: datetime) -> list[int]:
    """Ids of the refusals up to then that meant never, or not before the data changed.

    All layers are weighed as when a next try is decided. A day without rules knows no such refusal.
    """
    with connection.cursor() as cursor:
        cursor.execute(REFUSED, [before])
        rows = cursor.fetchall()
    books = {rules_on: decline_book(rules_on) for rules_on, *_ in rows}
    found: list[int] = []
    for rules_on, kind, brand, country, *codes, attempts in rows:
        told = judge(Decline(*codes), books[rules_on], kind=MethodKind(kind), brand=brand, country=country)
        if told.meaning in HOPELESS:
            found += attempts
    return found
