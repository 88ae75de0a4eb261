"""What rests while holds are in force or debits on their way: letters, charges of stored cards, or both; until when."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from customers.rules.holds import HOLD_RULES, HoldKind
from dunning.rules.decisions import Wait
from dunning.rules.disputes import undisputed
from dunning.rules.facts import CaseFacts, HoldFact, InvoiceFact
from dunning.rules.words import Attention, Rule, spelled

LOOK_AGAIN = timedelta(days=7)  # when only a change of facts, or a person, can move the case
DAY = timedelta(days=1)


def hold_in_force(facts: CaseFacts, now: datetime) -> HoldFact | None:
    """The hold that keeps letters from the whole customer the longest, if one is in force."""
    if not facts.holds:
        return None
    quiet = [hold for hold in facts.holds_in_force(now) if hold.blocks_contact and hold.invoice_id is None]
    return max(quiet, key=lambda hold: (hold.until_on or date.max, needs_a_person(hold)), default=None)


def without_held(facts: CaseFacts, invoices: list[InvoiceFact], now: datetime) -> list[InvoiceFact]:
    """The invoices that the customer may be reminded of, without what is disputed of them.

    No hold on them, or on the customer, keeps letters back, and no debit that a gateway began is on its way for them.
    """
    if not (facts.holds or facts.debited):
        return invoices
    return _left(facts, invoices, [hold for hold in facts.holds_in_force(now) if hold.blocks_contact])


def chargeable(facts: CaseFacts, invoices: list[InvoiceFact], now: datetime) -> list[InvoiceFact]:
    """The invoices that stored cards may be charged for by itself. Of a vulnerable customer none are: a person acts."""
    if facts.limits.is_vulnerable:
        return []
    if not (facts.holds or facts.debited):
        return invoices
    return _left(facts, invoices, [hold for hold in facts.holds_in_force(now) if hold.blocks_charges])


def _left(facts: CaseFacts, invoices: list[InvoiceFact], holds: list[HoldFact]) -> list[InvoiceFact]:
    """What these holds and debits leave of the invoices."""
    held = {hold.invoice_id for hold in holds if hold.disputed_amount is None} | facts.debited
    if None in held:
        return []
    disputed: dict[int, Decimal] = {}
    for hold in holds:
        if hold.disputed_amount is not None and hold.invoice_id is not None:
            disputed[hold.invoice_id] = disputed.get(hold.invoice_id, Decimal(0)) + hold.disputed_amount
    return undisputed([invoice for invoice in invoices if invoice.id not in held], disputed)


def awaits_debit(facts: CaseFacts, invoices: list[InvoiceFact], now: datetime) -> bool:
    """True when nothing can be done about these but to wait for a debit; a hold on the whole customer comes first."""
    if not any(invoice.id in facts.debited for invoice in invoices) or hold_in_force(facts, now):
        return False
    return not (without_held(facts, invoices, now) or chargeable(facts, invoices, now))


def needs_a_person(hold: HoldFact) -> bool:
    """True for kinds that a person has to see to while they last."""
    return HOLD_RULES[HoldKind(hold.kind)].needs_a_person


def wait_for_holds(facts: CaseFacts, now: datetime) -> Wait:
    """Nobody may be reminded of anything: wait until the first hold ends that keeps letters back."""
    hold = hold_in_force(facts, now)
    if hold is None:
        ends = [held.until_on for held in facts.holds_in_force(now) if held.until_on and held.blocks_contact]
        until = min([facts.opening_of(end + DAY) for end in ends], default=now + LOOK_AGAIN)
        return Wait(until, "every open invoice is on hold", rule=Rule.HELD_INVOICES)
    attention = Attention(hold.kind) if needs_a_person(hold) else Attention.NONE
    if hold.until_on is None:
        return Wait(now + LOOK_AGAIN, f"on hold until released: {hold.reason}", attention=attention, rule=Rule.HOLD)
    reason = f"on hold until {spelled(hold.until_on)}: {hold.reason}"
    return Wait(facts.opening_of(hold.until_on + DAY), reason, attention=attention, rule=Rule.HOLD)
