"""Bank lines that wait, our accounts, and where customers may pay into."""

from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Min, QuerySet

from payments.models import BankAccount, BankLine
from payments.rules.transfer import Account

ACCOUNTS = """
WITH RECURSIVE known AS (
  (SELECT account FROM payments_bankline ORDER BY account LIMIT 1)
  UNION ALL
  SELECT (SELECT account FROM payments_bankline WHERE account > known.account ORDER BY account LIMIT 1)
  FROM known WHERE known.account IS NOT NULL
)
SELECT account FROM known WHERE account IS NOT NULL
"""


def money_waiting(customer_id: int) -> QuerySet[BankLine]:
    """Bank lines that are probably this customer's and wait for a person."""
    return BankLine.objects.filter(likely_payers__customer=customer_id).order_by("booked_on", "pk")


class WaitingLines(NamedTuple):
    """How many bank lines wait to be matched, and the booking day of the oldest."""

    number: int
    since: date | None


def bank_lines_waiting() -> WaitingLines:
    """What the matching screen has to do."""
    waiting = BankLine.objects.filter(state=BankLine.State.WAITING)
    row = waiting.aggregate(number=Count("pk"), since=Min("booked_on"))
    return WaitingLines(row["number"], row["since"])


def bank_accounts() -> list[str]:
    """Our accounts of which lines were taken in: one hop through the index per account."""
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS)
        return [account for (account,) in cursor.fetchall()]


def accounts_to_pay_into() -> dict[str, list[Account]]:
    """Currency → our accounts that customers are shown, the oldest first."""
    found: dict[str, list[Account]] = {}
    for row in BankAccount.objects.filter(is_shown=True).order_by("pk"):
        account = Account(row.holder, row.iban, row.account_number, row.routing_code, row.bic, row.bank_name)
        found.setdefault(row.currency, []).append(account)
    return found


def next_waiting() -> BankLine | None:
    """The oldest bank line that waits."""
    return BankLine.objects.filter(state=BankLine.State.WAITING).order_by("booked_on", "pk").first()
