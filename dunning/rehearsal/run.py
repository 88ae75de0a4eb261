"""What the engine would do to the whole portfolio, from day to day. Reads only.

Each batch is a transaction that PostgreSQL itself keeps from writing, with a fixed number of queries. The decisions are
the engine's own, and so is the choice of a campaign for whoever has no case yet.
"""

import logging
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min

from dunning.models import CampaignVersion, Case, Step
from dunning.rehearsal.ahead import customers_ahead, foretold
from dunning.rehearsal.fees import FeesAhead, Life, fees_ahead
from dunning.rules.conditions import facts_asked
from dunning.rules.consequences import Charges
from dunning.rules.facts import CaseFacts
from dunning.rules.plan_facts import PlanFact
from dunning.rules.rehearsal import Event, Kind, Strategy, first_plan, live
from dunning.rules.words import StepKind
from dunning.snapshot.candidates import candidates
from dunning.snapshot.cases import Subject, gather
from dunning.snapshot.choosing import chosen_by_hand, happened_lately, offers
from dunning.snapshot.plans import plan, read_plan

logger = logging.getLogger(__name__)

BATCH = 1000
MOST_DAYS = 366
# Who may hear of their debts: whoever has a case, and whoever owes what falls due by then.
AUDIENCE = """
SELECT customer_id FROM dunning_case WHERE state = 'open' AND about = ''
UNION
SELECT customer_id FROM customers_invoice WHERE balance > 0 AND due_on <= %s
ORDER BY 1
"""


class RehearsalRefusal(ValueError):
    """The span or the version cannot be rehearsed; the message says why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the days (the customers' own, both included), and by which strategy.

    `version`: a draft or another version, as if it were the newest of its campaign and that active; None: today's
    strategy. `moves_cases`: as if the running cases of that campaign followed it too.
    """

    first_on: date
    last_on: date
    version: CampaignVersion | None = None
    moves_cases: bool = False
    charges: Charges = Charges.FAIL
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One customer. `today`: the same days by today's strategy, None when nothing else was asked for."""

    customer_id: int
    events: tuple[Event, ...]
    today: tuple[Event, ...] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some customers, and how far it has come."""

    rehearsed: list[Rehearsed]
    done: int
    total: int


def check(question: Question, *, now: datetime) -> Question:
    """The question, if it can be answered. Raises RehearsalRefusal."""
    days = (question.last_on - question.first_on).days + 1
    if question.first_on < now.date():
        raise RehearsalRefusal(f"{question.first_on} has passed. Begin today ({now.date()}) or later.")
    if not 1 <= days <= MOST_DAYS:
        raise RehearsalRefusal(f"{days} days cannot be rehearsed. Ask for 1 to {MOST_DAYS}.")
    version = question.version
    if version and not version.steps.filter(kind=StepKind.REMINDER).exists():
        raise RehearsalRefusal(f"{version} has no reminder step. Add one first.")
    return question


def size(question: Question, *, now: datetime) -> int:
    """How many customers would be looked at."""
    return len(_audience(question, now))


def rehearse(question: Question, *, now: datetime) -> Iterator[Batch]:
    """Live ahead from `now` to the end of the span, batch by batch; only what happens within the span is told.

    Nobody pays meanwhile, and nothing new comes in. A customer whose case cannot be decided is told as one who needs
    a person.
    """
    with reading_only():
        audience = _audience(question, now)
        draft = {question.version.pk: read_plan(question.version)} if question.version else {}
    done = 0
    while done < len(audience) or not audience:
        ids = audience[done : done + BATCH].tolist()
        with reading_only():
            rehearsed = _batch(ids, question, draft, now)
        done += len(ids)
        yield Batch(rehearsed, done, len(audience))
        if not audience:
            return


@contextmanager
def reading_only() -> Iterator[None]:
    """A transaction in which PostgreSQL refuses every write."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield


def _audience(question: Question, now: datetime) -> "array[int]":
    """The customers' ids: eight bytes each, so that a million fit."""
    if question.customer_id is not None:
        return array("q", [question.customer_id])
    first_day = Step.objects.filter(kind=StepKind.REMINDER).aggregate(day=Min("offset_days"))["day"] or 0
    with connection.cursor() as cursor:
        cursor.execute(AUDIENCE, [question.last_on + timedelta(days=max(0, -first_day))])
        found = array("q", (pk for (pk,) in cursor))
    if further := customers_ahead(question.version, until=question.last_on, now=now).difference(found):
        return array("q", sorted([*found, *further]))
    return found


def _batch(ids: Sequence[int], question: Question, draft: Mapping[int, PlanFact], now: datetime) -> list[Rehearsed]:
    cases = Case.objects.filter(customer__in=ids, state=Case.State.OPEN, about="").select_related("version")
    running = {case.customer_id: case for case in cases}
    fees = fees_ahead(ids, until=question.last_on, charges_pay=question.charges == Charges.SUCCEED, now=now)
    before = _of_strategy(ids, running, replace(question, version=None), {}, fees, now)
    if question.version is None:
        return [Rehearsed(pk, events) for pk, events in before.items()]
    after = _of_strategy(ids, running, question, draft, fees, now)
    return [Rehearsed(pk, after.get(pk, ()), before.get(pk, ())) for pk in ids if pk in before or pk in after]


def _of_strategy(
    ids: Sequence[int],
    running: Mapping[int, Case],
    question: Question,
    draft: Mapping[int, PlanFact],
    fees: FeesAhead,
    now: datetime,
) -> dict[int, Life]:
    """What happens within the span: about debts, with the fees of these days, and about what is foreseen."""
    whole = fees.beside(_lives(ids, running, question, draft, now))
    told: dict[str, Any] = {"moves_cases": question.moves_cases, "until": question.last_on, "now": now}
    for subject, facts, strategy in foretold(ids, question.version, draft, **told):
        life = _life(subject, facts, strategy, question, now)
        whole[subject.customer_id] = tuple(sorted((*whole.get(subject.customer_id, ()), *life), key=_day_of))
    return {pk: tuple(event for event in events if event.on >= question.first_on) for pk, events in whole.items()}


def _day_of(event: Event) -> date:
    return event.on


def _lives(
    ids: Sequence[int], running: Mapping[int, Case], question: Question, draft: Mapping[int, PlanFact], now: datetime
) -> dict[int, Life]:
    offered = offers(instead=question.version)
    whole = Strategy(tuple(offered), {offer.version_id: _plan(offer.version_id, draft) for offer in offered})
    strategies = _strategies(ids, whole, question, now) if offered else {}
    subjects = [_subject(running[pk], question) for pk in ids if pk in running]
    subjects += _newcomers([pk for pk in ids if pk in strategies and pk not in running], strategies, draft, now)
    known = zip(subjects, gather(subjects, now=now, asked=_asked(whole), drafts=draft), strict=True)
    none = whole.only(None)
    lives = {s.customer_id: _life(s, facts, strategies.get(s.customer_id, none), question, now) for s, facts in known}
    return {pk: lives[pk] for pk in ids if pk in lives}


def _plan(version_id: int, draft: Mapping[int, PlanFact]) -> PlanFact:
    return draft.get(version_id) or plan(version_id)


def _asked(strategy: Strategy) -> frozenset[str]:
    """The facts that campaigns or their steps ask about."""
    asked = facts_asked(condition for offer in strategy.offers for condition in offer.conditions)
    return asked.union(*(plan.asked for plan in strategy.plans.values()))


def _strategies(ids: Sequence[int], whole: Strategy, question: Question, now: datetime) -> dict[int, Strategy]:
    """What a new case of each may follow, for whoever may get one by the end of the span; first what a person chose."""
    end = max(datetime.combine(question.last_on, time.max, UTC), now)
    found = candidates(ids, whole.offers, now=end)
    by_hand, happened = chosen_by_hand(found, whole.offers), happened_lately(found, whole.offers)
    return {
        one.customer_id: whole.only(by_hand[one.customer_id][0])
        if one.customer_id in by_hand
        else replace(whole, happened=frozenset(happened.get(one.customer_id, ())))
        for one in found
    }


def _newcomers(
    ids: Sequence[int], strategies: Mapping[int, Strategy], draft: Mapping[int, PlanFact], now: datetime
) -> list[Subject]:
    """Each with the version that they will follow: what is read of them depends on it. Where several may be followed,
    that takes a look at their facts first."""
    choosing = [pk for pk in ids if len(strategies[pk].offers) > 1]
    first = [Subject(None, pk, strategies[pk].offers[0].version_id) for pk in choosing]
    looked_at = gather(first, now=now, asked=_asked(strategies[choosing[0]]), drafts=draft) if first else []
    plans = {facts.customer_id: first_plan(facts, strategies[facts.customer_id], now) for facts in looked_at}
    versions = {pk: plan.version_id for pk, plan in plans.items() if plan}
    versions |= {pk: strategies[pk].offers[0].version_id for pk in ids if pk not in plans}
    return [Subject(None, pk, versions[pk]) for pk in ids if pk in versions]


def _subject(case: Case, question: Question) -> Subject:
    version = question.version
    is_moved = version and question.moves_cases and version.campaign_id == case.version.campaign_id
    return Subject(case.pk, case.customer_id, version.pk if version and is_moved else case.version_id)


def _life(subject: Subject, facts: CaseFacts, strategy: Strategy, question: Question, now: datetime) -> Life:
    is_open, until, charges = subject.case_id is not None, question.last_on, question.charges
    try:
        return tuple(live(facts, is_open=is_open, strategy=strategy, until=until, charges=charges, now=now))
    except Exception as error:
        logger.exception("customer %s could not be rehearsed", subject.customer_id)
        why = f"could not be decided ({type(error).__name__}: {error})"
        return (Event(question.first_on, Kind.PERSON, why),)
