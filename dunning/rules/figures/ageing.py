"""What is open by days past due, and how it moves from bucket to bucket. Days count from the due date."""

from decimal import Decimal

from customers.rules.ageing import AGE_BUCKETS, FIRST_DAYS
from dunning.rules.figures.shares import rate

BUCKETS = tuple(bucket.words for bucket in AGE_BUCKETS)
LATE = 90  # days past due from which an invoice counts as at risk


def bucket(days_past_due: int) -> int:
    """Which of BUCKETS: on the due day itself nothing is late."""
    return sum(days_past_due >= first for first in FIRST_DAYS)


def roll_rate(in_next_now: Decimal, in_this_then: Decimal) -> Decimal | None:
    """What of a bucket went on to the next: open in the next bucket now ÷ open in this one a month ago."""
    return rate(in_next_now, in_this_then)


def cure_rate(late_then_current_now: int, late_then: int) -> Decimal | None:
    """Customers late at the start and with nothing late at the end ÷ customers late at the start."""
    return rate(late_then_current_now, late_then)


def at_risk_rate(reached_90: int, issued: int) -> Decimal | None:
    """Invoices that were still open 90 days past due ÷ invoices of the cohort."""
    return rate(reached_90, issued)
