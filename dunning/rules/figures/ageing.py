"""What is open by days past due, and how it moves from bucket to bucket. Days count from the due date."""

FIRST_DAYS = (1, 31, 61, 91, 121)  # of the buckets past due
BUCKETS = ("not due", "1–30 days", "31–60 days", "61–90 days", "91–120 days", "over 120 days")
LATE = 90  # days past due from which an invoice counts as at risk


def bucket(days_past_due: int) -> int:
    """Which of BUCKETS: on the due day itself nothing is late."""
    return sum(days_past_due >= first for first in FIRST_DAYS)
