"""How a customer has paid so far, from invoices that payments settled: one class, and the usual days late.

Only what is settled counts, and of that the last SETTLED_LOOKED_AT invoices: people change, and so do customers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median_high

SETTLED_LOOKED_AT = 12  # the newest settled invoices; older ones are forgotten
GRACE_DAYS = 3  # a transfer takes a day or two, and a weekend lies between: that is on time
CHRONIC_LATE = 3  # as many late invoices at least, …
CHRONIC_DAYS = 15  # … and usually as late as this: neither one bad month nor a slow bank makes anybody chronic


class PaysHow(StrEnum):
    """The classes of payment history."""

    NEW = "new"
    ON_TIME = "on_time"
    FIRST_TIME_LATE = "first_time_late"
    LATE = "late"
    CHRONIC = "chronic"


@dataclass(frozen=True, slots=True)
class History:
    """`usual_days`: the days late of the invoice in the middle, 0 for on time or early; None: nothing settled yet."""

    pays: PaysHow = PaysHow.NEW
    usual_days: int | None = None

    def __str__(self) -> str:
        match self.pays:
            case PaysHow.NEW:
                return "new: no invoice settled yet"
            case PaysHow.ON_TIME:
                return "always on time"
            case PaysHow.FIRST_TIME_LATE:
                return "late for the first time"
            case PaysHow.LATE if not self.usual_days:
                return "late now and then"
            case PaysHow.LATE:
                return f"usually {_days(self.usual_days)} late"
            case _:
                return f"chronically late, usually {_days(self.usual_days)}"


NO_HISTORY = History()


def history_of(days_late: Sequence[int], *, is_late_now: bool) -> History:
    """What the settled invoices say. `days_late`: value date of the last payment less due date, newest first.

    `is_late_now`: something open, and not disputed or held, is past its due date. Whoever was never late before is at
    worst late for the first time. Chronic is only who was late CHRONIC_LATE times, in half of the invoices, and usually
    CHRONIC_DAYS or more.
    """
    looked_at = [days if days > GRACE_DAYS else 0 for days in days_late[:SETTLED_LOOKED_AT]]
    if not looked_at:
        return NO_HISTORY
    usual, late = median_high(looked_at), sum(days > 0 for days in looked_at)
    if not late:
        return History(PaysHow.FIRST_TIME_LATE if is_late_now else PaysHow.ON_TIME, usual)
    is_chronic = late >= CHRONIC_LATE and 2 * late >= len(looked_at) and usual >= CHRONIC_DAYS
    return History(PaysHow.CHRONIC if is_chronic else PaysHow.LATE, usual)


def _days(number: int | None) -> str:
    return "1 day" if number == 1 else f"{number} days"
