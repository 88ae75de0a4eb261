"""The breaker of each gateway: what all workers know of its last calls."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from payments.models import GatewayHealth
from payments.rules.breaker import closed_after, is_closed


class Known(NamedTuple):
    """How many calls in a row had no answer, and until when nobody calls."""

    failures: int = 0
    closed_until: datetime | None = None


def known_of(gateway: str) -> Known:
    """What is known of the gateway's last calls."""
    row = GatewayHealth.objects.filter(gateway=gateway).values_list("failures", "closed_until").first()
    return Known(*row) if row else Known()


def is_left_alone(gateway: str, *, now: datetime) -> bool:
    """True while the gateway is given time to come back."""
    return is_closed(known_of(gateway).closed_until, now=now)


@transaction.atomic
def note_failure(gateway: str, *, now: datetime) -> None:
    """A call had no answer: after some in a row nobody calls for a while."""
    GatewayHealth.objects.get_or_create(gateway=gateway)
    health = GatewayHealth.objects.select_for_update().get(gateway=gateway)
    health.failures = min(health.failures + 1, 1000)
    health.closed_until = closed_after(health.failures, now=now)
    health.save(update_fields=["failures", "closed_until"])


def note_answer(gateway: str, known: Known) -> None:
    """It answered, whatever it said. `known` is what was known before the call: nothing is written if all was well."""
    if known.failures:
        GatewayHealth.objects.filter(gateway=gateway, failures__gt=0).update(failures=0, closed_until=None)
