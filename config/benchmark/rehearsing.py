"""Case 9: rehearse the next thirty days of every open case, without writing a row."""

import resource
from collections.abc import Iterator
from datetime import datetime, timedelta

from config.benchmark.report import Figure, seconds_of
from config.benchmark.world import build
from dunning.operations.opening import open_cases
from dunning.rehearsal.run import Question, rehearse

DAYS = 30
LIMIT = 60.0  # seconds for 10,000 cases


def rehearse_a_month(invoices: int, *, now: datetime) -> Iterator[Figure]:
    """Live ahead for a book of `invoices`, one in ten of whom has an open case and six more will get one."""
    build(invoices, now=now)
    cases = open_cases(now=now)
    before = _megabytes()
    told = {"customers": 0, "events": 0}
    seconds = seconds_of(lambda: _rehearse(told, now))
    ours = (
        f"{told['customers']} customers ({cases} with a case) over {DAYS} days in {seconds:.1f} s "
        f"({told['customers'] / seconds:,.0f}/s), {told['events']} events, +{_megabytes() - before:.0f} MB"
    )
    allowed = LIMIT * told["customers"] / 10_000
    yield Figure("9  rehearse 30 days", ours, "limit: 10,000 customers a minute", allowed / seconds, 1)


def _rehearse(told: dict[str, int], now: datetime) -> None:
    question = Question(now.date(), now.date() + timedelta(days=DAYS - 1))
    for batch in rehearse(question, now=now):
        told["customers"] += len(batch.rehearsed)
        told["events"] += sum(len(customer.events) for customer in batch.rehearsed)


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
