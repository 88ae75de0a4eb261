"""The buckets of days past due that every screen and report goes by. On the due day itself nothing is late."""

from typing import NamedTuple


class AgeBucket(NamedTuple):
    """Days past due, both ends included; None is open. `name`: as filters know it."""

    name: str
    words: str
    first: int | None
    last: int | None


AGE_BUCKETS = (
    AgeBucket("0", "not due yet", None, 0),
    AgeBucket("1-30", "1–30 days", 1, 30),
    AgeBucket("31-60", "31–60 days", 31, 60),
    AgeBucket("61-90", "61–90 days", 61, 90),
    AgeBucket("91-120", "91–120 days", 91, 120),
    AgeBucket("121", "over 120 days", 121, None),
)
FIRST_DAYS = tuple(bucket.first for bucket in AGE_BUCKETS if bucket.first is not None)
