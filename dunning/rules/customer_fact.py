"""What is known about a customer, apart from what they owe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dunning.rules.history import NO_HISTORY, History


@dataclass(frozen=True, slots=True)
class CustomerFact:
    """`kind`: business, consumer or unknown. `since_on`: the first day as a customer, None when nobody has said.
    `subscription`: the plan they are on, as it is renewed.

    `history`, and `refusal` (what the last charge was refused for, meaning and causes; empty when it went well or
    there was none), are read only where a condition asks for them.
    """

    segment: str = ""
    tags: Sequence[str] = ()
    country: str = ""
    language: str = ""
    kind: str = "unknown"
    since_on: date | None = None
    subscription: str = ""
    history: History = NO_HISTORY
    refusal: frozenset[str] = frozenset()


NOBODY = CustomerFact()
