"""A frozen campaign version as a decision sees it: its steps, and when its letters may leave."""

from dataclasses import dataclass
from datetime import time

from customers.rules.contact import Topic
from dunning.rules.conditions import Condition, facts_asked
from dunning.rules.words import MessageClass, StepKind, Tone, step_words


@dataclass(frozen=True, slots=True)
class StepFact:
    """A step of a frozen version. It is skipped on its day unless all its `conditions` hold.

    A letter goes by `channel`; where that is closed by the next of `then`. `wait_hours`: how long word of delivery is
    waited for, 0: not at all. `goes_to`: the role of the contact that gets it instead of the primary one, `copied_to`
    that of whoever gets a copy of a mail; empty: nobody.
    """

    id: int
    position: int
    offset_days: int
    tone: Tone
    channel: str
    conditions: tuple[Condition, ...] = ()
    is_reviewed: bool = False  # its letter waits until a manager has released it
    kind: StepKind = StepKind.REMINDER
    then: tuple[str, ...] = ()
    wait_hours: int = 0
    message_class: MessageClass = MessageClass.TRANSACTIONAL
    goes_to: str = ""
    copied_to: str = ""

    @property
    def ways(self) -> tuple[str, ...]:
        """All channels it may go by, in the campaign's order."""
        return (self.channel, *self.then)

    @property
    def topic(self) -> Topic:
        """What a reminder is about."""
        if self.message_class is MessageClass.LEGAL_NOTICE:
            return Topic.LEGAL
        if self.message_class is MessageClass.PROMOTIONAL:
            return Topic.OFFERS
        return Topic.EARLY if self.offset_days < 0 else Topic.REMINDERS


@dataclass(frozen=True, slots=True)
class PlanFact:
    """A frozen campaign version: reminders in order, perhaps a thank-you, and when letters may leave (local time).

    `charges` are the steps at which a stored card is charged; a letter of the same day goes if that fails. `actions`
    send nothing: tasks, restrictions and what else is done beside the letters.
    `review_days`: for how many working days a letter that waits for review stands.
    """

    version_id: int
    reminders: tuple[StepFact, ...]
    thanks: StepFact | None
    send_from: time
    send_until: time
    charges: tuple[StepFact, ...] = ()
    working_days_only: bool = False
    uses_profile: bool = False
    review_days: int = 3
    actions: tuple[StepFact, ...] = ()

    @property
    def charges_from(self) -> int | None:
        """The day, counted from the oldest due date, from which stored cards are charged; None: never."""
        return min((step.offset_days for step in self.charges), default=None)

    @property
    def asked(self) -> frozenset[str]:
        """The facts that the conditions of its steps ask about."""
        steps = (*self.reminders, *self.charges, *self.actions)
        return facts_asked(condition for step in steps for condition in step.conditions)

    def sends_by(self, channel: str) -> bool:
        """Whether any of its letters goes this way."""
        return any(channel in step.ways for step in (*self.reminders, self.thanks) if step)

    @property
    def waits_for_word(self) -> bool:
        """Whether any of its letters goes another way where nobody tells that it was delivered."""
        return any(step.wait_hours for step in self.reminders)

    @property
    def roles(self) -> frozenset[str]:
        """The roles of contacts that any of its reminders goes or is copied to."""
        return frozenset(role for step in self.reminders for role in (step.goes_to, step.copied_to) if role)

    @property
    def reach_days(self) -> int:
        """How many days before its due date an invoice becomes the case's business."""
        return max(0, -self.reminders[0].offset_days)

    @property
    def step_ids(self) -> frozenset[int]:
        """The ids of all its steps."""
        return frozenset(step.id for step in (*self.reminders, *self.charges, *self.actions, self.thanks) if step)

    def words_of(self, step: StepFact) -> str:
        """One of its steps as the desk calls it."""
        if step in self.actions:
            return step_words(step.kind, step.offset_days, step.tone)
        kind = StepKind.THANKS if step == self.thanks else StepKind.REMINDER
        return step_words(StepKind.CHARGE if step in self.charges else kind, step.offset_days, step.tone)
