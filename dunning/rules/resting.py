"""What rests while a customer waits for an answer: a hold, of which kind and until when."""

from dataclasses import dataclass
from datetime import date

from customers.rules.holds import HoldKind
from dunning.rules.help_terms import Terms, rests_until
from dunning.rules.needs import HARD, Need


@dataclass(frozen=True, slots=True)
class Rest:
    """`until_on`: its last day there; None: until a person releases it. `owes_answer`: it rests because we are slow."""

    kind: HoldKind
    until_on: date | None = None
    owes_answer: bool = False


def resting(need: Need, terms: Terms, *, today: date, answer_on: date, country: str) -> Rest:
    """What rests from now on; `answer_on`: the day by which a person answers."""
    if need in HARD:
        return Rest(HoldKind.HARDSHIP)
    match need:
        case Need.DISPUTE:
            return Rest(HoldKind.DISPUTE)
        case Need.PAID:
            return Rest(HoldKind.MONEY_IN_TRANSIT, rests_until(today, terms, country))
        case Need.STRANGER:
            return Rest(HoldKind.OTHER)
        case _:
            return Rest(HoldKind.OTHER, answer_on, owes_answer=True)
