"""The decision on a case about something foreseen: one kind letter before its day, and never once it is no longer so.

Nothing is owed here. Holds, wishes, caps, hours and habits count as they do for reminders.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from customers.rules.contact import address_words
from dunning.rules.contact import kept_from_engine
from dunning.rules.decisions import Close, Decision, Send, Skip, Unreached, Wait
from dunning.rules.facts import DAY, CaseFacts, InvoiceFact
from dunning.rules.fitting import Offer, first_fitting, situation_of, skip_unfit
from dunning.rules.habits import leaving_of
from dunning.rules.holding import LOOK_AGAIN, hold_in_force, wait_for_holds, without_held
from dunning.rules.pace import Pace, latest_due, pace_of, skip_lapsed
from dunning.rules.plan_facts import StepFact
from dunning.rules.readers import channels_to
from dunning.rules.silence import beside_silence
from dunning.rules.triggers import Foreseen, Trigger, trigger_of
from dunning.rules.ways import NoWay, way_of
from dunning.rules.words import Attention, Ending, Rule, day_words, spelled

DEBTS_FIRST = 7  # days ahead: what falls due by then is settled before anything else is written about
SHORTLY = timedelta(hours=1)
GONE = {
    Trigger.CARD_EXPIRES: "the card was replaced, renewed or taken away, or is charged no more",
    Trigger.MANDATE_ENDS: "the mandate was used or taken away",
    Trigger.RENEWAL: "the renewal was cancelled, or is on another day now",
}


def foretell(facts: CaseFacts, *, now: datetime) -> Decision:
    """Send the letter that is due, wait, or close because the day has come or the fact is gone; with the reason."""
    fact, today = facts.foreseen, facts.local(now).date()
    if fact is None:
        return Close(Ending.NO_LONGER_SO, GONE[trigger_of(facts.about)])
    if fact.on < today:
        return Close(Ending.ITS_DAY_CAME, f"{spelled(fact.on)} has passed")
    if rests := _rests(facts, fact, now):
        return rests
    pace = pace_of(facts, fact.on)
    lapsed, steps = skip_lapsed(pace, fact.on, today, facts.limits)
    unfit, pace, steps = skip_unfit(facts, [], pace, steps, today)
    if not steps:
        reason = f"all is said; the case closes when {spelled(fact.on)} has passed, or sooner if that is no longer so"
        waiting = _until_its_day(facts, fact, reason, lapsed + unfit)
        return beside_silence(facts, waiting, pace.last_done, now=now)
    superseded, due = latest_due(pace, steps, today)
    return _letter(facts, fact, pace, due or steps[0], lapsed + unfit + superseded, now)


def _rests(facts: CaseFacts, fact: Foreseen, now: datetime) -> Wait | None:
    """What keeps every letter of this kind back for now."""
    if hold_in_force(facts, now):
        return wait_for_holds(facts, now)
    if facts.payment_under_way:
        return Wait(now + SHORTLY, "a payment is under way; nobody is written to meanwhile", rule=Rule.PAYMENT)
    if facts.money_unmatched:
        reason = "money arrived, not yet matched: a person looks at it"
        return Wait(now + LOOK_AGAIN, reason, rule=Rule.MONEY)
    if any(run.waits_to_leave for run in facts.runs):
        return Wait(now + SHORTLY, "the letter is still waiting to leave", rule=Rule.LEAVING)
    if debts := _debts(facts, now):
        oldest = min(debt.due_on for debt in debts)
        reason = f"an invoice due on {spelled(oldest)} is open: that goes first"
        return Wait(min(now + LOOK_AGAIN, _day_after(facts, fact)), reason, rule=Rule.DEBTS, anchor_on=fact.on)
    return None


def _debts(facts: CaseFacts, now: datetime) -> list[InvoiceFact]:
    """What the customer is, or will soon be, written to about anyway."""
    until = facts.local(now).date() + timedelta(days=DEBTS_FIRST)
    return without_held(facts, [invoice for invoice in facts.invoices if invoice.due_on <= until], now)


def _letter(
    facts: CaseFacts, fact: Foreseen, pace: Pace, step: StepFact, skips: tuple[Skip, ...], now: datetime
) -> Send | Wait:
    leaving, today = leaving_of(facts, pace, step, fact.on), facts.local(now).date()
    way = way_of(facts, step)
    why = f"{day_words(step.offset_days)}: {fact}"
    if pace.planned_on(step) > today or now < leaving.at:
        return Wait(leaving.at, f"{why}{leaving.because}", step, anchor_on=fact.on, skips=skips, rule=Rule.PLANNED)
    if isinstance(way, NoWay):
        waiting = _kept(facts, fact, step, f"{why}; {way.noes}", skips, now + LOOK_AGAIN, way.attention, way.rule)
        return replace(waiting, unreached=Unreached(step, way.noes, today))
    step, why = way.step, why + way.because
    if step.channel not in channels_to(facts, step):
        reason = f"no {address_words(step.channel)} on file: add one and the letter goes out"
        return _kept(facts, fact, step, reason, skips, now + LOOK_AGAIN, Attention.NO_ADDRESS, Rule.NO_ADDRESS)
    if kept := kept_from_engine(facts, step, now):
        return _kept(facts, fact, step, f"{why}; {kept.reason}", skips, kept.until, kept.attention, kept.rule)
    if not facts.lets_letters_in(now):
        opening = facts.opening_of(today)
        until = opening if opening > now else facts.opening_of(today + DAY)
        reason = f"{why}; letters leave only in the customer's day"
        return Wait(until, reason, step, anchor_on=fact.on, skips=skips, rule=Rule.HOURS)
    return Send(step, why, fact.on, skips)


def _kept(
    facts: CaseFacts,
    fact: Foreseen,
    step: StepFact,
    reason: str,
    skips: tuple[Skip, ...],
    until: datetime,
    attention: Attention,
    rule: Rule,
) -> Wait:
    until = min(until, _day_after(facts, fact))
    return Wait(until, reason, step, True, attention, fact.on, skips, rule=rule)


def _until_its_day(facts: CaseFacts, fact: Foreseen, reason: str, skips: tuple[Skip, ...]) -> Wait:
    return Wait(_day_after(facts, fact), reason, anchor_on=fact.on, skips=skips, rule=Rule.SAID)


def _day_after(facts: CaseFacts, fact: Foreseen) -> datetime:
    """When the fact's day is over: the same hour of the next one, letters or not."""
    return facts.morning_of(fact.on + DAY)


def offer_ahead(facts: CaseFacts, fact: Foreseen, offered: Sequence[Offer], today: date) -> Offer | None:
    """The first campaign, `offered` in their order, that speaks about this fact by `today` and fits the customer."""
    situation = situation_of(facts, [], today)
    speaking = (
        offer for offer in offered if offer.trigger == fact.trigger and can_foretell(fact.on, today, offer.reach_days)
    )
    return first_fitting(speaking, situation)


def can_foretell(on: date, today: date, reach_days: int) -> bool:
    """Whether a campaign that begins so many days ahead speaks about the day `on` by now."""
    return today <= on <= today + timedelta(days=reach_days)
