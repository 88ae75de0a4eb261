"""What is open by days past due, and how it moves from bucket to bucket. Days count from the due date."""

from customers.rules.ageing import AGE_BUCKETS, FIRST_DAYS

BUCKETS = tuple(bucket.words for bucket in AGE_BUCKETS)
LATE = 90  # days past due from which an invoice counts as at risk


def bucket(days_past_due: int) -> int:
    """Which of BUCKETS: on the due day itself nothing is late."""
    return sum(days_past_due >= first for first in FIRST_DAYS)
