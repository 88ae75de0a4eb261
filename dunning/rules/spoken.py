"""Two sentences about a case that its customer may hear on the phone: what is open, and what follows from it.

Made of dates and amounts only. Reasons of holds and refusals never come in: they may name an illness or a stolen card.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from customers.rules.money import in_words, totals
from dunning.rules.business import still_our_business
from dunning.rules.decisions import Charge, Close, Decision, Send, Wait
from dunning.rules.facts import CaseFacts, HoldFact, InvoiceFact
from dunning.rules.holding import without_held
from dunning.rules.words import Delivery, Outcome, Rule, spelled

# What the customer has said themselves may be said back to them.
TOLD_US = {
    "promise": "you told us that you will pay",
    "dispute": "you told us that something is wrong, and we look at that first",
}


class Spoken(NamedTuple):
    """`situation`: what is open. `consequence`: what we did about it, and what follows if nothing changes."""

    situation: str
    consequence: str


def spoken(facts: CaseFacts, decision: Decision, numbers: Mapping[int, str], *, now: datetime) -> Spoken:
    """The two sentences for an open case. `numbers`: invoice id → the number that the customer knows."""
    if facts.foreseen and not isinstance(decision, Close):
        situation = str(facts.foreseen)
        return Spoken(f"{situation[0].upper()}{situation[1:]}; nothing is owed.", _consequence(facts, decision, now))
    business = still_our_business(facts, now)
    if not business or isinstance(decision, Close):
        return Spoken("What this was about is settled.", "Thank you; nothing more follows about it.")
    counted = without_held(facts, business, now) or business
    return Spoken(_situation(counted, numbers, _today(facts, now)), _consequence(facts, decision, now))


def _situation(counted: list[InvoiceFact], numbers: Mapping[int, str], today: date) -> str:
    oldest = min(counted, key=lambda invoice: invoice.due_on)
    number = numbers.get(oldest.id, "")
    what = f"Instalment {oldest.part.number} of {oldest.part.of} on your invoice {number}" if oldest.part else ""
    fell = "fell" if oldest.due_on < today else "falls"
    open_ = in_words(oldest.balance, oldest.currency)
    says = f"{what or f'Your invoice {number}'} {fell} due on {_day(oldest.due_on, today)} and is open with {open_}"
    if len(counted) == 1:
        return f"{says}."
    owed = totals((invoice.currency, invoice.balance) for invoice in counted)
    whole = " and ".join(in_words(amount, currency) for currency, amount in owed.items())
    return f"{says}; all that is due comes to {whole}."


def _consequence(facts: CaseFacts, decision: Decision, now: datetime) -> str:
    today = _today(facts, now)
    before = _before(facts, today)
    match decision:
        case Send():
            return f"{before}; the next letter leaves now."
        case Charge():
            return f"{before}; the stored card is charged now, as agreed."
        case Wait(rule=Rule.HOLD | Rule.HELD_INVOICES):
            return f"{before}; {_held(facts, now)}"
        case Wait(rule=rule) if rule in SAYS:
            return f"{before}; {SAYS[rule]}"
        case Wait():
            return f"{before}; {_next(facts, decision, today)}"
        case Close():
            return f"{before}."


SAYS = {
    Rule.PAYMENT: "a payment is under way, and nothing goes out before we know what became of it.",
    Rule.MONEY: "money has come that is probably yours, and nothing goes out before a colleague has matched it.",
    Rule.LEAVING: "a letter is about to leave.",
    Rule.NO_ADDRESS: "the next letter waits, because we have no address to send it to.",
    Rule.WISH: "you asked us not to write this way, and a colleague decides what to do instead.",
    Rule.VULNERABLE: "a colleague looks at it before anything goes out.",
    Rule.REVIEW: "a colleague looks at the next letter before it goes out.",
    Rule.CHARGING: "the stored card is being charged now, as agreed.",
    Rule.DEBTS: "there is an open invoice to settle first.",
    Rule.SAID: "there is nothing more to say about it.",
    Rule.END_OF_ROAD: "that was our last letter, and a colleague decides what comes next.",
}


def _before(facts: CaseFacts, today: date) -> str:
    """What we did so far, and that it was because of this."""
    reminders = {step.id for step in facts.plan.reminders}
    sent = [
        run.last_at
        for run in facts.runs
        if run.step_id in reminders and run.outcome == Outcome.DONE and (run.delivery == Delivery.REACHED or run.sent)
    ]
    tried = [tried.at for method in facts.methods for tried in method.tries if tried.judgement]
    done = [f"we wrote on {_day(facts.local(max(sent)).date(), today)}"] if sent else []
    if tried:
        done.append(f"tried the stored card on {_day(facts.local(max(tried)).date(), today)}")
    if not done:
        return "We have not written about it yet"
    return f"That is why {' and '.join(done) if sent else f'we {done[0]}'}"


def _held(facts: CaseFacts, now: datetime) -> str:
    in_force = [hold for hold in facts.holds_in_force(now) if hold.blocks_contact]
    hold = max(in_force, key=lambda hold: (hold.invoice_id is None, hold.until_on or date.max))
    until = _until(hold, _today(facts, now))
    if said := TOLD_US.get(hold.kind):
        return f"{said}, so nothing goes out{until}."
    return f"nothing goes out{until or ' for now'}."


def _until(hold: HoldFact, today: date) -> str:
    return f" up to and including {_day(hold.until_on, today)}" if hold.until_on else ""


def _next(facts: CaseFacts, wait: Wait, today: date) -> str:
    on = _day(facts.local(wait.until).date(), today)
    if wait.rule in (Rule.CARD_NEXT, Rule.CARD_FIRST):
        return f"the stored card would be charged on {on}, as agreed, if nothing changes."
    if wait.rule == Rule.PATIENCE:
        return f"that was our last letter, and on {on} a colleague decides what comes next."
    if wait.rule == Rule.NEWS:
        return f"if nobody tells us by {on} that it was delivered, it comes another way."
    if wait.next_letter_at is None:
        return f"we look at it again on {on}."
    moved = wait.meant_on and wait.meant_on < facts.local(wait.until).date()
    because = ", because letters leave on working days by day" if moved or wait.rule == Rule.HOURS else ""
    because = ", because we do not write more often" if wait.rule == Rule.CAP else because
    first = "the next letter" if any(run.outcome == Outcome.DONE for run in facts.runs) else "a first letter"
    return f"{first} would follow on {on} if nothing changes{because}."


def _today(facts: CaseFacts, now: datetime) -> date:
    return facts.local(now).date()


def _day(day: date, today: date) -> str:
    """2 March; with the year where it is not this one."""
    return f"{day.day} {day:%B}" if day.year == today.year else spelled(day)
