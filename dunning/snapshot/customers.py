"""Who a customer is, for the rules: set-based, a batch at a time; what costs a query more only where asked for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from dunning.rules.customer_fact import CustomerFact
from dunning.rules.history import NO_HISTORY, SETTLED_LOOKED_AT, History, history_of
from payments.models import ChargeAttempt
from payments.queries.declines import decline_book, judgement_of

HISTORY = frozenset({"history", "usual_days_late"})
REFUSAL = frozenset({"card_refusal"})
NONE: frozenset[str] = frozenset()
CUSTOMERS = """
SELECT id, time_zone, vulnerable_since IS NOT NULL, segment, tags, country, language, kind, since_on,
  renewal_of
FROM customers_customer WHERE id = ANY(%s)
"""
# Days late of the newest invoices that payments settled; what was credited or written off alone tells nothing.
SETTLED = """
SELECT asked.id, ARRAY(
  SELECT paid.last_on - due_on FROM customers_invoice invoice
  CROSS JOIN LATERAL (
    SELECT max(occurred_on) AS last_on FROM customers_ledgerentry WHERE invoice_id = invoice.id AND kind = 'paid'
  ) AS paid
  WHERE customer_id = asked.id AND balance <= 0 AND paid.last_on IS NOT NULL
  ORDER BY due_on DESC, invoice.id DESC LIMIT %s
), EXISTS (
  SELECT 1 FROM customers_invoice invoice
  WHERE customer_id = asked.id AND balance > 0 AND due_on < %s
    AND NOT EXISTS (
      SELECT 1 FROM customers_hold hold
      WHERE hold.customer_id = asked.id AND hold.invoice_id = invoice.id AND released_at IS NULL
        AND coalesce(hold.disputed_amount >= invoice.balance, true))
)
FROM unnest(%s::bigint[]) AS asked (id)
"""


class Known(NamedTuple):
    time_zone: str
    is_vulnerable: bool
    fact: CustomerFact


def customers_known(customer_ids: Sequence[int], asked: frozenset[str], *, now: datetime) -> dict[int, Known]:
    """Each customer, with payment history and last refusal if `asked` names a fact that needs them.

    One query for a batch, and one more for each of the two.
    """
    histories = _histories(customer_ids, now) if asked & HISTORY else {}
    refusals = _refusals(customer_ids, now) if asked & REFUSAL else {}
    return {
        pk: Known(
            zone,
            is_vulnerable,
            replace(CustomerFact(*who), history=histories.get(pk, NO_HISTORY), refusal=refusals.get(pk, NONE)),
        )
        for pk, zone, is_vulnerable, *who in _rows(CUSTOMERS, list(customer_ids))
    }


def history_known(customer_id: int, *, now: datetime) -> History:
    """How this customer has paid so far."""
    return _histories([customer_id], now)[customer_id]


def settled_of(customer_ids: Sequence[int], *, now: datetime) -> dict[int, tuple[list[int], bool]]:
    """Days late of each one's newest settled invoices, newest first, and whether something is late now: one query."""
    found = _rows(SETTLED, SETTLED_LOOKED_AT, now.date(), list(customer_ids))
    return {pk: (days_late, is_late) for pk, days_late, is_late in found}


def _histories(customer_ids: Sequence[int], now: datetime) -> dict[int, History]:
    found = settled_of(customer_ids, now=now)
    return {pk: history_of(days_late, is_late_now=is_late) for pk, (days_late, is_late) in found.items()}


def _refusals(customer_ids: Sequence[int], now: datetime) -> dict[int, frozenset[str]]:
    """What the last charge of each was refused for; nothing for those whose last charge went well."""
    ended = ChargeAttempt.objects.filter(
        customer_id__in=customer_ids, state__in=[ChargeAttempt.State.SUCCEEDED, ChargeAttempt.State.DECLINED]
    )
    last = ended.order_by("customer_id", "-started_at", "-pk").distinct("customer_id")
    book = decline_book(now.date())
    return {
        attempt.customer_id: _causes(attempt, book)
        for attempt in last.select_related("customer", "method")
        if attempt.state == ChargeAttempt.State.DECLINED
    }


def _causes(attempt: ChargeAttempt, book: Any) -> frozenset[str]:
    judgement = judgement_of(attempt, book)
    return frozenset([judgement.meaning.value, *(cause.value for cause in judgement.causes)])


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
