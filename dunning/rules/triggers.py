"""What begins a campaign: a debt that is due, something that happened, or something foreseen that needs a hand."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from customers.rules.money import in_words
from dunning.rules.words import spelled

RECENT_DAYS = 30  # what happened longer ago begins nothing any more


class Trigger(StrEnum):
    """A campaign is for new cases whose customer the trigger happened to; `OVERDUE` is there for everybody."""

    OVERDUE = "overdue"
    FAILED_PAYMENT = "failed_payment"
    BROKEN_PROMISE = "broken_promise"
    BROKEN_PLAN = "broken_plan"
    CARD_EXPIRES = "card_expires"
    MANDATE_ENDS = "mandate_ends"
    RENEWAL = "renewal"


TRIGGERS = {
    Trigger.OVERDUE: "an invoice is due, or soon will be",
    Trigger.FAILED_PAYMENT: "the last card payment failed",
    Trigger.BROKEN_PROMISE: "a promise to pay was broken",
    Trigger.BROKEN_PLAN: "an instalment plan was broken",
    Trigger.CARD_EXPIRES: "the stored card is about to expire",
    Trigger.MANDATE_ENDS: "the direct debit mandate is about to end",
    Trigger.RENEWAL: "a renewal is coming",
}
# Nothing is owed yet: what will come on a day that is known. Each has a case of its own, and one kind letter.
FORESEEN = (Trigger.CARD_EXPIRES, Trigger.MANDATE_ENDS, Trigger.RENEWAL)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Something that will come on the day `on`, with nobody owing anything yet. `key`: the same for the same fact.

    `brand` and `last4`: of the card or account it happens to; an account has no brand. Of a renewal: what is renewed
    (`what`), and what it costs then, None where that is not known.
    """

    key: str
    on: date
    brand: str = ""
    last4: str = ""
    what: str = ""
    amount: Decimal | None = None
    currency: str = ""

    @property
    def trigger(self) -> Trigger:
        return trigger_of(self.key)

    def __str__(self) -> str:
        """As the desk reads it: "the card Visa ending 4242 expires on 31 March 2026"."""
        if self.trigger is Trigger.RENEWAL:
            costs = f" for {in_words(self.amount, self.currency)}" if self.amount else ""
            return f"{self.what or 'what they subscribe to'} renews on {spelled(self.on)}{costs}"
        if self.trigger is Trigger.CARD_EXPIRES:
            return f"the card {self.brand} ending {self.last4} expires on {spelled(self.on)}"
        return f"the mandate for the account ending {self.last4} ends on {spelled(self.on)}"


def key_of(trigger: Trigger, pk: int, on: date) -> str:
    """The key of a fact: "card_expires:12:2026-03-31". Another day makes another fact of it."""
    return f"{trigger}:{pk}:{on}"


def trigger_of(key: str) -> Trigger:
    """What the fact of this key begins."""
    return Trigger(key.partition(":")[0])


def happened_words(trigger: Trigger, on: date) -> str:
    """What happened, as the desk reads it: "the last card payment failed on 2 March 2026"."""
    return f"{TRIGGERS[trigger]} on {spelled(on)}"
