"""Which choices a letter offers besides paying: only what the policy grants this customer at once."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from dunning.rules.help_terms import Standing, Terms, beyond_days, next_friday, parts_offered, why_a_person
from dunning.rules.letter.facts import Choices

USUAL_PARTS = 3


def choices_for(terms: Terms, standing: Standing, owed: Mapping[str, Decimal], today: date) -> Choices:
    """`owed`: what the letter asks for by currency; parts are offered where it is one."""
    if why_a_person(terms, standing):
        return Choices()
    friday = next_friday(today)
    pay_on = None if beyond_days(friday, terms.longest_promise_days, today) else friday
    if len(owed) != 1:
        return Choices(pay_on)
    [(currency, total)] = owed.items()
    offered = parts_offered(total, terms)
    return Choices(pay_on, min(USUAL_PARTS, offered[-1]) if offered else 0, currency)
