"""What a case looks like once a decision is carried out: the next decision says when to look again, and why then."""

from dataclasses import replace
from datetime import datetime, timedelta

from dunning.rules.decide import PAYMENT_SETTLES_WITHIN, decide, still_our_business
from dunning.rules.decisions import Charge, Decision, Send, Wait
from dunning.rules.facts import CaseFacts, RunFact
from dunning.rules.holding import without_held
from dunning.rules.limits import Contacted
from dunning.rules.review import wait_for_review
from dunning.rules.words import Delivery, Outcome


def wait_after(facts: CaseFacts, send: Send, *, now: datetime) -> Wait:
    """The wait that follows sending `send.step` at `now`."""
    following = decide(after(facts, send, now=now), now=now)
    if not isinstance(following, Wait):
        raise AssertionError(f"one case, one moment, two letters: {send.step.id} and then {following}")
    if following.acts:  # what this letter announces comes on a later day
        tomorrow = facts.opening_of(facts.local(now).date() + timedelta(days=1))
        return replace(following, until=min(following.until, tomorrow), reason=following.acts[0].reason, acts=())
    return following


def after(facts: CaseFacts, send: Send, *, now: datetime) -> CaseFacts:
    """The facts once `send` and its skips stand in the ledger of steps and the notice has been handed over."""
    skips = tuple(RunFact(skip.step.id, Outcome.SKIPPED, now) for skip in send.skips)
    named = frozenset(invoice.id for invoice in without_held(facts, still_our_business(facts, now), now))
    done = RunFact(send.step.id, Outcome.DONE, now, send.by_hand, Delivery.REACHED, named)
    acted = (RunFact(act.step.id, Outcome.DONE, now) for act in send.acts)
    contact = Contacted(facts.local(now).date(), send.step.channel)
    limits = replace(facts.limits, contacts=(*facts.limits.contacts, contact))
    return replace(facts, runs=(*facts.runs, *skips, *acted, done), limits=limits)


def next_wait(facts: CaseFacts, decision: Decision, *, now: datetime) -> Wait | None:
    """When to look again after `decision`, or None when it closes the case."""
    match decision:
        case Send(step=step):
            following = wait_after(facts, decision, now=now)
            if step.is_reviewed:
                return wait_for_review(facts, step, since=now, following=following, now=now)
            return following
        case Charge():
            reason = f"the card is being charged: {decision.reason}"[:450]
            return Wait(now + PAYMENT_SETTLES_WITHIN, reason, anchor_on=decision.anchor_on)
        case Wait():
            return decision
        case _:
            return None
