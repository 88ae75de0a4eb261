"""Which stored card or account is charged for a debt next, and when; or why none is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from payments.rules.declines import DeclineBook
from payments.rules.retries import next_try
from payments.rules.retry_facts import NoTry, RetryFacts, StoredMethod, Try

NOT_OURS = "no try of ours: the gateway's own engine tries this card again"


@dataclass(frozen=True, slots=True)
class Order:
    """Charge `amount` of what the customer owes in `currency` to a stored method, and settle these invoices."""

    customer_id: int
    method_id: int
    amount: Decimal
    currency: str
    invoice_ids: tuple[int, ...]


class NextCharge(NamedTuple):
    """The card that comes next for a debt, and what is decided about it."""

    debt: RetryFacts
    method: StoredMethod
    verdict: Try | NoTry


def next_charge(debt: RetryFacts, methods: Sequence[StoredMethod], book: DeclineBook, *, now: datetime) -> NextCharge:
    """The first of `methods` (at least one; the customer's own order) that may be tried at all, now or later.

    `debt` has no card yet. A card that waits for its next try is waited for; only one that may not be tried any more
    gives way to another.
    """
    verdicts = [NextCharge(debt, method, _verdict(debt, method, book, now)) for method in methods]
    return next((found for found in verdicts if isinstance(found.verdict, Try)), verdicts[0])


def _verdict(debt: RetryFacts, method: StoredMethod, book: DeclineBook, now: datetime) -> Try | NoTry:
    if not method.is_ours:
        return NoTry(NOT_OURS)
    facts = replace(
        debt,
        tries=method.tries,
        kind=method.kind,
        brand=method.brand,
        issued_in=method.issued_in,
        acted_at=method.agreed_at,
        unreachable_at=method.unreachable_at,
    )
    return next_try(facts, book, now=now)
