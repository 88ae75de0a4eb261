"""The four things a decision can be, and what may stand beside one.

Each carries its reason in words that could be read to the customer.
"""

from dataclasses import dataclass
from datetime import date, datetime

from dunning.rules.plan_facts import StepFact
from dunning.rules.words import Attention, Ending, Rule
from payments.rules.next_charge import Order
from payments.rules.retry_facts import Ground


@dataclass(frozen=True, slots=True)
class Skip:
    """`unfit`: its conditions did not hold on its day."""

    step: StepFact
    reason: str
    unfit: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """Take this step, which is no letter: a task, a restriction … It stands beside what is decided about letters."""

    step: StepFact
    reason: str
    on: date  # the customer's day


@dataclass(frozen=True, slots=True)
class Unreached:
    """No way of this step got through: a person is asked, once, to reach the customer otherwise."""

    step: StepFact
    reason: str
    on: date  # the customer's day


@dataclass(frozen=True, slots=True)
class Send:
    """Queue this step's notice now, by the step's channel as it stands here.

    `by_hand`: before its day, because a person asked for it. `after_silence`: it went another way before, and nobody
    told that it arrived.
    """

    step: StepFact
    reason: str
    anchor_on: date
    skips: tuple[Skip, ...] = ()
    by_hand: bool = False
    acts: tuple[Act, ...] = ()
    after_silence: bool = False


@dataclass(frozen=True, slots=True)
class Charge:
    """Charge what is due now, one order per currency. `step`: the charge step that begins with it, None for a retry.

    `grounds`: why each card may be tried now.
    """

    orders: tuple[Order, ...]
    reason: str
    anchor_on: date
    step: StepFact | None = None
    skips: tuple[Skip, ...] = ()
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again at `until`. `delays`: the step was due, and this reason keeps it back.

    `letter_at`: when the next letter leaves if nothing changes, where something else is waited for first. `rule`: which
    rule keeps it waiting. `meant_on`: the step's own day, where letters leave on another one. `grounds`: why a card is
    tried then and not before.
    """

    until: datetime
    reason: str
    step: StepFact | None = None
    delays: bool = False
    attention: Attention = Attention.NONE
    anchor_on: date | None = None
    skips: tuple[Skip, ...] = ()
    letter_at: datetime | None = None
    rule: Rule = Rule.OTHER
    meant_on: date | None = None
    acts: tuple[Act, ...] = ()
    grounds: tuple[Ground, ...] = ()
    unreached: Unreached | None = None

    @property
    def next_letter_at(self) -> datetime | None:
        return self.letter_at or (self.until if self.step else None)


@dataclass(frozen=True, slots=True)
class Close:
    """The case is over; `thanks` is the thank-you to send, if one is due."""

    ending: Ending
    reason: str
    thanks: StepFact | None = None
    skips: tuple[Skip, ...] = ()


Decision = Send | Charge | Wait | Close
