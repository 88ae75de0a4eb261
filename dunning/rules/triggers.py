"""What begins a campaign: a debt that is due, or something that happened and says more than a date does."""

from datetime import date
from enum import StrEnum

from dunning.rules.words import spelled

RECENT_DAYS = 30  # what happened longer ago begins nothing any more


class Trigger(StrEnum):
    """A campaign is for new cases whose customer the trigger happened to; `OVERDUE` is there for everybody."""

    OVERDUE = "overdue"
    FAILED_PAYMENT = "failed_payment"
    BROKEN_PROMISE = "broken_promise"
    BROKEN_PLAN = "broken_plan"


TRIGGERS = {
    Trigger.OVERDUE: "an invoice is due, or soon will be",
    Trigger.FAILED_PAYMENT: "the last card payment failed",
    Trigger.BROKEN_PROMISE: "a promise to pay was broken",
    Trigger.BROKEN_PLAN: "an instalment plan was broken",
}


def happened_words(trigger: Trigger, on: date) -> str:
    """What happened, as the desk reads it: "the last card payment failed on 2 March 2026"."""
    return f"{TRIGGERS[trigger]} on {spelled(on)}"
