"""Where a text stands: what the campaign says of its step, and what stands before and after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from customers.rules.contact import EMAIL, SMS, written_for
from dunning.rules.campaign_steps import Text, WrittenStep
from dunning.rules.words import Consequence, MessageClass, StepKind, Tone

DONE_BY = {
    StepKind.CHARGE: Consequence.CHARGE,
    StepKind.RESTRICT: Consequence.RESTRICTION,
    StepKind.HAND_OVER: Consequence.AGENCY,
    StepKind.LEGAL: Consequence.LEGAL,
}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The text of the reminder before or after this one, in the same language."""

    name: str
    tone: Tone
    text: Text


@dataclass(frozen=True, slots=True)
class Standing:
    """`foretells`: the letter is about something foreseen, and nothing is owed. `tone` is None while
    no campaign uses the text; `number` counts reminders from 1.

    `follows`: what later steps really do, and how many days after this one. `fee_basis`: the law that allows a fee or
    interest here, empty: none. `norm`: a computed figure that may be quoted, such as "83 %". `link_ends_on` and
    `sent_on`: only where they are known; the links of letters are made when they leave.
    """

    kind: StepKind = StepKind.REMINDER
    foretells: bool = False
    tone: Tone | None = None
    number: int = 1
    is_last: bool = False
    next_in_days: int | None = 7
    channel: str = "email"
    message_class: MessageClass = MessageClass.TRANSACTIONAL
    announces: Consequence = Consequence.NOTHING
    follows: tuple[tuple[Consequence, int], ...] = ()
    before: Neighbour | None = None
    after: Neighbour | None = None
    is_for_consumers: bool = True
    country: str = ""
    fee_basis: str = ""
    norm: str = ""
    has_unsubscribe: bool = False
    sent_on: date | None = None
    link_ends_on: date | None = None

    @property
    def asks(self) -> bool:
        """Whether the message asks for money."""
        return self.kind is StepKind.REMINDER and not self.foretells

    @property
    def has_a_button(self) -> bool:
        return self.kind is StepKind.REMINDER

    @property
    def is_short(self) -> bool:
        """A text message, or a notice in the app: the details stand behind its link."""
        return written_for(self.channel) != EMAIL

    @property
    def is_text_message(self) -> bool:
        return self.channel == SMS

    @property
    def may_speak_of_law(self) -> bool:
        """Legal steps are announced in so many words and a step takes them."""
        return self.announces is Consequence.LEGAL and self.has_to_come(Consequence.LEGAL)

    def has_to_come(self, consequence: Consequence) -> bool:
        return any(kind is consequence for kind, _ in self.follows)


def standing_of(step: WrittenStep, steps: Sequence[WrittenStep], language: str, *, foretells: bool = False) -> Standing:
    """Where the text of `step` stands among the steps of its version, in their order."""
    reminders = [other for other in steps if other.kind is StepKind.REMINDER]
    if step.kind is not StepKind.REMINDER:
        return Standing(
            kind=step.kind, channel=step.channel, next_in_days=None, announces=step.announces, **_of_its_class(step)
        )
    place = reminders.index(step)
    after = reminders[place + 1] if place + 1 < len(reminders) else None
    return Standing(
        foretells=foretells,
        tone=step.tone,
        number=place + 1,
        is_last=after is None,
        next_in_days=after.day - step.day if after else None,
        channel=step.channel,
        announces=step.announces,
        follows=tuple((DONE_BY[s.kind], s.day - step.day) for s in steps if s.kind in DONE_BY and s.day > step.day),
        before=_neighbour(reminders[place - 1] if place else None, language),
        after=_neighbour(after, language),
        **_of_its_class(step),
    )


def _of_its_class(step: WrittenStep) -> dict[str, Any]:
    """Advertising leaves by mail, and there it always has its header."""
    return {"message_class": step.message_class, "has_unsubscribe": step.channel == EMAIL}


def _neighbour(step: WrittenStep | None, language: str) -> Neighbour | None:
    if step is None or language not in step.texts:
        return None
    return Neighbour(str(step), step.tone, step.texts[language])
