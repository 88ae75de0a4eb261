"""The chain behind a decision, for the desk: what it is about, what was looked at and did not apply, what decided.

Built from the facts and the decision alone, so that it can be stored with it: whoever asks later reads what was known
then. It may name what must not be read out; `spoken` has the words for the customer.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from customers.rules.money import in_words, totals
from dunning.rules.business import still_our_business
from dunning.rules.decisions import Charge, Close, Decision, Wait
from dunning.rules.facts import CaseFacts
from dunning.rules.holding import without_held
from dunning.rules.words import Rule, spelled

Entry = dict[str, Any]  # {"rule": its name, "says": the sentence}, and "invoices": ids, where it is about some

# In the order in which a decision asks: whatever stands before the rule that decided did not apply.
ASKED_FIRST = (
    (Rule.HOLD, "no hold on the customer"),
    (Rule.HELD_INVOICES, "not everything on hold"),
    (Rule.PAYMENT, "no payment under way"),
    (Rule.MONEY, "no money to be matched"),
    (Rule.LEAVING, "no letter about to leave"),
)


def grounds(facts: CaseFacts, *, now: datetime) -> list[Entry]:
    """What a decision is about: the invoices that count, and from which one the steps count; or what is foreseen."""
    if facts.foreseen:
        return [_entry("foreseen", str(facts.foreseen))]
    business = still_our_business(facts, now)
    counted = without_held(facts, business, now)
    if not business:
        return []
    owed = ", ".join(in_words(*pair) for pair in _owed(counted or business))
    oldest = min(counted or business, key=lambda invoice: invoice.due_on)
    what = f"the oldest of {len(counted)} open amounts" if len(counted) > 1 else "the open amount"
    says = f"{what} is due on {spelled(oldest.due_on)}; {owed} to be paid"
    debited = sum(invoice.id in facts.debited for invoice in business)
    if held := len(business) - len(counted) - debited:
        says += f"; {held} on hold"
    if debited:
        says += f"; {debited} that a debit is on its way for"
    if len(business) < len(facts.invoices):
        says += f"; {len(facts.invoices) - len(business)} not due yet"
    return [{"rule": "invoices", "says": says, "invoices": [oldest.id]}]


def _owed(invoices: Any) -> Iterator[tuple[Any, str]]:
    return ((amount, currency) for currency, amount in totals((i.currency, i.balance) for i in invoices).items())


def chain(about: list[Entry], facts: CaseFacts, decision: Decision) -> list[Entry]:
    """The whole chain of a decision: its grounds, what did not apply, the rule that decided."""
    if isinstance(decision, Close):
        return [*about, _entry("close", decision.reason)]
    rule = decision.rule if isinstance(decision, Wait) else None
    links = [*about, _not_so(rule)]
    if facts.plan.charges and rule is None:
        links.append(_entry("cards", _cards(facts, decision)))
    if decision.skips and rule is None:
        told = ", ".join(facts.plan.words_of(skip.step) for skip in decision.skips)
        links.append(_entry("not taken", f"{told} (each with its own reason)"))
    if isinstance(decision, Wait) and (rests := _rests(facts, decision)):
        links.append(_entry("calendar", rests))
    if isinstance(decision, Charge | Wait):
        links += [_entry(*ground) for ground in dict.fromkeys(decision.grounds)]
    links.append(_entry(rule or ("charge" if isinstance(decision, Charge) else "step"), decision.reason[:500]))
    return links


def of_step(about: list[Entry], links: list[Entry], outcome: str, reason: str, *, unfit: bool) -> list[Entry]:
    """The chain for one line of the ledger of steps: the decision's own, or the short one of a step left out.

    `unfit`: because its conditions did not hold. Later decisions find that by this name.
    """
    if outcome != "skipped":
        return links
    return [*about, _entry("conditions" if unfit else "skipped", reason)]


def alone(rule: str, reason: str) -> list[Entry]:
    """A chain of one link, for what happens outside a decision."""
    return [_entry(rule, reason)]


def _entry(rule: str, says: str) -> Entry:
    return {"rule": str(rule), "says": says}


@lru_cache(maxsize=64)
def _not_so(rule: Rule | None) -> Entry:
    names = [name for name, _ in ASKED_FIRST]
    before = ASKED_FIRST[: names.index(rule)] if rule in names else ASKED_FIRST
    return _entry("did not apply", "; ".join(says for _, says in before) or "this is asked first")


def _cards(facts: CaseFacts, decision: Decision) -> str:
    if not facts.methods:
        return "no stored card may be charged"
    return "a stored card is due" if isinstance(decision, Charge) else "no try of a stored card comes first"


def _rests(facts: CaseFacts, wait: Wait) -> str:
    """Why the letter leaves on another day than its own; empty when it does not."""
    leaves_on = facts.local(wait.until).date()
    if wait.meant_on is None or not _is_moved(facts, wait.meant_on, leaves_on):
        return ""
    return f"its day, {spelled(wait.meant_on)}, is no working day there; letters leave on {spelled(leaves_on)}"


def _is_moved(facts: CaseFacts, meant_on: date, leaves_on: date) -> bool:
    return meant_on < leaves_on and facts.opening_of(meant_on) > facts.morning_of(meant_on)
