"""Debits that took money back → the payments each could be about, a batch at a time, with a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from payments.models import BankLine
from payments.queries.bank_candidates import candidates_for
from payments.rules.matching import Money
from payments.rules.returns import Paid, Taken

LOOKS_BACK = timedelta(days=400)  # a debit that nobody authorised may be returned for thirteen months
LATEST = 50  # payments looked at of one customer
PAYMENTS = """
SELECT payment.id, asked.id, customer.name, payment.currency, payment.received_on,
  payment.amount - coalesce((
    SELECT sum(refund.amount) FROM payments_refund refund WHERE refund.payment_id = payment.id
      AND NOT EXISTS (SELECT 1 FROM payments_refundreversal WHERE refund_id = refund.id)), 0),
  coalesce(line.payer_account, ''), coalesce(line.reference, ''),
  ARRAY(SELECT DISTINCT invoice.number FROM payments_allocation allocation
        JOIN customers_invoice invoice ON invoice.id = allocation.invoice_id
        WHERE allocation.payment_id = payment.id ORDER BY 1)
FROM unnest(%s::bigint[]) AS asked (id)
JOIN customers_customer customer ON customer.id = asked.id
CROSS JOIN LATERAL (
  SELECT * FROM payments_payment
  WHERE customer_id = asked.id AND recorded_at > %s ORDER BY id DESC LIMIT %s
) AS payment
LEFT JOIN payments_bankline line ON line.payment_id = payment.id
"""


def payments_taken_back(lines: Sequence[BankLine], *, now: datetime) -> list[tuple[Taken, list[Paid]]]:
    """For each debit, in the same order, the payments it could have taken back: those of whom the line could be of."""
    found = candidates_for(lines, now=now)
    customers = [{candidate.customer_id for candidate in candidates} for _, candidates in found]
    paid: dict[int, list[Paid]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(PAYMENTS, [sorted(set().union(*customers)), now - LOOKS_BACK, LATEST])
        for row in cursor.fetchall():
            payment = Paid(*row)
            paid[payment.customer_id].append(payment)
    return [
        (_taken(line, money), [payment for customer_id in sorted(ids) for payment in paid[customer_id]])
        for line, (money, _), ids in zip(lines, found, customers, strict=True)
    ]


def _taken(line: BankLine, money: Money) -> Taken:
    return Taken(
        -money.amount,
        money.currency,
        money.booked_on,
        line.payer_name,
        line.payer_account,
        line.reference,
        money.remittance,
    )
