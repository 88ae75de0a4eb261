"""The engine's heart: take the cases whose clock has rung, look at the facts again, decide, write it down."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import OperationalError, transaction

from customers.crashpoint import crashpoint
from customers.deadline import NO_DEADLINE, Deadline
from dunning.models import Case, CaseEvent
from dunning.operations.apply import Decided, apply
from dunning.rules import why
from dunning.rules.decide import decide
from dunning.rules.decisions import Charge, Close, Decision, Send, Wait
from dunning.rules.facts import CaseFacts
from dunning.rules.plan_ahead import next_wait
from dunning.rules.recheck import recheck_proposal, unsent
from dunning.rules.words import Attention
from dunning.snapshot.cases import Subject, gather

logger = logging.getLogger(__name__)

BATCH = 2000
PARKED_FOR = timedelta(hours=1)


def advance_due(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> Counter[str]:
    """Decide every open case that is due, in batches of one short transaction each.

    Returns how many cases were decided, queued, proposed, closed and parked. Several workers may run this at once: each
    takes cases that no other holds.
    """
    counts: Counter[str] = Counter()
    is_last = False
    while not is_last and not deadline.is_over:
        taken = _advance_batch(now)
        is_last = taken["decided"] + taken["parked"] < BATCH
        counts += taken
    return counts


@transaction.atomic
def _advance_batch(now: datetime) -> Counter[str]:
    due = Case.objects.filter(state=Case.State.OPEN, next_action_at__lte=now).order_by("next_action_at", "pk")
    rows = due.select_for_update(skip_locked=True)[:BATCH].values_list("pk", "customer_id", "version_id")
    subjects = [Subject(*row) for row in rows]
    return decide_and_apply(subjects, now=now) if subjects else Counter()


def decide_and_apply(subjects: Sequence[Subject], *, now: datetime) -> Counter[str]:
    """Gather, decide and write down; the caller's transaction holds the locks of these cases."""
    try:
        with transaction.atomic():
            known = zip(subjects, gather(subjects, now=now), strict=True)
            decided = [_decide(subject, facts, now) for subject, facts in known]
            apply(decided, now=now)
            crashpoint("advance.before_commit")
    except OperationalError:
        raise  # a deadlock, a restart of the database: nothing is wrong with the case, the next turn takes it again
    except Exception as error:
        if len(subjects) > 1:  # find the one that fails, and let the others go on
            return sum((decide_and_apply([subject], now=now) for subject in subjects), Counter())
        case_id = subjects[0].case_id
        assert case_id is not None
        logger.exception("case %s could not be decided and is parked", case_id)
        park(case_id, f"could not be decided ({type(error).__name__}: {error})", now=now)
        return Counter(parked=1)
    return _count([item.decision for item in decided])


def _decide(subject: Subject, facts: CaseFacts, now: datetime) -> Decided:
    assert subject.case_id is not None
    proposal = recheck_proposal(facts, now=now)
    if isinstance(proposal, Wait):
        return Decided(subject.case_id, facts, proposal, proposal)
    if proposal:
        facts = unsent(facts)
    decision = decide(facts, now=now)
    return Decided(subject.case_id, facts, decision, next_wait(facts, decision, now=now), taken_back=proposal)


def park(case_id: int, reason: str, *, now: datetime) -> None:
    """Put a case aside for an hour and show it to a person; the rest of the batch goes on."""
    reason = reason[:450]
    Case.objects.filter(pk=case_id, state=Case.State.OPEN).update(
        next_action_at=now + PARKED_FOR,
        next_reason=reason,
        next_because=why.alone("parked", reason),
        attention=Attention.PARKED,
    )
    CaseEvent.objects.create(case_id=case_id, happened_at=now, kind=CaseEvent.Kind.PARKED, text=f"Parked: {reason}")


def _count(decisions: Sequence[Decision]) -> Counter[str]:
    counts = Counter(decided=len(decisions))
    sends = [decision for decision in decisions if isinstance(decision, Send)]
    counts["proposed"] = sum(send.step.is_reviewed for send in sends)
    counts["queued"] = len(sends) - counts["proposed"]
    counts["ordered"] = sum(len(decision.orders) for decision in decisions if isinstance(decision, Charge))
    counts["closed"] = sum(isinstance(decision, Close) for decision in decisions)
    return counts


def facts_of(case: Case, *, now: datetime) -> CaseFacts:
    """The facts of one case as they are now."""
    [facts] = gather([Subject(case.pk, case.customer_id, case.version_id)], now=now)
    return facts
