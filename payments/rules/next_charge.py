"""Which stored card or account is charged for a debt next, and when; or why none is."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from payments.rules.declines import DeclineBook
from payments.rules.retries import next_try
from payments.rules.retry_facts import Debt, NoTry, RetryFacts, StoredMethod, Try

NOT_OURS = "no try of ours: the gateway's own engine tries this card again"


class NextCharge(NamedTuple):
    """The card that comes next for a debt, and what is decided about it."""

    method: StoredMethod
    verdict: Try | NoTry


def next_charge(
    debt: Debt,
    methods: Sequence[StoredMethod],
    book: DeclineBook,
    *,
    now: datetime,
    closes_at: datetime,
    country: str,
    time_zone: str,
    told_at: tuple[datetime, ...] = (),
) -> NextCharge:
    """The first of `methods` (at least one; the customer's own order) that may be tried at all, now or later.

    A card that waits for its next try is waited for; only one that may not be tried any more gives way to another.
    """
    verdicts = [
        NextCharge(method, _verdict(debt, method, book, now, closes_at, country, time_zone, told_at))
        for method in methods
    ]
    return next((found for found in verdicts if isinstance(found.verdict, Try)), verdicts[0])


def _verdict(
    debt: Debt,
    method: StoredMethod,
    book: DeclineBook,
    now: datetime,
    closes_at: datetime,
    country: str,
    time_zone: str,
    told_at: tuple[datetime, ...],
) -> Try | NoTry:
    if not method.is_ours:
        return NoTry(NOT_OURS)
    facts = RetryFacts(
        amount=debt.amount,
        currency=debt.currency,
        invoice_ids=debt.invoice_ids,
        tries=method.tries,
        closes_at=closes_at,
        kind=method.kind,
        brand=method.brand,
        issued_in=method.issued_in,
        country=country,
        time_zone=time_zone,
        acted_at=method.agreed_at,
        unreachable_at=method.unreachable_at,
        told_at=told_at,
    )
    return next_try(facts, book, now=now)
