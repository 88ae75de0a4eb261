"""A campaign's steps with their words, as they are checked, compared and written to a file. Plain values, no rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import time

from dunning.rules.conditions import Condition
from dunning.rules.triggers import Trigger
from dunning.rules.words import LETTERS, Consequence, MessageClass, StepKind, Tone, step_words


@dataclass(frozen=True, slots=True)
class Text:
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class WrittenWay:
    """A way by which a step goes on where the ones before it are closed; `template` is the name of its text."""

    channel: str
    template: str
    announces: Consequence = Consequence.NOTHING
    texts: Mapping[str, Text] = field(default_factory=dict)
    written_for: str = "email"
    message_class: MessageClass = MessageClass.TRANSACTIONAL


WAY = tuple(each.name for each in fields(WrittenWay))


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """One step; `texts` by language. Steps that send nothing have no template, and tone and channel say nothing there.

    `then`: the ways after the first; `wait_hours`: how long word of delivery is waited for, 0: not at all. `queue`,
    `script` and `due_days` belong to work for a person.
    """

    position: int
    kind: StepKind
    day: int
    tone: Tone
    channel: str
    template: str = ""  # its name
    announces: Consequence = Consequence.NOTHING
    texts: Mapping[str, Text] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    is_reviewed: bool = False
    queue: str = ""
    script: str = ""
    due_days: int = 0
    written_for: str = "email"  # the channel of its text
    then: tuple[WrittenWay, ...] = ()
    wait_hours: int = 0
    message_class: MessageClass = MessageClass.TRANSACTIONAL  # of its text
    goes_to: str = ""  # roles of contacts
    copied_to: str = ""

    def __str__(self) -> str:
        return step_words(self.kind, self.day, self.tone)

    @property
    def only_if(self) -> str:
        """Its conditions in words; empty for a step that is always taken."""
        return " and ".join(map(str, self.conditions))

    @property
    def by_each_way(self) -> tuple["WrittenStep", ...]:
        """The step as it goes by each of its ways, in order."""
        return (self, *(replace(self, **{name: getattr(way, name) for name in WAY}, then=()) for way in self.then))

    @property
    def sends(self) -> bool:
        return self.kind in LETTERS


@dataclass(frozen=True, slots=True)
class WrittenVersion:
    """A version with all its words. Letters leave between these times, on the customer's clock."""

    steps: tuple[WrittenStep, ...]
    send_from: time
    send_until: time
    working_days_only: bool
    uses_profile: bool = False
    is_reviewed: bool = False
    review_days: int = 3
    hours_not_charged: tuple[int, ...] = ()
    trigger: Trigger = Trigger.OVERDUE  # of its campaign
