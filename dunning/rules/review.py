"""Letters that wait for a manager: what a proposal asks for, how long it stands, and how its case waits meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dunning.rules.business import still_our_business
from dunning.rules.calendar import working_days_later
from dunning.rules.decisions import Wait
from dunning.rules.facts import CaseFacts, InvoiceFact
from dunning.rules.holding import without_held
from dunning.rules.plan_facts import StepFact
from dunning.rules.words import Attention, Outcome, Rule, reminder_words, spelled


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Why a letter waits for review no longer. `is_expired`: nobody decided in time. `outcome`: its step's now."""

    reason: str
    outcome: Outcome = Outcome.DELAYED
    is_expired: bool = False


def asked_for(facts: CaseFacts, now: datetime) -> list[InvoiceFact]:
    """The invoices that a letter written at `now` asks for."""
    return without_held(facts, still_our_business(facts, now), now)


def amounts_of(invoices: list[InvoiceFact]) -> tuple[tuple[int, Decimal], ...]:
    """What is asked for, to be compared: (invoice id, open amount), an instalment at a time."""
    return tuple(sorted((invoice.id, invoice.balance) for invoice in invoices))


def stands_until(facts: CaseFacts, since: datetime) -> datetime:
    """When a proposal made at `since` is too old to be released: so many of the customer's working days later."""
    day = facts.local(since).date()
    return facts.opening_of(working_days_later(day, facts.plan.review_days, facts.country))


def wait_for_review(facts: CaseFacts, step: StepFact, *, since: datetime, following: Wait, now: datetime) -> Wait:
    """The wait of a case whose letter was proposed at `since`; `following` is the wait if the letter left now.

    The case is looked at each morning, and when a card's next try or the next step comes: what is proposed is what the
    engine would send today.
    """
    until = stands_until(facts, since)
    proposed_on, until_on = (spelled(facts.local(moment).date()) for moment in (since, until))
    reason = (
        f"the {reminder_words(step.offset_days, step.tone)} waits for review since {proposed_on}; "
        f"if nobody decides, it is decided anew on {until_on}"
    )
    look_at = min(until, following.until, facts.next_opening(now))
    return Wait(look_at, reason, attention=Attention.REVIEW, anchor_on=following.anchor_on, rule=Rule.REVIEW)
