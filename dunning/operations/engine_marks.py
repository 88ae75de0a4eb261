"""Marks in the engine's one row: long work of the night is one worker's, and holds nothing back while it is done.

No transaction spans such work: the row would be locked until its end, and the engine's sign of life waits for it.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from dunning.models import EngineState

CLAIMED_FOR = timedelta(minutes=15)  # after that whoever claimed it is taken for killed


def claim(mark: str, *, now: datetime) -> bool:
    """Whether the work of this mark (a field of EngineState) is ours from now on; no other worker gets it meanwhile."""
    EngineState.objects.get_or_create(pk=1)
    is_free = Q(**{mark: None}) | Q(**{f"{mark}__lt": now - CLAIMED_FOR})
    return bool(EngineState.objects.filter(is_free, pk=1).update(**{mark: now}))
