"""One turn of the engine: hear the news, open cases, decide, deliver. Any number of workers may turn it at once."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from dunning.models import EngineState
from dunning.operations.advance import advance_due
from dunning.operations.deliver import deliver
from dunning.operations.doubts import settle_doubts
from dunning.operations.listen import take_news
from dunning.operations.opening import open_cases

FULL_LOOK_EVERY = timedelta(hours=1)  # time alone makes invoices due; news tells of everything else


@dataclass(frozen=True, slots=True)
class TickReport:
    """What one turn did, in counts of cases (first row) and notices (second)."""

    opened: int = 0
    decided: int = 0
    closed: int = 0
    parked: int = 0
    queued: int = 0
    sent: int = 0
    put_back: int = 0
    withdrawn: int = 0
    refused: int = 0
    in_doubt: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in asdict(self).items())


def tick(*, now: datetime) -> TickReport:
    """Do everything that is due at `now`. Writes nothing when nothing is due.

    Safe to run late, twice, in parallel, and after a kill at any point.
    """
    opened = take_news(now=now) + _look_for_overdue(now)
    decided = advance_due(now=now)
    settle_doubts(now=now)
    delivered = deliver(now=now)
    return TickReport(
        opened=opened,
        decided=decided["decided"],
        closed=decided["closed"],
        parked=decided["parked"],
        queued=decided["queued"],
        sent=delivered["sent"],
        put_back=delivered["put_back"],
        withdrawn=delivered["withdrawn"],
        refused=delivered["refused"],
        in_doubt=delivered["in_doubt"],
    )


def _look_for_overdue(now: datetime) -> int:
    state, _ = EngineState.objects.get_or_create(pk=1)
    if state.scanned_at and timedelta(0) <= now - state.scanned_at < FULL_LOOK_EVERY:
        return 0
    opened = open_cases(now=now)
    EngineState.objects.filter(pk=1).update(scanned_at=now)
    return opened
