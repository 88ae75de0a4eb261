"""Bank lines → the customers each could be of, a batch at a time and with a fixed number of queries.

Every look-up goes by an index and stops at a limit, so that the size of the book does not matter.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from customers.models.number_key import KEY_OF
from payments.models import BankLine
from payments.rules.matching import Candidate, Debt, Money, name_words
from payments.rules.remittance import read_remittance

SETTLED_WITHIN = timedelta(days=90)  # invoices settled longer ago are not named by mistake
AS_MANY = 20  # customers with one and the same amount or name; more of them tell nothing
SHARED_BY = 3  # customers paying from one account; more of them, and it is a payment provider's
LATEST = 50  # earlier lines looked at of one account
DEBTS = 500  # open invoices looked at of one customer

NAMED_INVOICES = f"""
SELECT {KEY_OF.format("number")}, customer_id, id FROM customers_invoice
WHERE {KEY_OF.format("number")} = ANY(%s) AND (balance > 0 OR updated_at > %s)
"""
NAMED_CUSTOMERS = f"""
SELECT {KEY_OF.format("number")}, id FROM customers_customer WHERE {KEY_OF.format("number")} = ANY(%s)
"""
KNOWN_ACCOUNTS = """
SELECT DISTINCT wanted.account, earlier.customer_id FROM unnest(%s::text[]) AS wanted (account)
CROSS JOIN LATERAL (
  SELECT customer_id FROM payments_bankline
  WHERE payer_account = wanted.account AND state = 'posted' ORDER BY id DESC LIMIT %s
) AS earlier
"""
SAME_AMOUNTS = """
SELECT wanted.currency, wanted.amount, invoice.customer_id
FROM unnest(%s::text[], %s::numeric[]) AS wanted (currency, amount)
CROSS JOIN LATERAL (
  SELECT customer_id FROM customers_invoice
  WHERE balance > 0 AND balance = wanted.amount AND currency = wanted.currency LIMIT %s
) AS invoice
"""
SAME_NAMES = """
SELECT wanted.name, customer.id FROM unnest(%s::text[]) AS wanted (name)
CROSS JOIN LATERAL (
  SELECT id FROM customers_customer
  WHERE to_tsvector('simple'::regconfig, COALESCE(name, '')) @@ plainto_tsquery('simple'::regconfig, wanted.name)
  LIMIT %s
) AS customer
"""
CUSTOMERS = "SELECT id, number, name FROM customers_customer WHERE id = ANY(%s)"
INVOICES = """
SELECT asked.id, invoice.* FROM unnest(%s::bigint[]) AS asked (id)
CROSS JOIN LATERAL (
  SELECT id, number, due_on, currency, balance FROM customers_invoice
  WHERE customer_id = asked.id AND balance > 0 ORDER BY due_on, id LIMIT %s
) AS invoice
UNION
SELECT customer_id, id, number, due_on, currency, balance FROM customers_invoice WHERE id = ANY(%s)
"""

Found = dict[Any, set[int]]


def money_of(line: BankLine) -> Money:
    """The line as the rules see it."""
    written = read_remittance(f"{line.reference}  {line.text}")
    return Money(line.amount, line.currency, line.booked_on, line.payer_name, written)


def candidates_for(lines: Sequence[BankLine], *, now: datetime) -> list[tuple[Money, list[Candidate]]]:
    """For each line, in the same order, the customers it could be of. Seven queries a batch, however big the book."""
    monies = [money_of(line) for line in lines]
    keys = sorted({key for money in monies for key in money.remittance.keys})
    named_invoices = _rows(NAMED_INVOICES, keys, now - SETTLED_WITHIN)
    by_key = _grouped([*((key, customer) for key, customer, _ in named_invoices), *_rows(NAMED_CUSTOMERS, keys)])
    accounts = sorted({line.payer_account for line in lines} - {""})
    by_account = _not_too_many(_rows(KNOWN_ACCOUNTS, accounts, LATEST), at_most=SHARED_BY)
    by_amount = _by_amount(monies)
    by_name = _not_too_many(_rows(SAME_NAMES, sorted({_name(money) for money in monies} - {""}), AS_MANY + 1))
    possible = [
        by_account[line.payer_account]
        | by_amount[money.currency, money.amount]
        | by_name[_name(money)]
        | set().union(*(by_key[key] for key in money.remittance.keys))
        for line, money in zip(lines, monies, strict=True)
    ]
    known = _Known(set().union(*possible), [pk for *_, pk in named_invoices])
    return [
        (money, [known.candidate(pk, account_known=pk in by_account[line.payer_account]) for pk in sorted(ids)])
        for line, money, ids in zip(lines, monies, possible, strict=True)
    ]


class _Known:
    """Names and debts of all customers of the batch, read once."""

    def __init__(self, customer_ids: set[int], named_invoice_ids: Sequence[int]) -> None:
        ids = sorted(customer_ids)
        self._customers = {pk: (number, name) for pk, number, name in _rows(CUSTOMERS, ids)}
        self._debts: dict[int, list[Debt]] = defaultdict(list)
        for customer_id, *facts in _rows(INVOICES, ids, DEBTS, list(named_invoice_ids)):
            self._debts[customer_id].append(Debt(*facts))

    def candidate(self, customer_id: int, *, account_known: bool) -> Candidate:
        debts = sorted(self._debts[customer_id], key=lambda debt: (debt.due_on, debt.id))
        return Candidate(customer_id, *self._customers[customer_id], account_known, tuple(debts))


def _by_amount(monies: Sequence[Money]) -> Found:
    wanted = sorted({(money.currency, money.amount) for money in monies})
    currencies, amounts = [currency for currency, _ in wanted], [amount for _, amount in wanted]
    rows = _rows(SAME_AMOUNTS, currencies, amounts, AS_MANY + 1)
    return _not_too_many(((currency, Decimal(amount)), customer_id) for currency, amount, customer_id in rows)


def _name(money: Money) -> str:
    return name_words(money.payer_name) if money.payer_name else ""


def _not_too_many(rows: Iterable[tuple[Any, int]], *, at_most: int = AS_MANY) -> Found:
    rows = list(rows)
    asked: dict[Any, int] = defaultdict(int)
    for key, _ in rows:
        asked[key] += 1
    return _grouped((key, pk) for key, pk in rows if asked[key] <= at_most)


def _grouped(rows: Iterable[tuple[Any, int]]) -> Found:
    found: Found = defaultdict(set)
    for key, pk in rows:
        found[key].add(pk)
    return found


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
