"""The three things a decision can be. Each carries its reason in words that could be read to the customer."""

from dataclasses import dataclass
from datetime import date, datetime

from dunning.rules.facts import StepFact
from dunning.rules.words import Attention, Ending


@dataclass(frozen=True, slots=True)
class Skip:
    step: StepFact
    reason: str


@dataclass(frozen=True, slots=True)
class Send:
    """Queue this step's notice now. `by_hand`: before its day, because a person asked for it."""

    step: StepFact
    reason: str
    anchor_on: date
    skips: tuple[Skip, ...] = ()
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again at `until`. `delays`: the step was due, and this reason keeps it back."""

    until: datetime
    reason: str
    step: StepFact | None = None
    delays: bool = False
    attention: Attention = Attention.NONE
    anchor_on: date | None = None
    skips: tuple[Skip, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """The case is over; `thanks` is the thank-you to send, if one is due."""

    ending: Ending
    reason: str
    thanks: StepFact | None = None
    skips: tuple[Skip, ...] = ()


Decision = Send | Wait | Close
