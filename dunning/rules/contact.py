"""May this customer be written to now, and if not: when again, and why. What holds say comes before (see holding)."""

from dataclasses import dataclass
from datetime import datetime, time

from customers.rules.contact import CALL, Topic
from dunning.rules.facts import CaseFacts
from dunning.rules.holding import LOOK_AGAIN, hold_in_force
from dunning.rules.hours import narrowed
from dunning.rules.limits import capped
from dunning.rules.plan_facts import StepFact
from dunning.rules.readers import forbids
from dunning.rules.words import Attention, Rule


@dataclass(frozen=True, slots=True)
class KeptBack:
    """A due letter stays here until `until`; a person is asked where waiting alone changes nothing."""

    until: datetime
    reason: str
    attention: Attention = Attention.NONE
    rule: Rule = Rule.CAP


def kept_back(facts: CaseFacts, step: StepFact, now: datetime) -> KeptBack | None:
    """What keeps a due reminder back, whoever sends it: the customer's wish, or a cap."""
    if forbids(facts, step, step.channel):
        reason = f"the customer wants no such letters by {step.channel}: a person decides what to do instead"
        return KeptBack(now + LOOK_AGAIN, reason, Attention.OPTED_OUT, Rule.WISH)
    if full := capped(facts.limits, step.channel, facts.local(now).date()):
        return KeptBack(facts.opening_of(full.free_on), full.reason)
    return None


def kept_from_engine(facts: CaseFacts, step: StepFact, now: datetime) -> KeptBack | None:
    """The same, and what only a person may send."""
    kept = kept_back(facts, step, now)
    if kept or not facts.limits.is_vulnerable:
        return kept
    reason = "the customer is marked as vulnerable: a person decides whether this goes out"
    return KeptBack(now + LOOK_AGAIN, reason, Attention.VULNERABLE, Rule.VULNERABLE)


def call_words(facts: CaseFacts, now: datetime) -> str:
    """Whether a person may call this customer today, in words for the desk."""
    today = facts.local(now).date()
    if hold := hold_in_force(facts, now):
        return f"no calls: the customer is on hold ({hold.reason})"
    if facts.limits.forbids(CALL, Topic.REMINDERS):
        return "no calls: the customer does not want any"
    if full := capped(facts.limits, CALL, today):
        return f"no call today: {full.reason}"
    opens, closes = narrowed(time.min, time.max, facts.limits.hours, today.isoweekday())
    hours = f" between {opens:%H:%M} and {closes:%H:%M}, {facts.time_zone}" if opens > time.min else ""
    return f"calls are fine today{hours}"


def thanks_are_kept(facts: CaseFacts, thanks: StepFact, now: datetime) -> str | None:
    """Why a thank-you must not go; None when it may. It answers the customer, so that no cap stops it."""
    if hold := hold_in_force(facts, now):
        return f"the customer is on hold: {hold.reason}"
    if facts.limits.forbids(thanks.channel, Topic.THANKS):
        return f"the customer wants no such letters by {thanks.channel}"
    return None
