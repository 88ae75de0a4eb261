"""The scheduler's door for files too large to wait for: takes in what was confirmed, reads what was uploaded."""

from django.utils import timezone

from customers.operations import imports


def take_imports() -> None:
    """Go on with every import that waits. One process does so at a time; what a kill interrupts is resumed later."""
    now = timezone.now()
    imports.apply_confirmed(now=now)  # first: no new file may keep waiting what somebody confirmed
    imports.read_uploaded(now=now)
    imports.discard_forgotten(now=now)
