"""Counting at the public doors, in the database, so that all processes count together.

One statement a count; what is counted is named by a keyed hash. Without the database nothing is counted, and nothing
else works either: no password is checked then, and no page is served.
"""

import hmac
import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from dunning.models import DoorCount
from dunning.rules.doors import LIMITS, LONGEST_WINDOW, Deed, window_of

COUNT = """
INSERT INTO dunning_doorcount (deed, who, window_at, count) VALUES (%s, %s, %s, 1)
ON CONFLICT (deed, who, window_at) DO UPDATE SET count = dunning_doorcount.count + 1
RETURNING count
"""


class TooOften(Exception):
    """More often than anybody needs to; the next time may come after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("That was too often. Try again later.")
        self.wait = wait

    @property
    def retry_after(self) -> str:
        """The seconds until then, for the header of that name."""
        return str(max(1, math.ceil(self.wait.total_seconds())))


def named(who: str) -> bytes:
    """What the tables keep of a visitor: nobody can try out which address it was without the key."""
    return hmac.digest(settings.LINK_KEY.encode(), f"door:{who}".encode(), "sha256")


def count(deed: Deed, who: str, *, now: datetime) -> None:
    """Count one more. Raises TooOften above the limit; a visitor without a name is not counted."""
    if not who:
        return
    limit = LIMITS[deed]
    window = window_of(limit, now)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [deed.value, named(who), window])
        [counted] = cursor.fetchone()
    if counted > limit.most:
        raise TooOften(window + limit.within - now)


def refuse_who_came_too_often(deed: Deed, who: str, *, now: datetime) -> None:
    """The same without counting: raises TooOften when the limit was reached before."""
    limit = LIMITS[deed]
    window = window_of(limit, now)
    counted = DoorCount.objects.filter(deed=deed, who=named(who), window_at=window, count__gte=limit.most)
    if who and counted.exists():
        raise TooOften(window + limit.within - now)


def sweep(*, now: datetime) -> int:
    """Forget the windows that are over; returns how many counts went."""
    return DoorCount.objects.filter(window_at__lte=now - LONGEST_WINDOW).delete()[0]
