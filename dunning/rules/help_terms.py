"""What is granted at once to a customer who cannot pay now, and when a person decides instead."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from dunning.rules.calendar import working_days_later
from dunning.rules.needs import Need

FURTHEST = 366  # days that anybody may ask for; what is beyond the terms waits for a person
MOST_PARTS_ASKED = 24
FRIDAY = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """A policy's row. Days count from today; `answer_days` and `proof_days` are working days. 0 offers nothing.

    `smallest_part` is in units of whatever currency is owed. `person_after_broken`: after a broken promise or plan a
    person decides for a while.
    """

    longest_promise_days: int = 0
    longest_extension_days: int = 0
    most_parts: int = 0
    smallest_part: Decimal = Decimal(0)
    times_a_year: int = 0
    person_after_broken: bool = True
    patience_days: int = 7
    answer_days: int = 2
    proof_days: int = 5

    def longest_days(self, need: Need) -> int:
        """How far ahead a day may lie that is granted at once."""
        return self.longest_extension_days if need == Need.EXTENSION else self.longest_promise_days


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts against granting more: how often in the last year, what was broken lately, who is vulnerable."""

    granted: int = 0
    has_broken: bool = False
    is_vulnerable: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """One of `needs.ABOUT_TIME`: until when, or from which day on in how many parts of which sum."""

    need: Need
    on: date
    parts: int = 1
    total: Decimal = Decimal(0)


NO_TERMS = Terms()


def why_not_at_once(wish: Wish, terms: Terms, standing: Standing, today: date) -> str:
    """Why a person decides about this wish, in words for the desk; empty when it is granted at once."""
    why = why_a_person(terms, standing) or beyond_days(wish.on, terms.longest_days(wish.need), today)
    return why or (beyond_parts(wish.parts, wish.total, terms) if wish.need == Need.PARTS else "")


def why_a_person(terms: Terms, standing: Standing) -> str:
    """Why nothing is granted at once to this customer, in words for the desk; empty when it may be."""
    if standing.is_vulnerable:
        return "the customer is vulnerable: a person decides"
    if standing.has_broken and terms.person_after_broken:
        return "a promise or a plan was broken lately"
    if standing.granted >= terms.times_a_year:
        return f"more time was given {standing.granted} times in a year, the policy allows {terms.times_a_year}"
    return ""


def beyond_days(until_on: date, longest: int, today: date) -> str:
    """Why this day is beyond the policy; empty when it is within."""
    if until_on <= today + timedelta(days=longest):
        return ""
    return f"{(until_on - today).days} days are asked for, the policy allows {longest}"


def beyond_parts(parts: int, total: Decimal, terms: Terms) -> str:
    """Why so many parts are beyond the policy; empty when they are within."""
    if parts > terms.most_parts:
        return f"{parts} parts are asked for, the policy allows {terms.most_parts}"
    if total / parts < terms.smallest_part:
        return f"a part would be smaller than the policy's {terms.smallest_part:f}"
    return ""


def parts_offered(total: Decimal, terms: Terms) -> list[int]:
    """The numbers of parts that are granted at once: from 2 on."""
    if not terms.smallest_part:
        most = terms.most_parts
    else:
        most = min(terms.most_parts, int((total / terms.smallest_part).to_integral_value(ROUND_DOWN)))
    return list(range(2, most + 1))


def answered_by(today: date, terms: Terms, country: str) -> date:
    """The day by which a person answers."""
    return working_days_later(today, max(1, terms.answer_days), country)


def rests_until(today: date, terms: Terms, country: str) -> date:
    """The last day of the pause for a payment that was made and has not been seen."""
    return min(working_days_later(today, max(1, terms.proof_days), country), today + timedelta(days=30))


def next_friday(today: date) -> date:
    """The Friday of this week, of the next one from Friday on."""
    return today + timedelta(days=(FRIDAY - today.isoweekday() - 1) % 7 + 1)
