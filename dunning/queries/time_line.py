"""A version's steps as a drawing: where each card stands on an axis of days. Reads only what it is given."""

from collections.abc import Sequence
from dataclasses import dataclass

from customers.rules.contact import reader_words, way_words
from dunning.rules.campaign_steps import WrittenStep
from dunning.rules.words import ACTIONS, CONSEQUENCES, StepKind, day_words

CARD = 0.2  # of the axis: how much of it a card covers on a wide screen
ROOM = 5  # days left free at least at the end of the axis, so that a step can be moved there
TICKS = (1, 2, 7, 14, 30, 90, 365)
MOST_TICKS = 12


@dataclass(frozen=True, slots=True)
class Card:
    """One step on the line. `place`: its row in the form beneath; `gap`: days since the card before it."""

    step: WrittenStep
    place: int
    lane: int
    gap: int

    @property
    def day(self) -> str:
        return day_words(self.step.day)

    @property
    def tone(self) -> str:
        return self.step.tone.name.lower()

    @property
    def action(self) -> str:
        """What is done, in words, where nothing is sent or charged."""
        return ACTIONS.get(self.step.kind, "")

    @property
    def goes_by(self) -> str:
        """Its ways in words, and how long word of delivery is waited for."""
        ways = ", then ".join(way_words(way.channel) for way in self.step.by_each_way)
        ways += reader_words(self.step.goes_to, self.step.copied_to)
        return f"{ways} ({self.step.wait_hours} h)" if self.step.wait_hours else ways

    @property
    def announces(self) -> str:
        return CONSEQUENCES[self.step.announces] if self.step.announces else ""


@dataclass(frozen=True, slots=True)
class Tick:
    day: int
    words: str


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Days from `first` to `last`; `thanks` has no day: it is said when everything is paid."""

    first: int
    last: int
    lanes: int
    cards: tuple[Card, ...]
    ticks: tuple[Tick, ...]
    thanks: WrittenStep | None

    @property
    def span(self) -> int:
        return self.last - self.first


def time_line(steps: Sequence[WrittenStep]) -> TimeLine:
    """The steps in the order of their days, in as few lanes as keep the cards from covering each other."""
    dated = sorted((step for step in steps if step.kind is not StepKind.THANKS), key=lambda s: (s.day, s.position))
    days = [step.day for step in dated]
    first = min([0, *days]) - 2
    last = max([0, *days]) + max(ROOM, (max([0, *days]) - first) // 6)
    free_from: list[float] = []  # per lane
    cards: list[Card] = []
    for step in dated:
        lane = next((n for n, free in enumerate(free_from) if free <= step.day), len(free_from))
        free_from[lane : lane + 1] = [step.day + (last - first) * CARD / (1 - CARD)]
        gap = step.day - dated[len(cards) - 1].day if cards else 0
        cards.append(Card(step, list(steps).index(step), lane, gap))
    thanks = next((step for step in steps if step.kind is StepKind.THANKS), None)
    return TimeLine(first, last, len(free_from), tuple(cards), _ticks(first, last), thanks)


def _ticks(first: int, last: int) -> tuple[Tick, ...]:
    every = next((days for days in TICKS if (last - first) / days <= MOST_TICKS), TICKS[-1])
    start = first - first % every
    days = [day for day in range(start, last + 1, every) if day >= first and day]
    return tuple(Tick(day, f"{day:+d}".replace("-", "\N{MINUS SIGN}")) for day in days)
