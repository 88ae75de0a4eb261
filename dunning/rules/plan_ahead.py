"""What a case looks like once a decision is carried out: the next decision says when to look again, and why then."""

from dataclasses import replace
from datetime import datetime, timedelta

from customers.rules.contact import POST, address_words
from dunning.rules.business import still_our_business
from dunning.rules.decide import PAYMENT_SETTLES_WITHIN, decide
from dunning.rules.decisions import Act, Charge, Close, Decision, Send, Skip, Wait
from dunning.rules.facts import CaseFacts, RunFact, SentFact
from dunning.rules.holding import without_held
from dunning.rules.limits import Contacted, Limits
from dunning.rules.plan_facts import StepFact
from dunning.rules.review import wait_for_review
from dunning.rules.words import Delivery, Outcome, Rule


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
    skips = tuple(skipped(skip, now) for skip in send.skips)
    named = frozenset(invoice.id for invoice in without_held(facts, still_our_business(facts, now), now))
    sent = (SentFact(send.step.channel, now),) if send.step.wait_hours else ()
    posted_at = now if send.step.channel == POST else None
    if send.after_silence:
        before = next(run for run in facts.runs if run.step_id == send.step.id)
        done = replace(before, sent=(*before.sent, *sent), named=before.named | named, posted_at=posted_at)
        facts = replace(facts, runs=tuple(run for run in facts.runs if run is not before))
    else:
        done = RunFact(
            send.step.id, Outcome.DONE, now, send.by_hand, Delivery.REACHED, named, sent=sent, posted_at=posted_at
        )
    acted = (RunFact(act.step.id, Outcome.DONE, now) for act in send.acts)
    limits = with_contact(facts, send.step.channel, at=now)
    return replace(facts, runs=(*facts.runs, *skips, *acted, done), limits=limits)


def skipped(skip: Skip, now: datetime) -> RunFact:
    """The line of a step that is left out."""
    return RunFact(skip.step.id, Outcome.SKIPPED, now, unfit=skip.unfit)


def with_contact(facts: CaseFacts, channel: str, *, at: datetime) -> Limits:
    """The customer's limits once a letter went out by `channel`: caps count it."""
    contact = Contacted(facts.local(at).date(), channel)
    return replace(facts.limits, contacts=(*facts.limits.contacts, contact))


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
            return Wait(
                now + PAYMENT_SETTLES_WITHIN,
                reason,
                anchor_on=decision.anchor_on,
                rule=Rule.CHARGING,
                grounds=decision.grounds,
            )
        case Wait():
            return decision
        case _:
            return None


def acts_of(decision: Decision) -> tuple[Act, ...]:
    """The steps besides letters and charges that are taken with this decision."""
    return decision.acts if isinstance(decision, Send | Wait) else ()


def runs_of(facts: CaseFacts, decision: Decision) -> list[tuple[StepFact, Outcome, str]]:
    """The lines for the ledger of steps: (step, outcome, reason)."""
    lines = [(skip.step, Outcome.SKIPPED, skip.reason) for skip in decision.skips]
    lines += [(act.step, Outcome.DONE, act.reason) for act in acts_of(decision)]
    match decision:
        case Send():
            lines.append((decision.step, Outcome.DONE, decision.reason))
        case Charge(step=step) if step:
            lines.append((step, Outcome.DONE, decision.reason[:450]))
        case Wait(step=step) if step and decision.delays:
            lines.append((step, Outcome.DELAYED, decision.reason))
        case Close(thanks=thanks) if thanks and thanks.channel in facts.channels:
            lines.append((thanks, Outcome.DONE, "the money arrived: thank you"))
        case Close(thanks=thanks) if thanks:
            lines.append((thanks, Outcome.SKIPPED, f"no {address_words(thanks.channel)} on file"))
        case _:
            pass
    return lines


def leaves_at(facts: CaseFacts, now: datetime) -> datetime:
    """When a letter that is queued now leaves: at once, or as soon as the customer's day allows."""
    return now if facts.lets_letters_in(now) else facts.next_opening(now)
