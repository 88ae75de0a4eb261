"""How long to wait before something is tried again: ever longer, up to a limit."""

from datetime import timedelta


def doubled(first: timedelta, times: int, *, longest: timedelta) -> timedelta:
    """`first`, doubled `times` times (0 or more), but never more than `longest`."""
    return min(first * (1 << min(times, 20)), longest)
