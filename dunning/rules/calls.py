"""Trying again when nobody answers: how often, and on which day. Pure."""

from datetime import date

from customers.rules.contact import CALL
from dunning.rules.calendar import working_days_later
from dunning.rules.limits import Limits, capped

MOST_TRIES = 3  # of one task; then the campaign goes on without a talk


def next_try_on(limits: Limits, today: date, country: str) -> date:
    """The next working day there on which the caps on contact let one more call go out."""
    day = working_days_later(today, 1, country)
    while full := capped(limits, CALL, day):
        day = working_days_later(full.free_on, 0, country)
    return day
