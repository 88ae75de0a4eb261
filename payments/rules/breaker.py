"""When a gateway that does not answer is left alone, and for how long."""

from datetime import datetime, timedelta

from customers.rules.patience import doubled

FAILURES_IN_A_ROW = 5
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=15)


def is_closed(closed_until: datetime | None, *, now: datetime) -> bool:
    """True while nobody should call. After the pause one call is tried, and decides."""
    return closed_until is not None and now < closed_until


def closed_after(failures: int, *, now: datetime) -> datetime | None:
    """Until when to leave the gateway alone after `failures` in a row: a minute after the fifth, doubling to 15."""
    if failures < FAILURES_IN_A_ROW:
        return None
    return now + doubled(FIRST_PAUSE, failures - FAILURES_IN_A_ROW, longest=LONGEST_PAUSE)
