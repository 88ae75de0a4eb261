"""The scheduler's door: it rings, the engine takes one turn, and a sign of life is left."""

import logging

from django.utils import timezone

from dunning.operations import heartbeat
from dunning.operations import tick as engine

logger = logging.getLogger(__name__)


def tick() -> None:
    """One turn of the engine, now. Ringing twice, or from several machines at once, does no harm."""
    report = engine.tick(now=timezone.now())
    heartbeat.beat(now=timezone.now())
    logger.info("tick: %s", report)
