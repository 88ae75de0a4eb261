"""What would change for running cases on another version of their campaign. Reads only, and decides as the engine."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from dunning.models import CampaignVersion, Case
from dunning.rules.decide import decide
from dunning.rules.facts import CaseFacts
from dunning.rules.outlook import Happens, Outlook, last_taken, outlook
from dunning.rules.recheck import unsent
from dunning.snapshot import Subject, gather

BATCH = 2000
PAGE = 50
CHANGES = {
    Happens.SENDS: "send a letter at once",
    Happens.CHARGES: "charge a card at once",
    Happens.ACTS: "take another step at once: a task, a restriction …",
    Happens.LATER: "next step on another day, or another step",
    "same": "the same step on the same day",
    Happens.WAITS: "wait for something else first",
    Happens.NEEDS_A_PERSON: "wait for a person",
    Happens.CLOSES: "close",
}


@dataclass(frozen=True, slots=True)
class MovedCase:
    """One case before and after. `counts_as`: the step of the new version that what was sent counts as."""

    case: Case
    after: Outlook
    counts_as: str
    change: str


@dataclass(slots=True)
class MovePreview:
    """Totals over all cases, and one page of them."""

    total: int
    sources: list[tuple[str, int]]
    changes: list[tuple[str, int]] = field(default_factory=list)
    skipping: int = 0
    rows: list[MovedCase] = field(default_factory=list)


def movable(version: CampaignVersion) -> QuerySet[Case]:
    """The running cases that follow other versions of the same campaign; none for a draft, which nobody follows."""
    if version.published_at is None:
        return Case.objects.none()
    others = CampaignVersion.objects.filter(campaign=version.campaign_id).exclude(pk=version.pk)
    return Case.objects.filter(state=Case.State.OPEN, version__in=others)


def preview(version: CampaignVersion, *, page: int, now: datetime) -> MovePreview:
    """What moving every running case to `version` would change if it happened at `now`; writes nothing.

    `page` counts from 1. Cost grows with the number of cases: a fixed number of queries for each 2,000.
    """
    by_source = movable(version).order_by().values("version__number").annotate(cases=Count("pk"))
    sources = [(f"v{row['version__number']}", row["cases"]) for row in by_source.order_by("version__number")]
    shown = MovePreview(total=sum(cases for _, cases in sources), sources=sources)
    counts: Counter[str] = Counter()
    for place, moved in enumerate(_decided(version, now)):
        counts[moved.change] += 1
        shown.skipping += bool(moved.after.skips)
        if (page - 1) * PAGE <= place < page * PAGE:
            shown.rows.append(moved)
    shown.changes = [(words, counts[change]) for change, words in CHANGES.items() if counts[change]]
    return shown


def _decided(version: CampaignVersion, now: datetime) -> Iterator[MovedCase]:
    last = 0
    while batch := _batch(version, last):
        last = batch[-1].pk
        subjects = [Subject(case.pk, case.customer_id, version.pk) for case in batch]
        for case, facts in zip(batch, gather(subjects, now=now), strict=True):
            yield _moved(case, unsent(facts), now)


def _batch(version: CampaignVersion, last: int) -> list[Any]:
    rows = movable(version).filter(pk__gt=last).select_related("customer", "next_step", "version").order_by("pk")
    return list(rows[:BATCH])


def _moved(case: Case, facts: CaseFacts, now: datetime) -> MovedCase:
    after = outlook(facts, decide(facts, now=now))
    same = after.happens is Happens.LATER and _is_same(case, after, facts)
    return MovedCase(case, after, last_taken(facts), "same" if same else after.happens)


def _is_same(case: Case, after: Outlook, facts: CaseFacts) -> bool:
    if case.next_step is None or case.next_action_at is None or after.at is None:
        return False
    days = {facts.local(moment).date() for moment in (case.next_action_at, after.at)}
    return str(case.next_step) == after.step and len(days) == 1
