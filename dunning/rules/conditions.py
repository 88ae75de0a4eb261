"""Conditions: a fact, an operator, a value. Built in forms over a small vocabulary, stored as data, never as code.

All conditions of a list must hold. A stored one that cannot be read does not hold, and says so; only `check` raises.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from customers.rules.money import in_words
from dunning.rules.situation import Situation
from dunning.rules.vocabulary import FACTS, Limit, NumberFact, Operator, Unfit, WordFact

LONGEST = 200  # characters of a value
OPERATORS = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.ONE_OF: "is one of",
    Operator.AT_LEAST: "is at least",
    Operator.LESS_THAN: "is less than",
}
OPERATORS_OF_MANY = {
    Operator.IS: "include",
    Operator.IS_NOT: "do not include",
    Operator.ONE_OF: "include one of",
}


@dataclass(frozen=True, slots=True)
class Condition:
    fact: str
    operator: str
    value: str

    def __str__(self) -> str:
        return words(self)


class ConditionRefusal(ValueError):
    """The condition cannot be used; `field` is fact, operator or value, the message says what to write there."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def check(fact: str, operator: str, value: str) -> Condition:
    """The condition in its one spelling. Raises ConditionRefusal."""
    known = FACTS.get(fact)
    if not fact:
        raise ConditionRefusal("fact", "Choose a fact.")
    if known is None:
        raise ConditionRefusal("fact", f"“{fact}” is no fact that can be asked about. Choose one of the list.")
    if operator not in known.operators:
        fitting = " or ".join(f"“{OPERATORS[each]}”" for each in known.operators)
        raise ConditionRefusal("operator", f"The {known.name} cannot be compared like this. Choose {fitting}.")
    if len(value) > LONGEST:
        raise ConditionRefusal("value", f"Write at most {LONGEST} characters.")
    parts = _parts(operator, value)
    try:
        spelled = [_spelled(known.read(part)) for part in parts]
    except Unfit as unfit:
        raise ConditionRefusal("value", str(unfit)) from None
    return Condition(fact, Operator(operator).value, "; ".join(dict.fromkeys(spelled)))


def holds(condition: Condition, situation: Situation) -> bool:
    """Whether the condition holds; never raises."""
    return not why_not(condition, situation)


def why_not(condition: Condition, situation: Situation) -> str:
    """Why the condition does not hold, with what is seen instead; "" when it holds. Never raises."""
    asked = _read(condition)
    if isinstance(asked, str):
        return asked
    known = FACTS[condition.fact]
    if isinstance(known, WordFact):
        seen = known.look(situation)
        fails, found = not _is_among(condition.operator, asked.words, seen), _seen_words(known, seen)
    else:
        number = known.look(situation, asked.limit.currency)
        fails, found = not _is_within(condition.operator, asked.limit, number), _seen_number(known, asked.limit, number)
    return f"only if {_sentence(condition)}; {found}" if fails else ""


def first_unmet(conditions: Iterable[Condition], situation: Situation) -> str:
    """The first no of a list that must hold as a whole; "" when all hold."""
    return next((no for condition in conditions if (no := why_not(condition, situation))), "")


def words(condition: Condition) -> str:
    """The condition as the desk reads it: "open amount is at least 500 EUR"."""
    return _sentence(condition).removeprefix("the ")


def shown_value(fact: str, value: str) -> str:
    """A stored value with the words people read and write."""
    known = FACTS.get(fact)
    if not isinstance(known, WordFact):
        return value
    return "; ".join(known.choices.get(part.strip(), part.strip()) for part in value.split(";"))


def from_stored(rows: Any) -> tuple[Condition, ...]:
    """Conditions from their JSON. Whatever is no condition becomes one that never holds."""
    if not isinstance(rows, list):
        return (Condition("", "", ""),)
    return tuple(_from_row(row) for row in rows)


def to_stored(conditions: Sequence[Condition]) -> list[dict[str, str]]:
    """Conditions as JSON."""
    return [asdict(condition) for condition in conditions]


def facts_asked(conditions: Iterable[Condition]) -> frozenset[str]:
    """The facts that must be known to judge these conditions."""
    return frozenset(condition.fact for condition in conditions)


@dataclass(frozen=True, slots=True)
class _Asked:
    words: frozenset[str] = frozenset()
    limit: Limit = Limit(Decimal(0))


def _from_row(row: Any) -> Condition:
    told = row if isinstance(row, dict) else {}
    return Condition(*(str(told.get(name, "")) for name in ("fact", "operator", "value")))


def _parts(operator: str, value: str) -> list[str]:
    if operator != Operator.ONE_OF:
        return [value.strip()]
    return [part.strip() for part in value.split(";" if ";" in value else ",") if part.strip()] or [""]


def _spelled(value: str | Limit) -> str:
    if isinstance(value, str):
        return value
    return f"{value.number:f} {value.currency}".strip()


@lru_cache(maxsize=1024)
def _read(condition: Condition) -> _Asked | str:
    """What the condition compares with, or why it never holds."""
    try:
        check(condition.fact, condition.operator, condition.value)
    except ConditionRefusal as refusal:
        return f"its condition on “{condition.fact[:60]}” cannot be read: {refusal}"
    known = FACTS[condition.fact]
    if isinstance(known, NumberFact):
        return _Asked(limit=known.read(condition.value.strip()))
    return _Asked(frozenset(known.read(part).casefold() for part in _parts(condition.operator, condition.value)))


def _is_among(operator: str, asked: frozenset[str], seen: frozenset[str]) -> bool:
    has_any = bool(asked & {word.casefold() for word in seen})
    return has_any != (operator == Operator.IS_NOT)


def _is_within(operator: str, limit: Limit, number: Decimal | None) -> bool:
    if number is None:
        return False
    return number >= limit.number if operator == Operator.AT_LEAST else number < limit.number


@lru_cache(maxsize=1024)
def _sentence(condition: Condition) -> str:
    known = FACTS.get(condition.fact)
    if known is None or isinstance(_read(condition), str):
        return f"“{condition.fact} {condition.operator} {condition.value}”, which cannot be read,"
    if isinstance(known, NumberFact):
        limit = known.read(condition.value)
        return f"the {known.name} {OPERATORS[Operator(condition.operator)]} {_number_words(known, limit, limit.number)}"
    verbs = OPERATORS_OF_MANY if known.is_many else OPERATORS
    shown = [known.choices.get(part, part) for part in _parts(condition.operator, condition.value)]
    return f"the {known.name} {verbs[Operator(condition.operator)]} {', '.join(shown)}"


def _number_words(known: NumberFact, limit: Limit, number: Decimal) -> str:
    if limit.currency and not known.unit:
        return in_words(number, limit.currency)
    shown = f"{number:.0f}" if number == number.to_integral_value() else f"{number:.2f}"
    return " ".join(filter(None, [shown, known.unit, limit.currency and f"in {limit.currency}"]))


def _seen_number(known: NumberFact, limit: Limit, number: Decimal | None) -> str:
    return f"it {known.unknown}" if number is None else f"it is {_number_words(known, limit, number)}"


def _seen_words(known: WordFact, seen: frozenset[str]) -> str:
    if not seen:
        return "there are none" if known.is_many else "it is not known"
    shown = ", ".join(known.choices.get(word, word) for word in sorted(seen))
    return f"they are {shown}" if known.is_many else f"it is {shown}"
