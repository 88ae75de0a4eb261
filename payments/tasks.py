"""The scheduler's door for money at the bank: what waits is compared with the books as they are now."""

from django.utils import timezone

from customers.deadline import Deadline
from payments.operations import bank_lines

TURN_SECONDS = 30  # django-q2 ends a task after 50 s


def match_bank_lines() -> None:
    """Post what has become sure. Ringing twice, or from several machines at once, does no harm."""
    bank_lines.match_waiting(now=timezone.now(), deadline=Deadline(TURN_SECONDS))
