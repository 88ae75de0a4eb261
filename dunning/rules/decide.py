"""The decision: what to do about one case now. Pure: the same facts and the same clock give the same answer."""

from datetime import datetime, timedelta

from dunning.rules.actions import beside_letters
from dunning.rules.business import a_letter_is_leaving, still_our_business
from dunning.rules.card_first import beside
from dunning.rules.charging import Later, charges_resume, charging_of
from dunning.rules.closing import close
from dunning.rules.decisions import Charge, Decision, Send, Wait
from dunning.rules.facts import CaseFacts, InvoiceFact
from dunning.rules.foretelling import foretell
from dunning.rules.holding import LOOK_AGAIN, awaits_debit, chargeable, wait_for_holds, without_held
from dunning.rules.next_letter import next_letter
from dunning.rules.words import Rule

PAYMENT_SETTLES_WITHIN = timedelta(hours=1)
NOTICE_LEAVES_WITHIN = timedelta(hours=1)
PAYMENT_UNDER_WAY = "a payment is under way; nobody is reminded before its outcome is known"
MONEY_UNMATCHED = "money arrived, not yet matched: a person looks at it"


def decide(facts: CaseFacts, *, now: datetime) -> Decision:
    """Send or charge what is due, wait until something can change, or close; always with the reason.

    `now` is an aware datetime. A Wait always ends after `now`.
    """
    if facts.about:
        return foretell(facts, now=now)
    business = still_our_business(facts, now)
    if not business:
        return close(facts, now)
    to_remind, to_charge = without_held(facts, business, now), chargeable(facts, business, now)
    is_debited = awaits_debit(facts, business, now)
    if not (to_remind or to_charge or is_debited):
        return wait_for_holds(facts, now)
    if facts.payment_under_way or is_debited:
        return Wait(now + PAYMENT_SETTLES_WITHIN, PAYMENT_UNDER_WAY, rule=Rule.PAYMENT)
    if facts.money_unmatched:
        return Wait(now + LOOK_AGAIN, MONEY_UNMATCHED, rule=Rule.MONEY)
    if a_letter_is_leaving(facts):
        leaving = Wait(now + NOTICE_LEAVES_WITHIN, "the last reminder is still waiting to leave", rule=Rule.LEAVING)
        return _with_actions(facts, leaving, to_remind, now)
    letter = next_letter(facts, to_remind, now) if to_remind else wait_for_holds(facts, now)
    charging = _charging(facts, to_charge, letter, now)
    if isinstance(charging, Charge):
        return charging
    letter = beside(facts, letter, charging) if charging else letter
    return _with_actions(facts, letter, to_remind, now)


def _with_actions(facts: CaseFacts, letter: Send | Wait, to_remind: list[InvoiceFact], now: datetime) -> Send | Wait:
    """What is done beside the letters: like them, only about what the customer may be reminded of."""
    if not to_remind:
        return letter
    return beside_letters(facts, letter, to_remind, now=now)


def _charging(
    facts: CaseFacts, to_charge: list[InvoiceFact], letter: Send | Wait, now: datetime
) -> Charge | Later | None:
    """What is charged, or when. A letter that may go now does not wait for charges that rest."""
    if to_charge:
        return charging_of(facts, to_charge, min(invoice.due_on for invoice in to_charge), now=now)
    return charges_resume(facts, now) if isinstance(letter, Wait) else None
