"""The breaker of each gateway: what all workers know of its last calls."""

from datetime import datetime

from django.db import transaction

from payments.models import GatewayHealth
from payments.rules.breaker import closed_after, is_closed


def is_left_alone(gateway: str, *, now: datetime) -> bool:
    """True while the gateway is given time to come back."""
    known = GatewayHealth.objects.filter(gateway=gateway).values_list("closed_until", flat=True).first()
    return is_closed(known, now=now)


@transaction.atomic
def note_failure(gateway: str, *, now: datetime) -> None:
    """A call had no answer: after some in a row nobody calls for a while."""
    GatewayHealth.objects.get_or_create(gateway=gateway)
    health = GatewayHealth.objects.select_for_update().get(gateway=gateway)
    health.failures = min(health.failures + 1, 1000)
    health.closed_until = closed_after(health.failures, now=now)
    health.save(update_fields=["failures", "closed_until"])


def note_answer(gateway: str) -> None:
    """It answered, whatever it said."""
    GatewayHealth.objects.filter(gateway=gateway, failures__gt=0).update(failures=0, closed_until=None)
