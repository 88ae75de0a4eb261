"""What is foreseen, for a rehearsal: cases about it that run or would be opened, and whom they concern. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from dunning.models import CampaignVersion, Case
from dunning.rules.conditions import facts_asked
from dunning.rules.facts import CaseFacts
from dunning.rules.fitting import Offer
from dunning.rules.plan_facts import PlanFact
from dunning.rules.rehearsal import Strategy
from dunning.rules.triggers import Trigger
from dunning.snapshot.cases import Subject, gather
from dunning.snapshot.choosing import offers
from dunning.snapshot.foreseen import customers_foreseen, foreseen_for, never_told
from dunning.snapshot.plans import plan


class Foretold(NamedTuple):
    """A case about something foreseen, or (its subject has no case yet) one that may be opened by the strategy."""

    subject: Subject
    facts: CaseFacts
    strategy: Strategy


def customers_ahead(version: CampaignVersion | None, *, until: date, now: datetime) -> set[int]:
    """Whom something is foreseen for that is spoken about by `until`, today or as if `version` were in force."""
    running = Case.objects.filter(state=Case.State.OPEN).exclude(about="").values_list("customer", flat=True)
    found = set(running)
    for strategy in {None, version}:
        if offered := offers(instead=strategy, ahead=True):
            reach = _reach(offered) + (until - now.date()).days
            found |= customers_foreseen(_triggers(offered), reach, now=now)
    return found


def foretold(
    ids: Sequence[int],
    version: CampaignVersion | None,
    draft: Mapping[int, PlanFact],
    *,
    moves_cases: bool,
    until: date,
    now: datetime,
) -> list[Foretold]:
    """The cases of these customers, each once, with what is known of them: those that run, then those to be opened."""
    offered = offers(instead=version, ahead=True)
    plans = {offer.version_id: draft.get(offer.version_id) or plan(offer.version_id) for offer in offered}
    strategy = Strategy(tuple(offered), plans)
    running = Case.objects.filter(customer__in=ids, state=Case.State.OPEN).exclude(about="").select_related("version")
    moved = version if moves_cases else None
    subjects = [Subject(case.pk, case.customer_id, _followed(case, moved)) for case in running.order_by("pk")]
    known = gather(subjects, now=now, drafts=draft) if subjects else []
    found = [Foretold(subject, facts, strategy) for subject, facts in zip(subjects, known, strict=True)]
    return found + (_to_come(ids, strategy, draft, until, now) if offered else [])


def _followed(case: Case, moved: CampaignVersion | None) -> int:
    return moved.pk if moved and moved.campaign_id == case.version.campaign_id else case.version_id


def _to_come(
    ids: Sequence[int], strategy: Strategy, draft: Mapping[int, PlanFact], until: date, now: datetime
) -> list[Foretold]:
    offered = strategy.offers
    ahead = never_told(foreseen_for(ids, _triggers(offered), _reach(offered), until=until, now=now))
    subjects = [Subject(None, one.customer_id, offered[0].version_id) for one in ahead]
    asked = facts_asked(condition for offer in offered for condition in offer.conditions)
    asked = asked.union(*(followed.asked for followed in strategy.plans.values()))
    known = gather(subjects, now=now, asked=asked, drafts=draft) if subjects else []
    return [
        Foretold(subject, replace(facts, about=one.fact.key, foreseen=one.fact), strategy)
        for subject, one, facts in zip(subjects, ahead, known, strict=True)
    ]


def _reach(offered: Sequence[Offer]) -> int:
    return max(offer.reach_days for offer in offered)


def _triggers(offered: Sequence[Offer]) -> list[Trigger]:
    return sorted({offer.trigger for offer in offered})
