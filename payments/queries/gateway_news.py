"""What gateways told and what their books held that was not taken in."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from payments.models import GatewayEvent, SyncFinding

EVENTS_LATE_AFTER = timedelta(hours=1)


def events_late(now: datetime) -> QuerySet[GatewayEvent]:
    """What gateways told us more than an hour ago and could not be looked up since."""
    return GatewayEvent.objects.filter(state=GatewayEvent.State.WAITING, received_at__lt=now - EVENTS_LATE_AFTER)


def sync_findings() -> int:
    """How much of the gateways' books was not taken in or needs a person there."""
    return SyncFinding.objects.count()
