"""When a charge may be tried: how much at most, and how often after failures (the guard against card testing)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from customers.rules.money import fits
from customers.rules.patience import doubled

FAILURES_ALLOWED = 5
WITHIN = timedelta(hours=1)
SURELY_OVER = timedelta(minutes=2)  # a call still on its way to the gateway is given this long
LONGEST_PAUSE = timedelta(hours=1)


class EndedBy(StrEnum):
    """Our own reasons for an attempt that ended without an answer of the card's bank."""

    NEW_ATTEMPT = "new_attempt"
    CUSTOMER = "customer"
    TIME = "not_confirmed_in_time"
    NEVER_ARRIVED = "never_arrived"
    GATEWAY = "gateway_refused"
    DROPPED = "dropped"
    GIVEN_UP = "given_up"


class Doubt(StrEnum):
    """Why money that the gateway says it took is not in the books: for a person to sort out with the gateway."""

    REFERENCE_TAKEN = "reference_taken"


APPROVAL_MISSING = frozenset({"authentication_required", "authentication_not_handled"})  # nobody was there to approve
UNREACHABLE = frozenset({EndedBy.NEVER_ARRIVED, EndedBy.GATEWAY})  # a line that was down tells nothing of the card
NOBODYS_TRY = UNREACHABLE | {EndedBy.DROPPED}


def may_be_charged(amount: Decimal, currency: str, open_amount: Decimal) -> bool:
    """True for an amount above 0 and up to what is open, without more decimals than the currency has."""
    return amount.is_finite() and 0 < amount <= open_amount and fits(amount, currency)


def wait_after_failures(failed_at: Sequence[datetime], *, now: datetime) -> timedelta | None:
    """How long to wait before the next try, None when it may be now.

    After FAILURES_ALLOWED failures within an hour the next try waits until the first of them is an hour old.
    """
    recent = sorted(moment for moment in failed_at if moment > now - WITHIN)
    if len(recent) < FAILURES_ALLOWED:
        return None
    return recent[-FAILURES_ALLOWED] + WITHIN - now


def pause_after_look(looks: int) -> timedelta:
    """How long to wait after the `looks`-th look that found no end: 2 minutes, doubling up to an hour."""
    return doubled(SURELY_OVER, looks - 1, longest=LONGEST_PAUSE)
