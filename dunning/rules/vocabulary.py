"""The facts a condition may ask about: how each is called, how its value is read, and what is seen of it.

A closed list. Whoever adds one adds a line to FACTS, and the forms, the checks and the reasons know it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from customers.rules.import_places import COUNTRIES
from customers.rules.money import MINOR_UNITS, fits
from dunning.rules.history import PaysHow
from dunning.rules.situation import Situation
from payments.rules.declines import Cause, Meaning


class Operator(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"


class Unfit(ValueError):
    """The value does not suit the fact; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A number to compare with; `currency`: of which open amount, "" for any."""

    number: Decimal
    currency: str = ""


@dataclass(frozen=True, slots=True)
class WordFact:
    """A fact that is one of many words, or (`is_many`) several at once; compared without regard to capitals."""

    name: str
    look: Callable[[Situation], frozenset[str]]
    read: Callable[[str], str]
    choices: dict[str, str] = field(default_factory=dict)
    is_many: bool = False

    @property
    def operators(self) -> tuple[Operator, ...]:
        return (Operator.IS, Operator.IS_NOT, Operator.ONE_OF)


@dataclass(frozen=True, slots=True)
class NumberFact:
    """A fact that is a number, seen for the limit's currency. None: not known, and then no comparison holds."""

    name: str
    look: Callable[[Situation, str], Decimal | None]
    read: Callable[[str], Limit]
    unit: str = ""
    unknown: str = "is not known"

    @property
    def operators(self) -> tuple[Operator, ...]:
        return (Operator.AT_LEAST, Operator.LESS_THAN)


Fact = WordFact | NumberFact
KINDS = {"unknown": "not known", "business": "business", "consumer": "consumer"}
HISTORIES = {
    PaysHow.NEW.value: "new",
    PaysHow.ON_TIME.value: "always on time",
    PaysHow.FIRST_TIME_LATE.value: "late for the first time",
    PaysHow.LATE.value: "often late",
    PaysHow.CHRONIC.value: "chronically late",
}
REFUSALS = {"none": "none"} | {
    word.value: word.value.replace("_", " ") for word in (*Meaning, Cause.NO_FUNDS, Cause.LIMIT, Cause.GENERIC)
}
LETTERS = {"opened": "opened", "unopened": "not opened", "none": "none yet"}


def _text(longest: int) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not value or len(value) > longest:
            raise Unfit(f"Write 1 to {longest} characters.")
        return value

    return read


def _choice(choices: dict[str, str]) -> Callable[[str], str]:
    known = {said.casefold(): key for key, words in choices.items() for said in (key, words)}

    def read(value: str) -> str:
        if value.casefold() not in known:
            raise Unfit(f"Write one of: {', '.join(choices.values())}.")
        return known[value.casefold()]

    return read


def _code(known: frozenset[str], example: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.upper() not in known:
            raise Unfit(f"Write a code such as {example}.")
        return value.upper()

    return read


def _language(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", value):
        raise Unfit("Write a code of two letters, for example de.")
    return value.lower()


def _money(value: str) -> Limit:
    found = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,4})?) ?([A-Za-z]{3})", value)
    if not found or found[2].upper() not in MINOR_UNITS:
        raise Unfit("Write an amount and its currency, for example 500 EUR.")
    limit = Limit(Decimal(found[1]), found[2].upper())
    if not fits(limit.number, limit.currency):
        raise Unfit(f"{limit.currency} has fewer decimals. Round the amount.")
    return limit


def _percent(value: str) -> Limit:
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) ?%?(?: ?([A-Za-z]{3}))?", value)
    currency = (found[2] or "").upper() if found else ""
    if not found or Decimal(found[1]) > 100 or currency not in {"", *MINOR_UNITS}:
        raise Unfit("Write 0 to 100, with a currency if it is meant for one: 20 % or 20 % EUR.")
    return Limit(Decimal(found[1]), currency)


def _count(value: str) -> Limit:
    if not re.fullmatch(r"[0-9]{1,5}", value):
        raise Unfit("Write a whole number, 0 or more.")
    return Limit(Decimal(value))


def _known(word: str) -> frozenset[str]:
    return frozenset([word]) if word else frozenset()


def _open(situation: Situation, currency: str) -> Decimal | None:
    return situation.sums[currency].open if currency in situation.sums else None


def _share(situation: Situation, currency: str) -> Decimal | None:
    """Without a currency: the largest share of any."""
    sums = [total for code, total in situation.sums.items() if currency in ("", code)]
    return max((share for total in sums if (share := total.share) is not None), default=None)


def _tenure(situation: Situation, _currency: str) -> Decimal | None:
    since = situation.customer.since_on
    return Decimal((situation.today - since).days) if since else None


def _usual_days(situation: Situation, _currency: str) -> Decimal | None:
    days = situation.customer.history.usual_days
    return None if days is None else Decimal(days)


FACTS: dict[str, Fact] = {
    "segment": WordFact("segment", lambda s: _known(s.customer.segment), _text(64)),
    "tag": WordFact("tags", lambda s: frozenset(s.customer.tags), _text(64), is_many=True),
    "subscription": WordFact("subscription", lambda s: _known(s.customer.subscription), _text(120)),
    "country": WordFact("country", lambda s: _known(s.customer.country), _code(COUNTRIES, "DE")),
    "language": WordFact("language", lambda s: _known(s.customer.language), _language),
    "kind": WordFact("kind of customer", lambda s: _known(s.customer.kind), _choice(KINDS), KINDS),
    "currency": WordFact(
        "currencies owed", lambda s: frozenset(s.sums), _code(frozenset(MINOR_UNITS), "EUR"), is_many=True
    ),
    "open_amount": NumberFact("open amount", _open, _money, unknown="is in other currencies only"),
    "open_share": NumberFact("open share of what was billed", _share, _percent, "%", "is in other currencies only"),
    "open_invoices": NumberFact("number of open invoices", lambda s, _: Decimal(s.invoices), _count),
    "customer_for": NumberFact("time as a customer", _tenure, _count, "days"),
    "history": WordFact(
        "payment history", lambda s: _known(s.customer.history.pays.value), _choice(HISTORIES), HISTORIES
    ),
    "usual_days_late": NumberFact("usual lateness", _usual_days, _count, "days"),
    "card_refusal": WordFact(
        "last card refusal", lambda s: s.customer.refusal or _known("none"), _choice(REFUSALS), REFUSALS
    ),
    "last_letter": WordFact("last letter", lambda s: _known(s.last_letter), _choice(LETTERS), LETTERS),
}
