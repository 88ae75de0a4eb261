"""What is different between two versions of a campaign: step by step, in words, and text by text. Pure."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from customers.rules.contact import channel_words
from dunning.rules.campaign_steps import Text, WrittenStep, WrittenVersion
from dunning.rules.words import CONSEQUENCES, MESSAGE_CLASSES, StepKind, day_words

TOKENS = re.compile(r"\s+|[^\s]+")
# Steps have no memory of where they came from; the likeness that is surest pairs them first.
LIKENESSES: tuple[Callable[[WrittenStep], object], ...] = (
    lambda step: (step.kind, step.template, step.day, step.tone),
    lambda step: (step.kind, step.template),
    lambda step: (step.kind, step.day),
    lambda step: (step.kind, step.tone),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stayed ("same"), went ("removed") or came ("added")."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class TextChange:
    language: str
    subject: tuple[Piece, ...]
    body: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class StepChange:
    """One step then and now; `says`: what changed in words. None before: added; None after: removed."""

    before: WrittenStep | None
    after: WrittenStep | None
    says: tuple[str, ...]
    texts: tuple[TextChange, ...] = ()

    @property
    def is_none(self) -> bool:
        return not (self.says or self.texts)


@dataclass(frozen=True, slots=True)
class VersionDiff:
    letters: tuple[str, ...]  # when letters leave, in words
    steps: tuple[StepChange, ...]

    @property
    def is_empty(self) -> bool:
        return not self.letters and all(step.is_none for step in self.steps)

    @property
    def in_words(self) -> list[str]:
        """The differences as sentences, unchanged steps left out."""
        return [*self.letters, *(sentence for step in self.steps for sentence in _sentences(step))]


def differences(before: WrittenVersion, after: WrittenVersion) -> VersionDiff:
    """What `after` does otherwise than `before`; steps in the order of `after`, removed ones at their old day."""
    pairs = _pairs(before.steps, after.steps)
    changes = [_change(earlier, later) for earlier, later in pairs]
    return VersionDiff(tuple(_letters(before, after)), tuple(sorted(changes, key=_place)))


def changed_words(before: str, after: str) -> tuple[Piece, ...]:
    """Word by word, what went and what came."""
    old, new = TOKENS.findall(before), TOKENS.findall(after)
    pieces: list[Piece] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[i:j])))
            continue
        pieces += [Piece("removed", "".join(old[i:j]))] if j > i else []
        pieces += [Piece("added", "".join(new[k:m]))] if m > k else []
    return tuple(pieces)


def _pairs(
    before: Sequence[WrittenStep], after: Sequence[WrittenStep]
) -> list[tuple[WrittenStep | None, WrittenStep | None]]:
    left, right = list(before), list(after)
    pairs: list[tuple[WrittenStep | None, WrittenStep | None]] = []
    for likeness in LIKENESSES:
        for step in list(left):
            twin = next((other for other in right if likeness(other) == likeness(step)), None)
            if twin:
                pairs.append((step, twin))
                left.remove(step)
                right.remove(twin)
    return [*pairs, *((step, None) for step in left), *((None, step) for step in right)]


def _change(before: WrittenStep | None, after: WrittenStep | None) -> StepChange:
    if before is None or after is None:
        return StepChange(before, after, ("added",) if after else ("removed",))
    return StepChange(before, after, tuple(_facts(before, after)), tuple(_texts(before, after)))


def _facts(before: WrittenStep, after: WrittenStep) -> Iterator[str]:
    if before.day != after.day and after.kind is not StepKind.THANKS:
        yield f"{day_words(before.day)} → {day_words(after.day)}"
    yield from _work(before, after)
    if before.conditions != after.conditions:
        yield f"{_when(before)} → {_when(after)}"
    if after.sends:
        yield from _letter(before, after)


def _letter(before: WrittenStep, after: WrittenStep) -> Iterator[str]:
    """What changed about what is sent, and how."""
    if before.tone != after.tone and after.kind is StepKind.REMINDER:
        yield f"tone {before.tone.name.lower()} → {after.tone.name.lower()}"
    if before.channel != after.channel:
        yield f"channel {channel_words(before.channel)} → {channel_words(after.channel)}"
    if _then(before) != _then(after):
        yield f"then {_then(before)} → {_then(after)}"
    if before.wait_hours != after.wait_hours:
        yield f"waits for word of delivery {before.wait_hours} → {after.wait_hours} hours"
    if before.template != after.template:
        yield f"text “{before.template}” → “{after.template}”"
    yield from _readers_and_class(before, after)
    if before.is_reviewed != after.is_reviewed:
        yield "waits for review" if after.is_reviewed else "waits for review no longer"
    if before.announces != after.announces:
        yield f"announces {CONSEQUENCES[before.announces]} → {CONSEQUENCES[after.announces]}"


def _readers_and_class(before: WrittenStep, after: WrittenStep) -> Iterator[str]:
    if before.goes_to != after.goes_to:
        yield f"to {_role(before.goes_to, 'the primary contact')} → {_role(after.goes_to, 'the primary contact')}"
    if before.copied_to != after.copied_to:
        yield f"copy to {_role(before.copied_to, 'nobody')} → {_role(after.copied_to, 'nobody')}"
    if before.message_class != after.message_class:
        yield f"class {MESSAGE_CLASSES[before.message_class]} → {MESSAGE_CLASSES[after.message_class]}"


def _role(role: str, nobody: str) -> str:
    return f"the {role} contact" if role else nobody


def _work(before: WrittenStep, after: WrittenStep) -> Iterator[str]:
    """What changed about work for a person."""
    if before.queue != after.queue:
        yield f"queue “{before.queue}” → “{after.queue}”"
    if before.due_days != after.due_days:
        yield f"days for it {before.due_days} → {after.due_days}"
    if before.script != after.script:
        yield "another script"


def _then(step: WrittenStep) -> str:
    return ", ".join(f"{channel_words(way.channel)} (“{way.template}”)" for way in step.then) or "no other way"


def _when(step: WrittenStep) -> str:
    return f"only if {step.only_if}" if step.conditions else "always"


def _texts(before: WrittenStep, after: WrittenStep) -> Iterator[TextChange]:
    nothing = Text("", "")
    both = {way.channel for way in before.then} & {way.channel for way in after.then}
    then, now = _each_text(before, both), _each_text(after, both)
    for which in sorted({*then, *now}):
        old, new = then.get(which, nothing), now.get(which, nothing)
        if old != new:
            yield TextChange(which, changed_words(old.subject, new.subject), changed_words(old.body, new.body))


def _each_text(step: WrittenStep, channels: Collection[str]) -> dict[str, Text]:
    """By language; those of further ways, where they are among these, by language and way."""
    further = {
        f"{language}, {channel_words(way.channel)}": text
        for way in step.then
        if way.channel in channels
        for language, text in way.texts.items()
    }
    return {**step.texts, **further}


def _letters(before: WrittenVersion, after: WrittenVersion) -> Iterator[str]:
    old, new = (f"{v.send_from:%H:%M}–{v.send_until:%H:%M}" for v in (before, after))
    if old != new:
        yield f"Letters leave {old} → {new}, on the customer's clock"
    if before.working_days_only != after.working_days_only:
        yield "Letters leave on working days only" if after.working_days_only else "Letters leave on any day"
    if before.uses_profile != after.uses_profile:
        yield f"Letters go by customers' habits{'' if after.uses_profile else ' no longer'}"
    if before.is_reviewed != after.is_reviewed:
        yield f"Reminders wait for review{'' if after.is_reviewed else ' no longer'}"
    if before.review_days != after.review_days:
        yield f"Review expires after working days {before.review_days} → {after.review_days}"
    if before.hours_not_charged != after.hours_not_charged:
        hours = ", ".join(f"{hour}–{hour + 1}" for hour in after.hours_not_charged)
        yield f"Stored cards are not charged at {hours} h" if hours else "Stored cards are charged at any hour by day"


def _sentences(change: StepChange) -> Iterator[str]:
    about = change.after or change.before
    if change.says:
        yield f"{str(about).capitalize()}: {', '.join(change.says)}"
    if change.texts:
        yield f"{str(about).capitalize()}: words changed in {', '.join(text.language for text in change.texts)}"


def _place(change: StepChange) -> tuple[bool, int, int]:
    step = change.after or change.before
    assert step is not None
    return step.kind is StepKind.THANKS, step.day, step.position
