"""What would change for running cases on another version of their campaign. Reads only, and decides as the engine."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, QuerySet

from dunning.models import CampaignVersion, Case
from dunning.rules.decide import decide
from dunning.rules.facts import CaseFacts
from dunning.rules.outlook import Happens, Outlook, last_taken, outlook
from dunning.rules.recheck import unsent
from dunning.snapshot.cases import Subject, gather

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
    """One page of the cases; with the first, `changes` and `skipping` over all of them."""

    total: int
    sources: list[tuple[str, int]]
    changes: list[tuple[str, int]] = field(default_factory=list)
    skipping: int = 0
    rows: list[MovedCase] = field(default_factory=list)


def movable(version: CampaignVersion) -> QuerySet[Case]:
    """The running cases that follow other versions of the same campaign; none for a draft or a variant, which
    nobody follows outside an experiment."""
    if version.published_at is None or version.is_variant:
        return Case.objects.none()
    others = CampaignVersion.objects.filter(campaign=version.campaign_id).exclude(pk=version.pk)
    return Case.objects.filter(state=Case.State.OPEN, version__in=others)


def preview(version: CampaignVersion, *, page: int, now: datetime) -> MovePreview:
    """What moving every running case to `version` would change if it happened at `now`; writes nothing.

    `page` counts from 1. The first looks at every case, with a fixed number of queries for each 2,000; a further one
    only at its own.
    """
    by_source = movable(version).order_by().values("version__number").annotate(cases=Count("pk"))
    sources = [(f"v{row['version__number']}", row["cases"]) for row in by_source.order_by("version__number")]
    shown = MovePreview(total=sum(cases for _, cases in sources), sources=sources)
    if page > 1:
        first = (page - 1) * PAGE
        shown.rows = _decided(list(_in_order(version)[first : first + PAGE]), version, now)
    else:
        _look_at_all(shown, version, now)
    return shown


def _look_at_all(shown: MovePreview, version: CampaignVersion, now: datetime) -> None:
    """The totals, and the first page's rows."""
    counts: Counter[str] = Counter()
    last = 0
    while batch := list(_in_order(version).filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        decided = _decided(batch, version, now)
        counts.update(moved.change for moved in decided)
        shown.skipping += sum(bool(moved.after.skips) for moved in decided)
        shown.rows += decided[: PAGE - len(shown.rows)]
    shown.changes = [(words, counts[change]) for change, words in CHANGES.items() if counts[change]]


def _in_order(version: CampaignVersion) -> QuerySet[Case]:
    return movable(version).select_related("customer", "next_step", "version").order_by("pk")


def _decided(cases: list[Case], version: CampaignVersion, now: datetime) -> list[MovedCase]:
    subjects = [Subject(case.pk, case.customer_id, version.pk) for case in cases]
    known = gather(subjects, now=now) if subjects else []
    return [_moved(case, unsent(facts), now) for case, facts in zip(cases, known, strict=True)]


def _moved(case: Case, facts: CaseFacts, now: datetime) -> MovedCase:
    after = outlook(facts, decide(facts, now=now))
    same = after.happens is Happens.LATER and _is_same(case, after, facts)
    return MovedCase(case, after, last_taken(facts), "same" if same else after.happens)


def _is_same(case: Case, after: Outlook, facts: CaseFacts) -> bool:
    if case.next_step is None or case.next_action_at is None or after.at is None:
        return False
    days = {facts.local(moment).date() for moment in (case.next_action_at, after.at)}
    return str(case.next_step) == after.step and len(days) == 1
