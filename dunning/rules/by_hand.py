"""The next step before its day, because a person asks for it: the step, or the sentence why it must not be. Pure."""

from datetime import date, datetime

from customers.rules.contact import address_words
from dunning.rules.business import a_letter_is_leaving, still_our_business
from dunning.rules.charging import charging_of
from dunning.rules.contact import kept_back
from dunning.rules.decisions import Charge, Send
from dunning.rules.facts import CaseFacts, InvoiceFact
from dunning.rules.holding import awaits_debit, chargeable, hold_in_force, without_held
from dunning.rules.pace import latest_due, pace_of, skip_lapsed, skip_too_firm
from dunning.rules.readers import channels_to
from dunning.rules.ways import NoWay, way_of
from dunning.rules.words import Delivery, reminder_words


def hurry(facts: CaseFacts, *, now: datetime, who: str, meant: int | None) -> Send | str:
    """The next step sent now because a person asks for it, or the sentence that says why it must not be.

    `meant` is the id of the step the person was shown: when another one is next by now, it is not sent in its place.
    """
    business = still_our_business(facts, now)
    due = without_held(facts, business, now)
    if facts.about:
        return "Nothing is owed here: such a letter keeps to its day."
    if rests := _why_all_letters_rest(facts, business, due, now) or _card_comes_first(facts, business, now):
        return rests
    anchor_on = min(invoice.due_on for invoice in due)
    pace, today = pace_of(facts, anchor_on), facts.local(now).date()
    lapsed, steps = skip_lapsed(pace, anchor_on, today, facts.limits)
    too_firm, steps = skip_too_firm(pace, steps, today)
    skips = lapsed + too_firm
    if not steps:
        return "All steps of the campaign have been taken."
    replaced, due_step = latest_due(pace, steps, today)
    step = due_step or steps[0]
    if step.id != meant:
        return f"The next step is now the {reminder_words(step.offset_days, step.tone)}; look again."
    if step.tone > pace.ceiling(step):
        return f"The {reminder_words(step.offset_days, step.tone)} is too firm: the step before it was left out."
    way = way_of(facts, step)
    if isinstance(way, NoWay):
        return f"There is no way to them: {way.noes}. Add an address first."
    if way.step.channel not in channels_to(facts, way.step):
        return f"No {address_words(step.channel)} is on file. Add one first."
    if kept := kept_back(facts, way.step, now):
        return f"Not now: {kept.reason}."
    return Send(way.step, f"sent before its day by {who}{way.because}", anchor_on, skips + replaced, by_hand=True)


def _why_all_letters_rest(
    facts: CaseFacts, business: list[InvoiceFact], due: list[InvoiceFact], now: datetime
) -> str | None:
    if hold := hold_in_force(facts, now):
        return f"The customer is on hold ({hold.reason}). Resume first."
    if (due and facts.payment_under_way) or awaits_debit(facts, business, now):
        return "A payment is under way. Wait until its outcome is known."
    if not due:
        return "Nothing collectable is due: there is nothing to remind of."
    if facts.money_unmatched:
        return "Money arrived that is probably theirs and is not yet matched. Match it first, under Bank lines."
    if any(run.delivery == Delivery.PROPOSED for run in facts.runs):
        return "The last reminder waits for review."
    return "The last reminder is still waiting to leave." if a_letter_is_leaving(facts) else None


def _card_comes_first(facts: CaseFacts, business: list[InvoiceFact], now: datetime) -> str | None:
    to_charge = chargeable(facts, business, now)
    anchor_on = min((invoice.due_on for invoice in to_charge), default=date.max)
    if to_charge and isinstance(charging_of(facts, to_charge, anchor_on, now=now), Charge):
        return "The stored card is charged in the next turn. Wait until the outcome is known."
    return None
