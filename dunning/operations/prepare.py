"""From a leased notice to a message ready to leave: facts as they are now, the verdict on them, words and a link.

A batch costs a fixed number of queries. Nothing is sent here, and nothing is marked as being sent.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from dunning.models import Notice
from dunning.operations.letter_desk import LetterDesk
from dunning.operations.parcels import Leased, Parcel, as_stored
from dunning.rules.letter import Letter, TextRefusal
from dunning.rules.plan_ahead import leaves_at
from dunning.rules.recheck import Go, PutBack, Verdict, Withdraw

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    parcels: list[Parcel]
    verdicts: list[tuple[Leased, Verdict]]  # those that do not go
    unfit: list[tuple[Leased, str]]  # those whose words cannot be written, and why
    stale: list[Leased]  # handed over before under other facts: only a person can tell


def prepare(notices: Sequence[Leased], *, now: datetime) -> Prepared:
    """Look at the facts again and write the messages of those that may go."""
    desk = LetterDesk(notices, now)
    prepared = Prepared([], [], [], [])
    going: list[tuple[Leased, Go]] = []
    for notice in notices:
        with _one_stops_no_other(notice, prepared):
            _look_again(desk, notice, prepared, going, now)
    desk.give_links([notice for notice, _ in going], now)
    for notice, verdict in going:
        with _one_stops_no_other(notice, prepared):
            prepared.parcels.append(desk.parcel(notice, verdict, now))
    return prepared


@contextmanager
def _one_stops_no_other(notice: Leased, prepared: Prepared) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        logger.exception("notice %s cannot be prepared", notice.id)
        prepared.unfit.append((notice, f"{type(error).__name__}: {error}"))


def _look_again(
    desk: LetterDesk, notice: Leased, prepared: Prepared, going: list[tuple[Leased, Go]], now: datetime
) -> None:
    verdict = desk.verdict(notice, now)
    if isinstance(verdict, PutBack):
        prepared.verdicts.append((notice, verdict))
    elif isinstance(verdict, Withdraw):
        prepared.stale.append(notice) if notice.body else prepared.verdicts.append((notice, verdict))
    elif notice.body and notice.lines != as_stored(desk.lines(verdict.invoices)):
        prepared.stale.append(notice)
    else:
        going.append((notice, verdict))


def proof(notice: Notice, *, now: datetime) -> tuple[str, Letter] | str:
    """Language and words of this letter if it left next, or why it would not; nothing is stored, no link is made."""
    leased = Leased(**{name: getattr(notice, name) for name in Leased._fields})
    desk = LetterDesk([leased], now)
    facts = desk.facts[notice.case_id]
    moment = leaves_at(facts, now)
    verdict = desk.verdict(leased, moment)
    try:
        return desk.letter(leased, verdict, moment) if isinstance(verdict, Go) else verdict.reason
    except TextRefusal as refusal:
        return str(refusal)
