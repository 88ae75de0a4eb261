"""The scheduler's door for money at the bank: what waits is compared with the books when its turn has come."""

from django.utils import timezone

from customers.deadline import Deadline
from payments.operations import bank_matching

TURN_SECONDS = 30  # django-q2 ends a task after 50 s


def match_bank_lines() -> None:
    """Post what has become sure. Ringing twice, or from several machines at once, does no harm."""
    bank_matching.match_due(now=timezone.now(), deadline=Deadline(TURN_SECONDS))
