"""The sign of life: written after each whole turn of the engine, watched from outside."""

from datetime import datetime

from dunning.models import EngineState


def beat(*, now: datetime) -> None:
    """Note that a turn of the engine ended at `now`."""
    EngineState.objects.update_or_create(pk=1, defaults={"ticked_at": now})
